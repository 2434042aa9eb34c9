// The charts of how numbers grow: with the size, the buffer, the rate and the number of ends; and their tails.
import assert from "node:assert/strict";
import test from "node:test";

import {cell, FRAME, nodesOf, report, textsOf, viewAt} from "../../testing/cells.mjs";

import {buffers, kneeOf as bufferKnee} from "./buffers.mjs";
import {cliffs, formatStep} from "./cliffs.mjs";
import {curves} from "./curves.mjs";
import {fanin, fanout} from "./fan.mjs";
import {kneeOf, load} from "./load.mjs";
import {kneesOf, linesOf, panelsIn, pieces} from "./multiples.mjs";
import {formatPercentile, launchesOf, percentiles} from "./percentiles.mjs";
import {middleOf, shapes} from "./shapes.mjs";

const at = (mechanism, size_bytes, ns, others = {}) =>
    cell({mechanism, size_bytes, time_ns: [ns, ns * 0.9, ns * 1.1, 0.95], ...others});
const swept = (mechanism, sizes, ns, others) => sizes.map((size) => at(mechanism, size, ns + size / 10, others));
const drawn = (draw, made, wanted = {}, frame = FRAME) => draw(viewAt(made.cells ? made : report(made), wanted), frame);
const strokes = (chart) => nodesOf(chart.node, "path").filter(({attributes}) => attributes.fill === "none");

// 8 and 64 have two missing octaves between them, 16 and 32; 64 and 1024 have three.
test("a line bridges two missing octaves and no more", () => {
  const sizes = (values) => values.map((size) => ({size}));
  assert.deepEqual(
      pieces(sizes([8, 64, 128, 2048])).map((piece) => piece.map(({size}) => size)), [[8, 64, 128], [2048]]);
  assert.deepEqual(pieces(sizes([0, 1])).length, 2, "a token is on no scale of sizes");
});

test("fewer than four sizes are dots", () => {
  assert.equal(linesOf([{size: 1}, {size: 2}, {size: 4}]).length, 0);
  assert.equal(linesOf([{size: 1}, {size: 2}, {size: 4}, {size: 8}]).length, 1);
});

test("panels: as many beside each other as have room, a row as high as its highest", () => {
  const {panels, height} = panelsIn({width: 700}, [100, 200, 50], {least: 300, foot: 30});
  assert.equal(panels[1].y, 0);
  assert.equal(panels[2].x, 0);
  assert.equal(panels[0].bottom - panels[0].top, 200);
  assert.equal(panels[2].y, 254);
  assert.equal(height, 254 + 24 + 50 + 30);
  assert.equal(panelsIn({width: 280}, [10, 10], {least: 300}).panels[1].x, 0);
});

test("knees are told apart by the way of waiting where they differ", () => {
  const text = ({knee}) => String(knee);
  assert.equal(kneesOf([{wait: "block", knee: 1}, {wait: "spin", knee: 1}], text), "knee: 1");
  assert.equal(kneesOf([{wait: "block", knee: 1}, {wait: "spin", knee: 2}], text), "knee: block 1, spin 2");
  const rate = ({knee}) => `${knee} k msg/s`;
  assert.equal(kneesOf([{wait: "block", knee: 1}, {wait: "spin", knee: 2}], rate), "knee: block 1 k, spin 2 k msg/s");
});

const KINDS = {
  pipe: "Pipes",
  fifo: "Pipes",
  ring: "Shared memory"
};
const SIZES = [64, 128, 256, 512];

// Catches lines of another kind that are drawn as a panel's own, and labels left out.
test("curves: a panel per kind with a label for each of its lines, the others grey", () => {
  const cells =
      [...swept("pipe", SIZES, 1000), ...swept("fifo", SIZES, 1100), ...swept("ring", SIZES, 900, {wait: "spin"})];
  const chart = drawn(curves, report(cells, KINDS));
  const texts = textsOf(chart.node);
  for (const text of ["Pipes", "Shared memory", "pipe", "fifo", "ring"])
    assert.equal(texts.filter((each) => each === text).length, 1, text);
  assert.equal(chart.points.length, 12);
  assert.equal(new Set(chart.points.map(({series}) => series)).size, 3);
  // Each panel: its own lines, and those of the other kind in grey where they are in sight.
  assert.ok(strokes(chart).length >= 4, String(strokes(chart).length));
  assert.deepEqual(chart.points[0].set, {size: 64});
});

// Catches a ratio to the best of another size.
test("curves: the ratio is to the best of each size", () => {
  const cells = [at("pipe", 64, 1000), at("fifo", 64, 2000), at("pipe", 4096, 9000), at("fifo", 4096, 3000)];
  const chart = drawn(curves, report(cells, KINDS), {curves: "ratio"});
  assert.deepEqual(chart.table.rows.map(([, , ...values]) => values), [["1.00×", "3.0×"], ["2.0×", "1.00×"]]);
});

// Catches labels on top of each other: thirty lines end at one place.
test("curves: labels keep their distance", () => {
  const cells = Array.from({length: 30}, (_, index) => swept(`m${index}`, SIZES, 1000 + index)).flat();
  const chart =
      drawn(curves, report(cells, Object.fromEntries(Array.from({length: 30}, (_, index) => [`m${index}`, "Pipes"]))));
  const heights = nodesOf(chart.node, "text")
                      .filter((node) => /^m\d+$/.test(textsOf(node)[0]))
                      .map(({attributes}) => attributes.y)
                      .sort((a, b) => a - b);
  assert.equal(heights.length, 30);
  for (let index = 1; index < heights.length; index += 1)
    assert.ok(heights[index] - heights[index - 1] > 12.9, String(index));
});

// 5000 after 4000 is a quarter more; throughput that falls to a half costs twice as much.
test("cliffs: the step is how much worse a byte more is", () => {
  const chart =
      drawn(cliffs, [at("pipe", 4095, 3900), at("pipe", 4096, 4000), at("pipe", 4097, 5000), at("fifo", 4096, 4000)]);
  assert.deepEqual(chart.table.rows, [["pipe", "block", "4 KiB", "3.90 µs", "4.00 µs", "5.00 µs", "+25 %"]]);
  const rate = (size, bytes) =>
      cell({pattern: "throughput", size_bytes: size, bytes_per_second: [bytes, bytes, bytes, 0.95]});
  assert.equal(drawn(cliffs, [rate(65536, 2e9), rate(65537, 1e9)]).table.rows[0].at(-1), "+100 %");
  assert.equal(formatStep(0.95), "−5.0 %");
});

test("cliffs: sizes that are not there are named with the command", () => {
  assert.match(drawn(cliffs, [at("pipe", 64, 1000)]).empty, /--size 4095,4096,4097,65535,65536,65537`/);
});

const buffered = (bytes, rate, others = {}) => cell({
  pattern: "throughput",
  size_bytes: 4096,
  buffer_bytes: bytes,
  parameters: `pipe_bytes=${bytes}`,
  bytes_per_second: [rate, rate, rate, 0.95],
  ...others
});

// 90 % of 10 is 9. Catches the best itself, and the last that is enough.
test("buffers: the knee is the smallest that gives 90 % of the best", () => {
  assert.equal(bufferKnee([{value: 5}, {value: 9}, {value: 10}, {value: 9.5}]), 1);
  const chart =
      drawn(buffers, [buffered(65536, 9e9), buffered(4096, 5e9), buffered(1048576, 1e10)], {pattern: "throughput"});
  assert.deepEqual(chart.table.rows.map((row) => [row[2], row[4]]), [["4 KiB", ""], ["64 KiB", "knee"], ["1 MiB", ""]]);
});

// Catches a chart that is empty because the chosen settings are the defaults, or another size is chosen.
test("buffers: are shown whatever pattern, setting and size is chosen", () => {
  const made = report([at("pipe", 64, 1000), buffered(65536, 9e9), buffered(4096, 5e9)]);
  assert.equal(drawn(buffers, made, {pattern: "latency"}).points.length, 2);
});

const paced = (rate, p99, others = {}) =>
    cell({pattern: "paced", rate: String(rate), offered_per_second: rate, p99_ns: p99, unsent_share: 0, ...others});

// Catches a knee behind a rate that was not carried.
test("load: the knee is the last rate before tail or loss grow", () => {
  const made = [paced(1000, 5000), paced(2000, 9000), paced(4000, 60_000), paced(8000, 9000)];
  assert.equal(kneeOf(made), 1);
  assert.equal(kneeOf([paced(1000, 5000), paced(2000, 5000, {unsent_share: 0.02})]), 0);
  assert.equal(kneeOf([paced(1000, 5000, {lost_share: 0.5})]), -1);
  const chart = drawn(load, made, {pattern: "paced"});
  assert.equal(chart.points.length, 8);
  assert.deepEqual(chart.table.rows.map((row) => row.at(-1)), ["", "knee", "", ""]);
});

test("load and fan: a report without them names the command that measures them", () => {
  const made = report([at("pipe", 64, 1000)]);
  assert.match(drawn(load, made).empty, /`ipcbench run --mechanism pipe --pattern paced --rate .* --size 64`/);
  assert.match(drawn(fanin, made).empty, /--pattern fanin --fan/);
  assert.match(drawn(fanout, made).empty, /--pattern fanout --fan/);
});

const fan = (count, rate, pattern = "fanin") =>
    cell({pattern, fan: String(count), size_bytes: 64, bytes_per_second: [rate, rate, rate, 0.95]});

// Four producers with twice the throughput of one give half of the ideal. Catches 10 before 2, sorted as text.
test("fan: throughput is compared with as many times the first", () => {
  const chart = drawn(fanin, [fan(1, 1e6), fan(10, 2e6), fan(4, 2e6), fan(2, 1.5e6)], {pattern: "fanin"});
  assert.deepEqual(
      chart.table.rows.map((row) => [row[2], row[4]]),
      [["1", "1.00×"], ["2", "0.75×"], ["4", "0.50×"], ["10", "0.20×"]]);
  assert.equal(drawn(fanout, [fan(1, 1e6, "fanout"), fan(2, 1e6, "fanout")], {pattern: "fanout"}).points.length, 2);
});

const quantiles = (...values) => ({quantiles_ns: values});

// Catches a tail drawn beyond what the samples support: null after the ninth.
test("percentiles: lines end where the quantiles do", () => {
  const chart = drawn(
      percentiles,
      [cell(quantiles(1, 1, 1, 2, 3, 4, 5, 6, 7)), cell({mechanism: "fifo", ...quantiles(1, 1, 1, 2, 3)})]);
  assert.deepEqual(chart.points.filter(({series}) => series === "fifo · block").length, 2);
  assert.equal(chart.points.filter(({series}) => series === "pipe · block").at(-1).label, "pipe · block, 99 %");
  assert.deepEqual(chart.table.head, ["mechanism", "waiting", "50 %", "90 %", "99 %"]);
  assert.equal(formatPercentile(0.99999), "99.999 %");
});

// Catches launches of all mechanisms at once, and percentiles at the wrong share.
test("percentiles: the launches of the chosen mechanism are thin lines", () => {
  const pipe = {...quantiles(1, 1, 1, 2, 3, 4, 5, 6, 7), launch_quantiles_ns: [[3, 5, 7], [4, 6, 90], [3]]};
  const cells = [cell(pipe), cell({mechanism: "fifo", ...quantiles(1, 1, 1, 2, 3), launch_quantiles_ns: [[3, 4]]})];
  const dashed = (wanted) =>
      nodesOf(drawn(percentiles, cells, wanted).node, "path").filter(({attributes}) => attributes["stroke-dasharray"]);
  assert.equal(dashed({}).length, 0);
  assert.equal(dashed({mechanism: "pipe"}).length, 2, "a single percentile is no line");
  assert.match(drawn(percentiles, cells, {mechanism: "pipe"}).subtitle, /the launches of pipe/);
  assert.deepEqual(drawn(percentiles, cells).points[0].set, {mechanism: "pipe"});
  assert.deepEqual(launchesOf(cells[0])[1].at(-1), {share: 0.99, value: 90});
});

// Class 160 begins at 2^10 ns.
test("shapes: a bar for each class, a tick for each launch, and two modes are named", () => {
  const chart = drawn(
      shapes, [cell({histogram: "160:a,,5", figures: [1100, 1200], bimodal: true, time_ns: [1100, 1000, 1200, 0.5]})]);
  assert.equal(nodesOf(chart.node, "rect").length, 2);
  assert.ok(textsOf(chart.node).includes("two modes"));
  assert.match(chart.points[0].lines[1], /1\.10 µs, 1\.20 µs/);
});

// 1 of 1000 at either end is below half a per cent.
test("shapes: single messages far away do not squeeze the others", () => {
  const classes = [{low: 1, count: 1}, {low: 2, count: 998}, {low: 900, count: 1}];
  assert.deepEqual(middleOf(classes, 1000).map(({low}) => low), [2]);
  assert.deepEqual(middleOf([{low: 1, count: 10}, {low: 2, count: 10}], 20).length, 2);
});
