import assert from "node:assert/strict";
import test from "node:test";
import { assignSlots, makePalette, SLOTS } from "./palette.mjs";

const KNOWN = [
  "pipe",
  "fifo",
  "socketpair",
  "unix_stream",
  "unix_seqpacket",
  "unix_datagram",
  "tcp",
  "udp",
  "posix_queue",
  "sysv_queue",
  "anon_mmap_ring",
  "posix_shm_ring",
  "sysv_shm_ring",
  "file_mmap_ring",
  "memfd_ring",
];
// What else has a look of its own, in no order.
const RARER = [
  "atomic_flag",
  "eventfd",
  "fd_passing",
  "file",
  "file_lock",
  "futex",
  "mutex_cond",
  "posix_semaphore",
  "posix_semaphore_shm",
  "ring_eventfd",
  "ring_mutex_cond",
  "ring_posix_semaphore",
  "ring_signal",
  "ring_spin",
  "ring_sysv_semaphore",
  "rt_signal",
  "rwlock",
  "shared_offset",
  "signal",
  "spinlock",
  "sysv_composite",
  "sysv_semaphore",
];
const UNKNOWN = Array.from({ length: 60 }, (_, i) => `mechanism_${i}`);
const asMechanisms = (names) => names.map((name) => ({ name, floor: false }));

// Catches two mechanisms that cannot be told apart.
test("no two of ninety-seven mechanisms share colour and symbol", () => {
  for (const dark of [false, true]) {
    const names = [...KNOWN, ...RARER, ...UNKNOWN];
    const palette = makePalette(asMechanisms(names), dark);
    const looks = new Set(names.map((name) => JSON.stringify(palette(name))));
    assert.equal(looks.size, names.length);
  }
});

// Catches a palette in which the common set relies on colour alone.
test("the fifteen common mechanisms have fifteen different symbols", () => {
  const palette = makePalette(asMechanisms(KNOWN));
  assert.equal(new Set(KNOWN.map((name) => palette(name).path + palette(name).hollow)).size, KNOWN.length);
});

// Catches a colour that half of the mechanisms have: nine colours for thirty-seven, so five at the most.
test("the colours are shared out evenly", () => {
  const palette = makePalette(asMechanisms([...KNOWN, ...RARER]));
  const users = new Map();
  for (const { color } of [...KNOWN, ...RARER].map(palette)) users.set(color, (users.get(color) ?? 0) + 1);
  assert.deepEqual([users.size, Math.max(...users.values())], [9, 5]);
});

// Catches looks that depend on what else is in the chart or on the order of the cells.
test("a mechanism looks the same whatever stands beside it", () => {
  const alone = makePalette(asMechanisms(["pipe"]))("pipe");
  assert.deepEqual(makePalette(asMechanisms([...UNKNOWN, "pipe"]))("pipe"), alone);
  assert.deepEqual(assignSlots([...UNKNOWN].reverse()), assignSlots(UNKNOWN));
  assert.equal(
    assignSlots(["mechanism_1"]).get("mechanism_1"),
    assignSlots(["mechanism_1", "pipe"]).get("mechanism_1"),
  );
});

// Catches an endless search for a free slot.
test("more mechanisms than slots still get a look", () => {
  const names = Array.from({ length: SLOTS + 10 }, (_, i) => `m${i}`);
  const palette = makePalette(asMechanisms(names));
  for (const name of names) assert.match(palette(name).color, /^#/);
});

test("floors are grey and different from each other", () => {
  const palette = makePalette([
    { name: "null", floor: true },
    { name: "memcpy", floor: true },
  ]);
  assert.equal(palette("null").color, palette("memcpy").color);
  assert.notEqual(palette("null").path, palette("memcpy").path);
});

// Colour vision, simulated: linear RGB by the matrices of Machado, Oliveira and Fernandes (2009) for
// severity 1.0, then the distance in CIE Lab (CIE76, D65).
const MACHADO = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
const times = (m, [x, y, z]) => [0, 3, 6].map((row) => m[row] * x + m[row + 1] * y + m[row + 2] * z);
const linear = (hex) =>
  [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
function lab(rgb) {
  const xyz = times(
    [0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505],
    rgb.map((c) => Math.max(0, c)),
  );
  const [x, y, z] = xyz
    .map((c, i) => c / [0.95047, 1, 1.08883][i])
    .map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

// Catches a pair of colours that a colour-blind reader cannot tell apart. A difference of
// 2.3 is just noticeable; Okabe and Ito's own seven colours reach 16 at the least.
test("all colours stay apart under three kinds of colour blindness", () => {
  for (const dark of [false, true]) {
    const palette = makePalette(asMechanisms(KNOWN), dark);
    const colors = [...new Set(KNOWN.map((name) => palette(name).color))];
    for (const [kind, matrix] of Object.entries({ normal: [1, 0, 0, 0, 1, 0, 0, 0, 1], ...MACHADO })) {
      for (const [i, a] of colors.entries()) {
        for (const b of colors.slice(i + 1)) {
          const [p, q] = [a, b].map((color) => lab(times(matrix, linear(color))));
          const distance = Math.hypot(...p.map((value, axis) => value - q[axis]));
          assert.ok(
            distance >= 18,
            `${a} and ${b} differ by ${distance.toFixed(1)} with ${kind} vision, dark: ${dark}`,
          );
        }
      }
    }
  }
});
