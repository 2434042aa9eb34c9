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
  rate: "",
  arrivals: "",
  fan: "",
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
    { pattern: "oneway" },
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

// Catches lines that are torn at the 7 bytes of an eventfd, at which nothing else was measured.
test("a size that only short messages have is no gap", () => {
  const at = (mechanism, size_bytes) =>
    cell({ mechanism, size_bytes, time_ns: [size_bytes * 10, 1, 2, 0.95] });
  const cells = [at("eventfd", 1), at("eventfd", 7), ...[1, 8, 64].map((size) => at("pipe", size))];
  const [eventfd, pipe] = select(report(cells), STATE);
  assert.deepEqual(sizesAndValues(eventfd), [
    [1, 10],
    [7, 70],
  ]);
  assert.deepEqual(sizesAndValues(pipe), [
    [1, 10],
    [8, 80],
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

const paced = (rate, arrivals = "poisson") => cell({ pattern: "paced", rate, arrivals });
const fanin = (fan) => cell({ pattern: "fanin", fan, bytes_per_second: [7e6, 6e6, 8e6, 0.95] });

// Catches loads and fans drawn as one line, a chart that opens with the one of a single producer, and loads
// listed as text (1000 before 200).
test("loads and fans are chosen between", () => {
  const measured = report([
    ...["1000", "200", "80%", "50%"].map((rate) => paced(rate)),
    paced("50%", "constant"),
    ...["16", "2", "1"].map(fanin),
  ]);
  const load = settle(measured, { metric: "paced" });
  assert.deepEqual([load.rate, load.arrivals, load.fan], ["50%", "poisson", ""]);
  assert.deepEqual([select(measured, load).length, select(measured, load)[0].points.length], [1, 1]);
  const values = (state, field) =>
    choices(measured, state)
      .find(({ axis }) => axis.field === field)
      .options.map(({ value }) => value);
  assert.deepEqual(values(load, "rate"), ["50%", "80%", "200", "1000"]);
  assert.deepEqual(values(load, "arrivals"), ["poisson", "constant"]);
  const ends = settle(measured, { metric: "fanin" });
  assert.equal(ends.fan, "2");
  assert.deepEqual(values(ends, "fan"), ["1", "2", "16"]);
  assert.match(describeChoices(load), /offered load: 50 % of capacity · arrivals: at random/);
  assert.match(describeChoices({ ...load, rate: "5000" }), /offered load: 5 k msg\/s/);
  assert.match(describeChoices(ends), /ends: 2 producers to one consumer$/);
  assert.match(describeChoices({ ...ends, metric: "fanout", fan: "1" }), /ends: one producer to one consumer$/);
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

// Catches a pattern that can be measured and not be drawn.
test("every pattern has charts, one of which goes into a file", () => {
  for (const pattern of ["latency", "oneway", "throughput", "paced", "fanin", "fanout"]) {
    const metrics = metricsOf(report([cell({ pattern })]));
    assert.equal(metrics.length, 3, pattern);
    assert.equal(metrics.filter(({ main }) => main).length, 1, pattern);
  }
});

// Catches a chart that does not say how its numbers were waited for or placed.
test("the choices are spelled out", () => {
  const text = describeChoices({ ...STATE, parameters: "pipe_bytes=4096" });
  for (const part of ["block", "one CPU", "fork", "copied", "pipe_bytes=4096"])
    assert.match(text, new RegExp(part));
});
