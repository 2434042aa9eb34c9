import assert from "node:assert/strict";
import test from "node:test";

import {decimalTicks, logDomain, logScale, sizeScale} from "./axes.mjs";

// Catches an axis of one value, and one that is torn open by a missing or a zero number.
test("a domain is never empty and ignores what a logarithm cannot show", () => {
  const [low, high] = logDomain([1000]);
  assert.ok(low < 1000 && high > 1000);
  assert.deepEqual(logDomain([]), [1, 10]);
  const [from, to] = logDomain([0, null, NaN, 10, 1000], 1);
  assert.deepEqual([from, to], [10, 1000]);
});

test("ticks are round, inside the domain, and as many as have room", () => {
  const ticks = (domain, pixels) => decimalTicks(logScale(domain, [0, pixels]), 60);
  assert.deepEqual(ticks([90, 1.1e6], 300), [100, 1000, 10000, 100000, 1e6]);
  assert.deepEqual(ticks([30, 80], 400), [30, 40, 50, 70]);
  assert.ok(ticks([1, 1e12], 200).length <= 4);
});

// Catches tokens drawn at a size, and size ticks that are not powers of two.
test("tokens have a place left of all sizes", () => {
  const {place, ticks} = sizeScale([0, 1, 64, 65536], [0, 600]);
  assert.equal(place(0), 0);
  assert.ok(place(1) > 30 && place(65536) === 600);
  const [first, ...others] = ticks(40);
  assert.equal(first, 0);
  assert.ok(others.every((tick) => Number.isInteger(Math.log2(tick))), others.join());
});

test("one size alone has an axis", () => {
  const {place, ticks} = sizeScale([4097], [0, 600]);
  assert.ok(Number.isFinite(place(4097)));
  assert.deepEqual(ticks(40), [4097]);
});
