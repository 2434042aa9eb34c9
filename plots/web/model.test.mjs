import assert from "node:assert/strict";
import test from "node:test";
import { cell, report } from "../testing/cells.mjs";
import { choices, describeChoices, mechanismsOf, metricsOf, select, settle } from "./model.mjs";

const STATE = {
  metric: "latency",
  wait: "block",
  peers: "fork",
  cpus: "same",
  payload: "copy",
  parameters: "",
};
const sizesAndValues = ({ points }) => points.map(({ size, value }) => [size, value]);

// Catches a chart that mixes what must not be mixed: each cell differs from the chosen one in one axis.
test("only cells that match every choice are drawn", () => {
  const others = [
    { wait: "spin" },
    { peers: "exec" },
    { cpus: "llc" },
    { payload: "scan" },
    { parameters: "pipe_bytes=4096" },
    { pattern: "throughput" },
  ];
  const series = select(
    report([cell({}), ...others.map((other) => cell({ mechanism: "other", ...other }))]),
    STATE,
  );
  assert.deepEqual(
    series.map(({ mechanism }) => mechanism),
    ["pipe"],
  );
});

// Catches lines drawn in the order of the file, and straight over a size that failed.
test("points ascend, and a size that others have is a gap between own ones only", () => {
  const at = (mechanism, size_bytes) =>
    cell({ mechanism, size_bytes, time_ns: [size_bytes * 10, 1, 2, 0.95] });
  const cells = [at("tcp", 64), at("tcp", 1), ...[8, 1, 64, 4096].map((size) => at("pipe", size))];
  const [pipe, tcp] = select(report(cells), STATE);
  assert.deepEqual(sizesAndValues(pipe), [
    [1, 10],
    [8, 80],
    [64, 640],
    [4096, 40960],
  ]);
  assert.deepEqual(sizesAndValues(tcp), [
    [1, 10],
    [8, null],
    [64, 640],
  ]);
});

// Catches a zero or a missing number sent to a logarithmic axis.
test("what a logarithmic axis cannot show is left out", () => {
  const cells = [
    cell({ size_bytes: 1, time_ns: [0, 0, 0, 0.95] }),
    cell({ size_bytes: 2, time_ns: null }),
    cell({ size_bytes: 4 }),
  ];
  assert.deepEqual(select(report(cells), STATE).map(sizesAndValues), [[[4, 3000]]]);
});

test("floors come last, and say so", () => {
  const series = select(report([cell({ mechanism: "memcpy", floor: true }), cell({})]), STATE);
  assert.deepEqual(
    series.map(({ mechanism, floor }) => [mechanism, floor]),
    [
      ["pipe", false],
      ["memcpy", true],
    ],
  );
});

test("each metric takes its own number", () => {
  const through = cell({
    pattern: "throughput",
    bytes_per_second: [7e6, 6e6, 8e6, 0.95],
    messages_per_second: [9e3, 8e3, 1e4, 0.95],
  });
  const both = report([cell({}), through]);
  const value = (metric) => select(both, { ...STATE, metric })[0].points[0].value;
  assert.deepEqual(
    ["latency", "latency-p99", "latency-cpu", "throughput", "throughput-messages"].map(value),
    [3000, 5000, 2900, 7e6, 9e3],
  );
});

// Catches a page that opens empty because its first choice was never measured.
test("settling keeps what exists and replaces what does not", () => {
  const measured = report([cell({ wait: "poll" }), cell({ wait: "spin", cpus: "llc" })]);
  assert.deepEqual(settle(measured), { ...STATE, wait: "spin", cpus: "llc" });
  assert.equal(settle(measured, { wait: "poll" }).cpus, "same");
  assert.deepEqual(settle(measured, { ...STATE, wait: "spin" }, "cpus"), { ...STATE, wait: "poll" });
  assert.deepEqual(settle(measured, { ...STATE, wait: "spin" }, "wait"), {
    ...STATE,
    wait: "spin",
    cpus: "llc",
  });
  assert.equal(settle(measured, { metric: "throughput" }).metric, "latency");
  assert.equal(settle(report([cell({ wait: "telepathy" })])).wait, "telepathy");
  assert.deepEqual(select(report([]), settle(report([]))), []);
});

// Catches counts that ignore the other choices or count floors.
test("each choice says how many mechanisms it would show", () => {
  const cells = [
    cell({}),
    cell({ mechanism: "tcp" }),
    cell({ size_bytes: 8 }),
    cell({ mechanism: "null", floor: true }),
    cell({ wait: "spin", cpus: "llc" }),
  ];
  const [wait] = choices(report(cells), STATE);
  assert.deepEqual(wait.options, [
    { value: "block", mechanisms: 2 },
    { value: "spin", mechanisms: 0 },
  ]);
});

test("what is in a report is listed once", () => {
  const both = report([
    cell({}),
    cell({ size_bytes: 8 }),
    cell({ mechanism: "null", floor: true, pattern: "throughput" }),
  ]);
  assert.deepEqual(mechanismsOf([both, both]), [
    { name: "pipe", floor: false },
    { name: "null", floor: true },
  ]);
  assert.deepEqual(
    metricsOf(report([cell({})])).map(({ id }) => id),
    ["latency", "latency-p99", "latency-cpu"],
  );
});

// Catches a chart that does not say how its numbers were waited for or placed.
test("the choices are spelled out", () => {
  const text = describeChoices({ ...STATE, parameters: "pipe_bytes=4096" });
  for (const part of ["block", "one CPU", "fork", "copied", "pipe_bytes=4096"])
    assert.match(text, new RegExp(part));
});
