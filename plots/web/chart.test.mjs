import assert from "node:assert/strict";
import test from "node:test";
import { cell, report } from "../testing/cells.mjs";
import { buildOption, sizeAxis, tooltip, valueAxis } from "./chart.mjs";
import { metricOf } from "./metrics.mjs";
import { select, settle } from "./model.mjs";
import { makePalette } from "./palette.mjs";

const palette = makePalette(["pipe", "tcp"].map((name) => ({ name, kind: "", floor: false })));
const frame = { theme: "light", palette, width: 900, intervals: true, font: "sans-serif" };
const seriesOf = (points, floor = false) => ({ mechanism: floor ? "null" : "pipe", floor, points });

// Catches ticks that are not at powers of two, and labels that miss 1 KiB and 1 MiB.
test("the size axis spans powers of two", () => {
  const axis = (...given) => {
    const { min, max, token, ticks } = sizeAxis(...given);
    assert.equal(token, null);
    return [min, max, ...ticks];
  };
  const every = (step, high) => Array.from({ length: high / step + 1 }, (_, i) => 2 ** (i * step));
  assert.deepEqual(axis([1, 4097, 16777216], 900), [1, 2 ** 24, ...every(2, 24)]);
  assert.deepEqual(axis([64, 4096], 900), [64, 4096, 64, 128, 256, 512, 1024, 2048, 4096]);
  assert.deepEqual(axis([8, 65537], 200), [1, 2 ** 17, 1, 256, 65536]);
  assert.deepEqual(axis([64], 900), [32, 128, 32, 64, 128]);
  assert.deepEqual(axis([1], 900), [1, 2, 1, 2]);
});

// Catches a logarithm of zero, and tokens drawn over a size or the axis. 290 pixels hold five labels, so every
// fourth of 20 powers of two has one, and tokens stand four powers away.
test("tokens have a place of their own on the size axis", () => {
  const { min, token, ticks } = sizeAxis([0, 1, 2 ** 20], 290);
  assert.deepEqual([min, token, ticks], [2 ** -6, 2 ** -4, [2 ** -4, 1, 16, 256, 4096, 65536, 2 ** 20]]);
  assert.equal(sizeAxis([0, 64, 128], 900).token, 32);
  assert.deepEqual(sizeAxis([0], 900), { min: 0.5, max: 2, token: 1, ticks: [1] });
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

// Catches a label that overlaps the legend or is cut off.
test("a guide at the end of the axis has its label on the left", () => {
  const alignments = (largest) =>
    optionFor([64, largest].map((size_bytes) => cell({ size_bytes })))
      .series.find(({ markLine }) => markLine)
      .markLine.data.map(({ label }) => label.align);
  assert.deepEqual(alignments(65536), ["right", "right"]);
  assert.deepEqual(alignments(2 ** 20), ["right", "left"]);
});

// Catches a line from a token to a size, and a mechanism with nothing but tokens that is not drawn.
test("a token is a point beside the line, with a label of its own", () => {
  const sizes = [0, 1, 64].map((size_bytes) => cell({ size_bytes }));
  const option = optionFor([...sizes, cell({ mechanism: "tcp", size_bytes: 0 })]);
  const [pipe, tcp] = option.series.filter(({ type, name }) => type === "line" && name);
  const at = option.xAxis.axisLabel.customValues[0];
  assert.ok(at < 1);
  assert.equal(option.xAxis.axisLabel.formatter(at), "token");
  assert.deepEqual(
    pipe.data.map(({ value }) => value),
    [
      [at, 3000],
      [at, null],
      [1, 3000],
      [64, 3000],
    ],
  );
  assert.deepEqual(tcp.data[0].value, [at, 3000]);
  assert.equal(tcp.showAllSymbol, true);
  const whiskers = option.series.find(({ type }) => type === "custom");
  assert.deepEqual(whiskers.data[0], [at, 2900, 3200]);
});

// Catches whiskers of zero length for a single launch, as if it were exact.
test("no whiskers without an interval or when switched off", () => {
  const single = [cell({ launches: 1, time_ns: [3000, 3000, 3000, 0] })];
  assert.deepEqual(optionFor(single).series.find(({ type }) => type === "custom").data, []);
  assert.equal(
    optionFor([cell({})], { intervals: false }).series.some(({ type }) => type === "custom"),
    false,
  );
});

// Catches a script in a report that runs in a reader's browser.
test("tooltips escape names and show interval and CPU time of both ends", () => {
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
  for (const part of ["offered", "clocks", "sent"]) assert.ok(!text.includes(part), part);
});

// Catches ends that are swapped, a cost of half a message, and a cost of 0 where nothing was counted.
test("tooltips say what a message costs", () => {
  const text = (given) => tooltip("pipe", { size: 0, value: 3000, cell: cell(given) }, metricOf("oneway"));
  const counted = text({
    producer_run_delay_ns: 250,
    consumer_run_delay_ns: 1250,
    producer_switches: 1.004,
    consumer_switches: 0,
    producer_system_calls: 2,
    consumer_system_calls: 1234.5,
  });
  for (const part of ["250 ns + 1.25 µs", "1.00 + 0.00", "2.00 + 1235"]) assert.ok(counted.includes(part), part);
  for (const part of ["system calls", "waited for a CPU"]) assert.ok(!text({}).includes(part), part);
});

// Catches a time that is shown without the doubt about its clocks or its schedule.
test("tooltips say why a time is doubtful", () => {
  const text = (given) => tooltip("pipe", { size: 0, value: 3000, cell: cell(given) }, metricOf("oneway"));
  assert.match(text({ clock_bound_ns: 125, clocks_agree: true }), /<b>pipe<\/b>, token.*differ by at most 125 ns/);
  assert.match(text({ clock_bound_ns: 125, clocks_agree: false }), /disagree, by up to 125 ns: not valid/);
  const paced = text({
    offered_per_second: 125000,
    unsent_share: 0.05,
    sent_p50_ns: 2100,
    lag_p50_ns: 300,
    lag_p99_ns: 40000,
  });
  for (const part of ["125 k msg/s", "5.0 %", "2.10 µs", "300 ns", "40.0 µs"]) assert.ok(paced.includes(part), part);
});
