// How each mechanism looks: a colour and a symbol that belong to its name, not to its place in a chart, so
// that it looks the same in every chart and report.

// Okabe and Ito's colours (black and yellow left out: the axes are black, yellow drowns on white) with
// wine, olive and indigo after Paul Tol's "muted" scheme, each moved a little until all stay 18 apart in
// CIE Lab for every kind of colour vision (palette.test.mjs). The second of a pair is for a dark ground.
const COLORS = [
  ["#0069b5", "#4ca4db"],
  ["#d35c00", "#f26419"],
  ["#009b72", "#28d69a"],
  ["#c678ab", "#e2a3c4"],
  ["#e69f00", "#febb39"],
  ["#5bbaf2", "#a5d1ff"],
  ["#882255", "#cc5a9f"],
  ["#828e4c", "#b8b450"],
  ["#332288", "#9683f8"],
];

// Outlines in a box of 20 x 20, as SVG paths that ECharts and the page's own legend both draw.
const polygon = (points) => `M${points.map(([x, y]) => `${x},${y}`).join("L")}Z`;
const regular = (corners, turn, inner = 1) =>
  polygon(
    Array.from({ length: corners }, (_, i) => {
      const angle = (2 * Math.PI * i) / corners + turn;
      const radius = i % 2 === 1 ? 10 * inner : 10;
      return [10 + radius * Math.sin(angle), 10 - radius * Math.cos(angle)].map((c) => Number(c.toFixed(2)));
    }),
  );
const SHAPES = {
  circle: "M10,1A9,9 0 1,1 10,19A9,9 0 1,1 10,1Z",
  square: "M2,2H18V18H2Z",
  triangle: polygon([
    [10, 1],
    [19.5, 18],
    [0.5, 18],
  ]),
  diamond: polygon([
    [10, 0],
    [20, 10],
    [10, 20],
    [0, 10],
  ]),
  plus: "M7,1H13V7H19V13H13V19H7V13H1V7H7Z",
  star: regular(10, 0, 0.45),
  triangleDown: polygon([
    [10, 19],
    [19.5, 2],
    [0.5, 2],
  ]),
  cross: "M4.5,1L10,6.5L15.5,1L19,4.5L13.5,10L19,15.5L15.5,19L10,13.5L4.5,19L1,15.5L6.5,10L1,4.5Z",
};
// Filled shapes first, then the same ones hollow. Their number has no divisor in common with the number
// of colours, so slot n, n mod colours and n mod symbols never repeat a pair before both run out.
const SYMBOLS = [false, true].flatMap((hollow) => Object.keys(SHAPES).map((shape) => ({ shape, hollow })));
export const SLOTS = COLORS.length * SYMBOLS.length;

// A wish, not a list of what exists: neighbours of one kind get colours that are far apart.
const PREFERRED = [
  "pipe",
  "posix_shm_ring",
  "tcp",
  "unix_stream",
  "posix_queue",
  "udp",
  "sysv_queue",
  "fifo",
  "memfd_ring",
  "socketpair",
  "anon_mmap_ring",
  "unix_datagram",
  "file_mmap_ring",
  "unix_seqpacket",
  "sysv_shm_ring",
  "ring_spin",
  "eventfd",
  "futex",
  "ring_eventfd",
  "rt_signal",
  "file",
  "signal",
  "ring_mutex_cond",
  "posix_semaphore",
  "shared_offset",
  "spinlock",
  "ring_posix_semaphore",
  "sysv_semaphore",
  "mutex_cond",
  "posix_semaphore_shm",
  "sysv_composite",
  "atomic_flag",
  "fd_passing",
  "rwlock",
  "ring_sysv_semaphore",
  "file_lock",
  "ring_signal",
];

// FNV-1a, 32 bits (Fowler, Noll, Vo).
function hash(text) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

// Slot numbers for names: preferred names their own, others one that follows from the name (and, where
// two names meet, from the alphabet). Distinct while there are no more names than slots.
export function assignSlots(names) {
  const slots = new Map();
  const taken = new Set(PREFERRED.keys());
  for (const name of [...new Set(names)].sort()) {
    let slot = PREFERRED.indexOf(name);
    if (slot < 0) {
      slot = hash(name) % SLOTS;
      for (let tries = 0; taken.has(slot) && tries < SLOTS; tries += 1) slot = (slot + 1) % SLOTS;
      taken.add(slot);
    }
    slots.set(name, slot);
  }
  return slots;
}

// Floors (what a transfer costs without any mechanism) are all of one grey, and do not use up slots.
function floorLook(position, dark) {
  const shapes = Object.values(SHAPES);
  return {
    color: dark ? "#9aa3ad" : "#77808a",
    path: shapes[position % shapes.length],
    hollow: true,
    floor: true,
  };
}

// mechanisms: every one of all reports shown, [{name, floor}]. Returns name -> {color, path (in a box of
// 20 x 20), hollow, floor}.
export function makePalette(mechanisms, dark = false) {
  const names = (floor) => mechanisms.filter((each) => each.floor === floor).map(({ name }) => name);
  const floors = names(true).sort();
  const slots = assignSlots(names(false));
  return (name) => {
    if (floors.includes(name)) return floorLook(floors.indexOf(name), dark);
    const slot = slots.get(name);
    const { shape, hollow } = SYMBOLS[slot % SYMBOLS.length];
    return { color: COLORS[slot % COLORS.length][dark ? 1 : 0], path: SHAPES[shape], hollow, floor: false };
  };
}
