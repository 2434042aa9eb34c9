import assert from "node:assert/strict";
import test from "node:test";
import { LOOKS, makePalette } from "./palette.mjs";

const KINDS = {
  Pipes: ["pipe", "fifo"],
  Sockets: ["socketpair", "unix_stream", "unix_seqpacket", "unix_datagram", "tcp", "udp"],
  "Message queues": ["posix_queue", "sysv_queue"],
  "Shared memory": [
    "anon_mmap_ring",
    "posix_shm_ring",
    "sysv_shm_ring",
    "file_mmap_ring",
    "memfd_ring",
    "ring_eventfd",
    "ring_mutex_cond",
    "ring_posix_semaphore",
    "ring_signal",
    "ring_spin",
    "ring_sysv_semaphore",
    "sysv_composite",
    "futex",
  ],
  Synchronisation: [
    "atomic_flag",
    "eventfd",
    "file_lock",
    "mutex_cond",
    "posix_semaphore",
    "posix_semaphore_shm",
    "rwlock",
    "spinlock",
    "sysv_semaphore",
  ],
  Signals: ["signal", "rt_signal"],
  Files: ["file", "shared_offset"],
  Descriptors: ["fd_passing"],
};
const ofKind = (kind, names) => names.map((name) => ({ name, kind, floor: false }));
const KNOWN = Object.entries(KINDS).flatMap(([kind, names]) => ofKind(kind, names));
const UNKNOWN = ofKind(
  "",
  Array.from({ length: 60 }, (_, i) => `mechanism_${i}`),
);
const symbolOf = ({ path, hollow }) => `${path} ${hollow}`;
const countBy = (values) => {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()];
};

// Catches two mechanisms that cannot be told apart.
test("no two of ninety-seven mechanisms share colour and symbol", () => {
  for (const dark of [false, true]) {
    const all = [...KNOWN, ...UNKNOWN];
    const palette = makePalette(all, dark);
    assert.equal(new Set(all.map(({ name }) => JSON.stringify(palette(name)))).size, all.length);
  }
});

// Catches a palette that relies on colour alone, and lines of one kind in nearly the same look: there are nine
// colours and sixteen symbols.
test("within a kind colours and symbols differ as long as there are enough", () => {
  const palette = makePalette(KNOWN);
  for (const [kind, names] of Object.entries(KINDS)) {
    const looks = names.map(palette);
    assert.equal(new Set(looks.map(symbolOf)).size, names.length, kind);
    assert.equal(new Set(looks.map(({ color }) => color)).size, Math.min(9, names.length), kind);
  }
});

// Catches a colour that half of the mechanisms have, as in a report without kinds: 60 share nine colours and
// sixteen symbols.
test("the colours and symbols of a kind are shared out evenly", () => {
  const looks = UNKNOWN.map(({ name }) => makePalette(UNKNOWN)(name));
  assert.deepEqual([...new Set(countBy(looks.map(({ color }) => color)))].sort(), [6, 7]);
  assert.deepEqual([...new Set(countBy(looks.map(symbolOf)))].sort(), [3, 4]);
});

// Catches looks that depend on the order of the cells or on the rest of the chart.
test("a mechanism looks the same whatever stands beside it", () => {
  const looks = (mechanisms) => KNOWN.map(({ name }) => makePalette(mechanisms)(name));
  assert.deepEqual(looks([...KNOWN].reverse()), looks(KNOWN));
  const color = (mechanisms) => makePalette(mechanisms)("pipe").color;
  assert.equal(color(ofKind("Pipes", ["pipe"])), color(KNOWN));
  assert.equal(color([...UNKNOWN, ...KNOWN]), color(KNOWN));
});

// Catches an endless search for a free look.
test("more mechanisms than looks still get one", () => {
  const names = Array.from({ length: LOOKS + 10 }, (_, i) => `m${i}`);
  const palette = makePalette(ofKind("", names));
  for (const name of names) assert.match(palette(name).color, /^#/);
});

test("floors are grey and different from each other", () => {
  const palette = makePalette(["null", "memcpy"].map((name) => ({ name, kind: "Floors", floor: true })));
  assert.equal(palette("null").color, palette("memcpy").color);
  assert.notEqual(palette("null").path, palette("memcpy").path);
});

// Simulates colour vision: applies the matrices of Machado, Oliveira and Fernandes (2009) for severity 1.0 to
// linear RGB. Distances are in CIE Lab (CIE76, D65).
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

// Catches a pair of colours that a colour-blind reader cannot tell apart. A difference of 2.3 is just
// noticeable. Okabe and Ito's own seven colours are at least 16 apart.
test("all colours stay apart under three kinds of colour blindness", () => {
  for (const dark of [false, true]) {
    const palette = makePalette(KNOWN, dark);
    const colors = [...new Set(KNOWN.map(({ name }) => palette(name).color))];
    assert.equal(colors.length, 9);
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
