import assert from "node:assert/strict";
import test from "node:test";
import { cell, report } from "../testing/cells.mjs";
import { buildOption, sizeAxis, tooltip, valueAxis } from "./chart.mjs";
import { metricOf } from "./metrics.mjs";
import { select, settle } from "./model.mjs";
import { makePalette } from "./palette.mjs";

const palette = makePalette(["pipe", "tcp"].map((name) => ({ name, floor: false })));
const frame = { theme: "light", palette, width: 900, intervals: true, font: "sans-serif" };
const seriesOf = (points, floor = false) => ({ mechanism: floor ? "null" : "pipe", floor, points });

// Catches ticks at anything but powers of two, and labels that start off the 1 KiB, 1 MiB grid.
test("the size axis spans powers of two", () => {
  assert.deepEqual(sizeAxis([1, 4097, 16777216], 900), { min: 1, max: 2 ** 24, step: 2 });
  assert.deepEqual(sizeAxis([64, 4096], 900), { min: 64, max: 4096, step: 1 });
  assert.deepEqual(sizeAxis([8, 65537], 200), { min: 1, max: 2 ** 17, step: 8 });
  assert.deepEqual(sizeAxis([64], 900), { min: 32, max: 128, step: 1 });
  assert.deepEqual(sizeAxis([1], 900), { min: 1, max: 2, step: 1 });
});

// Catches intervals cut off by the axis, and exact decades widened by rounding errors.
test("the value axis spans decades around the intervals", () => {
  assert.deepEqual(valueAxis([seriesOf([{ value: 2000, low: 900, high: 2100 }])]), { min: 100, max: 10000 });
  assert.deepEqual(valueAxis([seriesOf([{ value: 1000 }, { value: 1e6 }, { value: null }])]), {
    min: 1000,
    max: 1e6,
  });
  assert.deepEqual(valueAxis([seriesOf([{ value: 1000 }])]), { min: 1000, max: 10000 });
});

// Catches a floor that squeezes the compared lines into a corner of the chart.
test("a far floor widens the axis by one decade only", () => {
  const compared = seriesOf([{ value: 2000 }, { value: 9000 }]);
  assert.deepEqual(valueAxis([compared, seriesOf([{ value: 3 }], true)]), { min: 100, max: 10000 });
  assert.deepEqual(valueAxis([compared, seriesOf([{ value: 5e9 }], true)]), { min: 1000, max: 100000 });
  assert.deepEqual(valueAxis([seriesOf([{ value: 30 }], true)]), { min: 10, max: 100 });
});

function optionFor(cells, given = {}) {
  const measured = report(cells);
  const state = settle(measured);
  return buildOption(select(measured, state), state, { ...frame, ...given });
}

test("a line has its gap, its interval and the guides that lie inside", () => {
  const option = optionFor(
    [1, 64, 8192]
      .map((size_bytes) => cell({ size_bytes }))
      .concat(cell({ mechanism: "tcp", size_bytes: 1 }), cell({ mechanism: "tcp", size_bytes: 8192 })),
  );
  const lines = option.series.filter(({ type, name }) => type === "line" && name);
  assert.deepEqual(
    lines.map(({ name }) => name),
    ["pipe", "tcp"],
  );
  assert.deepEqual(
    lines[1].data.map(({ value }) => value),
    [
      [1, 3000],
      [64, null],
      [8192, 3000],
    ],
  );
  assert.equal(lines[1].connectNulls, false);
  const whiskers = option.series.find(({ type }) => type === "custom");
  assert.deepEqual(whiskers.data[0], [1, 2900, 3200]);
  const guides = option.series.find(({ markLine }) => markLine).markLine.data;
  assert.deepEqual(
    guides.map(({ xAxis }) => xAxis),
    [4096],
  );
  assert.equal(option.xAxis.axisLabel.formatter(4096), "4 KiB");
  assert.equal(option.yAxis.axisLabel.formatter(1000), "1 µs");
});

// Catches whiskers of zero length drawn for a single launch, as if it were exact.
test("no whiskers without an interval or when switched off", () => {
  const single = [cell({ launches: 1, time_ns: [3000, 3000, 3000, 0] })];
  assert.deepEqual(optionFor(single).series.find(({ type }) => type === "custom").data, []);
  assert.equal(
    optionFor([cell({})], { intervals: false }).series.some(({ type }) => type === "custom"),
    false,
  );
});

// Catches script from a report running in a reader's browser.
test("tooltips escape names and tell interval and CPU time of both ends", () => {
  const point = {
    size: 64,
    value: 3000,
    low: 2900,
    high: 3200,
    confidence: 0.9375,
    cell: cell({ lost_share: 0.01 }),
  };
  const text = tooltip("<img src=x>", point, metricOf("latency"));
  assert.ok(text.includes("&lt;img src=x&gt;") && !text.includes("<img"));
  for (const part of ["3.00 µs", "2.90 µs to 3.20 µs (93.8 % confidence)", "1.40 µs", "1.50 µs", "1.0 %"])
    assert.ok(text.includes(part), part);
});
