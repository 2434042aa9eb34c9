import assert from "node:assert/strict";
import test from "node:test";
import { byKind, fastestOfEachKind } from "./kinds.mjs";

const METRIC = { better: "less", rankSize: 64 };
const series = (mechanism, kind, points) => ({
  mechanism,
  kind,
  floor: kind === "Floors",
  points: Object.entries(points).map(([size, value]) => ({ size: Number(size), value })),
});

test("kinds keep the order of the series, and so do their members", () => {
  const pairs = [
    ["pipe", "Pipes"],
    ["fifo", "Pipes"],
    ["new_thing", ""],
    ["null", "Floors"],
  ];
  assert.deepEqual(
    byKind(pairs.map(([name, kind]) => series(name, kind, {}))).map(({ kind, members }) => [
      kind,
      ...members.map(({ mechanism }) => mechanism),
    ]),
    [
      ["Pipes", "pipe", "fifo"],
      ["", "new_thing"],
      ["Floors", "null"],
    ],
  );
});

const MANY = [
  series("a_ring", "Shared memory", { 64: 10, 4096: 900 }),
  series("b_ring", "Shared memory", { 64: 20, 4096: 10 }),
  series("c_ring", "Shared memory", { 64: 30 }),
  series("tcp", "Sockets", { 64: 500 }),
  series("signal", "Signals", { 0: 5 }),
  series("rt_signal", "Signals", { 0: 9, 8: 40, 64: null }),
  series("memcpy", "Floors", { 64: 1 }),
];

// By turns: a_ring, tcp, then signals. rt_signal's 8 B are nearer to 64 B than signal's token is, and rank first.
// Catches the fastest kind taking all places, a comparison at the wrong size, a gap taken for a number, and
// floors that take a place.
test("of many, the fastest of each kind are chosen by turns", () => {
  assert.deepEqual(fastestOfEachKind(MANY, METRIC, 3), ["a_ring", "tcp", "rt_signal"]);
  assert.deepEqual(fastestOfEachKind(MANY, METRIC, 5), ["a_ring", "tcp", "rt_signal", "b_ring", "signal"]);
});

// Catches a chart of dots: a kind shown by a mechanism that was measured at a few sizes alone.
test("what was measured at few sizes comes after the rest of its kind", () => {
  const dots = series("d_ring", "Shared memory", { 64: 5 });
  const line = series("e_ring", "Shared memory", { 64: 40, 256: 40, 1024: 40 });
  assert.equal(fastestOfEachKind([dots, ...MANY, line], METRIC, 1)[0], "a_ring");
  assert.equal(fastestOfEachKind([dots, line], METRIC, 1)[0], "e_ring");
});

test("where more is better, the most is the fastest", () => {
  assert.equal(fastestOfEachKind(MANY, { better: "more", rankSize: 64 }, 1)[0], "c_ring");
  assert.equal(fastestOfEachKind(MANY, { better: "more", rankSize: 4096 }, 1)[0], "a_ring");
});

test("of few, all are chosen", () => {
  assert.equal(fastestOfEachKind(MANY, METRIC).length, 6);
});
