import assert from "node:assert/strict";
import test from "node:test";
import { byKind, fastestOfEachKind, kindOf } from "./kinds.mjs";

const METRIC = { better: "less", rankSize: 64 };
const series = (mechanism, points, floor = false) => ({
  mechanism,
  floor,
  points: Object.entries(points).map(([size, value]) => ({ size: Number(size), value })),
});

// Catches a pattern that takes what belongs to another: most names say two things.
test("mechanisms are of the kind that carries the message", () => {
  const names = ["ring_signal", "file_mmap_ring", "ring_posix_semaphore", "fifo", "rt_signal", "file", "file_lock"];
  assert.deepEqual(
    [...names, "posix_semaphore_shm", "socketpair", "my_own"].map(kindOf),
    [
      "Shared memory",
      "Shared memory",
      "Shared memory",
      "Pipes",
      "Signals",
      "Files",
      "Locks",
      "Semaphores and events",
      "Sockets",
      "Others",
    ],
  );
});

test("kinds keep the order of their members, floors come last", () => {
  const named = ["tcp", "new_thing", "pipe", "fifo"].map((name) => series(name, {}));
  const all = [series("null", {}, true), ...named];
  assert.deepEqual(
    byKind(all).map(({ kind, members }) => [kind, ...members.map(({ mechanism }) => mechanism)]),
    [["Pipes", "pipe", "fifo"], ["Sockets", "tcp"], ["Others", "new_thing"], ["Floors", "null"]],
  );
});

const MANY = [
  series("a_ring", { 64: 10, 4096: 900 }),
  series("b_ring", { 64: 20, 4096: 10 }),
  series("c_ring", { 64: 30 }),
  series("tcp", { 64: 500 }),
  series("signal", { 0: 5 }),
  series("rt_signal", { 0: 9, 8: 40, 64: null }),
  series("memcpy", { 64: 1 }, true),
];

// By turns: a_ring, tcp, then signals. At 8 B, rt_signal is nearer to 64 B than a token is; its token is not.
// Catches the fastest kind taking all places, a size that is not comparable, a gap taken for a number, and
// floors that take a place.
test("of many, the fastest of each kind are chosen by turns", () => {
  assert.deepEqual(fastestOfEachKind(MANY, METRIC, 3), ["a_ring", "tcp", "rt_signal"]);
  assert.deepEqual(fastestOfEachKind(MANY, METRIC, 5), ["a_ring", "tcp", "rt_signal", "b_ring", "signal"]);
});

test("where more is better, the most is the fastest", () => {
  assert.equal(fastestOfEachKind(MANY, { better: "more", rankSize: 64 }, 1)[0], "c_ring");
  assert.equal(fastestOfEachKind(MANY, { better: "more", rankSize: 4096 }, 1)[0], "a_ring");
});

test("of few, all are chosen", () => {
  assert.equal(fastestOfEachKind(MANY, METRIC).length, 6);
});
