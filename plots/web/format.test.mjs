import assert from "node:assert/strict";
import test from "node:test";

import {formatByteRate, formatBytes, formatDuration, formatMessageRate, formatRatio, formatShare, formatSize,} from "./format.mjs";

// Catches rounding a size to its unit: 4095, 4096 and 4097 B are three different measurements.
test("sizes are binary and exact", () => {
  const texts = [1, 64, 1023, 1024, 4095, 4096, 4097, 65536, 1048576, 16777216, 2 ** 40].map(formatBytes);
  assert.deepEqual(texts, [
    "1 B",
    "64 B",
    "1023 B",
    "1 KiB",
    "4095 B",
    "4 KiB",
    "4097 B",
    "64 KiB",
    "1 MiB",
    "16 MiB",
    "1024 GiB",
  ]);
});

// Catches a message without payload that is shown as a size.
test("a message of zero bytes is a token", () => {
  assert.deepEqual([0, 1, 4096].map(formatSize), ["token", "1 B", "4 KiB"]);
});

// Catches a wrong step between units, and "1000 ns" for a value that rounds up to the next unit.
test("durations have three digits and the right unit", () => {
  const texts = [0.5, 27.04, 999.4, 999.6, 3210, 45678, 1.5e6, 2e9].map((ns) => formatDuration(ns));
  assert.deepEqual(texts, [
    "0.500 ns",
    "27.0 ns",
    "999 ns",
    "1.00 µs",
    "3.21 µs",
    "45.7 µs",
    "1.50 ms",
    "2.00 s",
  ]);
});

// Catches trimming the zeros of 100 or 10.
test("axis labels have no trailing zeros", () => {
  assert.deepEqual(
      [1, 10, 100, 1e3, 1.5e6].map((ns) => formatDuration(ns, true)),
      ["1 ns", "10 ns", "100 ns", "1 µs", "1.5 ms"],
  );
});

// Catches bytes shown as messages or a binary step in a decimal unit.
test("rates are decimal and name what is counted", () => {
  assert.equal(formatByteRate(1e9), "1.00 GB/s");
  assert.equal(formatByteRate(1024 * 1024), "1.05 MB/s");
  assert.equal(formatMessageRate(2.5e6), "2.50 M msg/s");
});

// Catches a tiny loss printed as none.
test("shares keep small values visible", () => {
  assert.deepEqual([0.9375, 1, 0.00005].map(formatShare), ["93.8 %", "100.0 %", "0.005 %"]);
});

test("ratios keep what can be told apart", () => {
  assert.deepEqual(
      [1, 1.044, 2, 9.94, 9.96, 288.4].map(formatRatio), ["1.00×", "1.04×", "2.0×", "9.9×", "10×", "288×"]);
});
