import assert from "node:assert/strict";
import test from "node:test";
import { cell, report } from "../testing/cells.mjs";
import { choices, describeChoices, mechanismsOf, metricsOf, select, settle } from "./model.mjs";

const STATE = { metric: "latency", wait: "block", peers: "fork", cpus: "same", parameters: "" };
const sizesAndValues = ({ points }) => points.map(({ size, value }) => [size, value]);

// Catches a line drawn through cells of different choices: each cell differs from the chosen one in one axis.
test("only cells that match every choice are drawn", () => {
  const others = [
    { wait: "spin" },
    { peers: "exec" },
    { cpus: "llc" },
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

// Catches lines in the order of the file, and lines straight across a size that failed.
test("points ascend, and a size that others have is a gap only between own sizes", () => {
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

// Catches lines that are torn at the 7 bytes of an eventfd, a size that no other mechanism was measured at.
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
test("values that a logarithmic axis cannot show are left out", () => {
  const cells = [
    cell({ size_bytes: 1, time_ns: [0, 0, 0, 0.95] }),
    cell({ size_bytes: 2, time_ns: null }),
    cell({ size_bytes: 4 }),
  ];
  assert.deepEqual(select(report(cells), STATE).map(sizesAndValues), [[[4, 3000]]]);
});

// Catches a report whose mechanisms are not described, and an order that scatters a kind over the list.
test("series come in the order of the report's mechanisms, then by name, floors last", () => {
  const names = ["memcpy", "new_b", "tcp", "new_a", "pipe"];
  const cells = names.map((mechanism) => cell({ mechanism }));
  const measured = report(cells, { tcp: "Sockets", memcpy: "Floors", pipe: "Pipes", unmeasured: "Pipes" });
  assert.deepEqual(
    select(measured, STATE).map(({ mechanism, kind, floor }) => [mechanism, kind, floor]),
    [
      ["tcp", "Sockets", false],
      ["pipe", "Pipes", false],
      ["new_a", "", false],
      ["new_b", "", false],
      ["memcpy", "Floors", true],
    ],
  );
  assert.equal(select(report(cells), STATE).length, 5);
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
    [3000, 5000, 0.96, 7e6, 9e3],
  );
});

const paced = (rate) => cell({ pattern: "paced", rate });
const fanin = (fan) => cell({ pattern: "fanin", fan, bytes_per_second: [7e6, 6e6, 8e6, 0.95] });

// Catches loads and fans drawn as one line, and a chart that opens with the first value rather than the usual one.
test("the axes of the chart's pattern are chosen on", () => {
  const measured = report([cell({}), ...["80%", "50%"].map(paced), ...["16", "2", "1"].map(fanin)]);
  const load = settle(measured, { metric: "paced" });
  assert.deepEqual([load.rate, load.fan], ["50%", undefined]);
  assert.deepEqual([select(measured, load).length, select(measured, load)[0].points.length], [1, 1]);
  const ends = settle(measured, { metric: "fanin" });
  assert.equal(ends.fan, "2");
  const offered = choices(measured, ends).find(({ axis }) => axis.field === "fan");
  assert.deepEqual(
    offered.options.map(({ value, label }) => [value, label]),
    [
      ["16", "16 of fan"],
      ["2", "2 of fan"],
      ["1", "1 of fan"],
    ],
  );
  assert.equal(settle(report([fanin("4")]), { metric: "fanin" }).fan, "4");
});

// Catches axes by name: this one exists in the report alone.
test("an axis that the page has never heard of is chosen on like any other", () => {
  const cells = ["batch", "fifo"].map((policy) => cell({ policy, mechanism: policy }));
  const measured = report(cells);
  measured.axes.latency.push({
    field: "policy",
    label: "Scheduling",
    always: false,
    usual: "fifo",
    values: ["batch", "fifo"].map((value) => ({ value, label: `by ${value}` })),
  });
  const state = settle(measured);
  assert.equal(state.policy, "fifo");
  assert.deepEqual(
    select(measured, state).map(({ mechanism }) => mechanism),
    ["fifo"],
  );
  assert.match(describeChoices(measured, state), /scheduling: by fifo/);
  assert.deepEqual(choices(measured, state).at(-1).options, [
    { value: "batch", label: "by batch", mechanisms: 1 },
    { value: "fifo", label: "by fifo", mechanisms: 1 },
  ]);
});

// Catches a page that opens empty because its first choice was never measured.
test("settling keeps what exists and replaces what does not", () => {
  const measured = report([cell({ wait: "spin", cpus: "llc" }), cell({ wait: "poll" })]);
  assert.deepEqual(settle(measured), { ...STATE, wait: "spin", cpus: "llc" });
  assert.equal(settle(measured, { wait: "poll" }).cpus, "same");
  assert.deepEqual(settle(measured, { ...STATE, wait: "spin" }, "cpus"), { ...STATE, wait: "poll" });
  assert.deepEqual(settle(measured, { ...STATE, wait: "spin" }, "wait"), {
    ...STATE,
    wait: "spin",
    cpus: "llc",
  });
  assert.equal(settle(measured, { metric: "throughput" }).metric, "latency");
  assert.deepEqual(select(report([]), settle(report([]))), []);
});

// Catches counts that ignore the other choices or count floors.
test("each choice says how many mechanisms it would show", () => {
  const cells = [
    cell({}),
    cell({ mechanism: "tcp" }),
    cell({ size_bytes: 8 }),
    cell({ mechanism: "null" }),
    cell({ wait: "spin", cpus: "llc" }),
  ];
  const [wait] = choices(report(cells, { null: "Floors" }), STATE);
  assert.deepEqual(
    wait.options.map(({ value, mechanisms }) => [value, mechanisms]),
    [
      ["block", 2],
      ["spin", 0],
    ],
  );
});

test("mechanisms and metrics are listed once", () => {
  const both = report([cell({}), cell({ size_bytes: 8 }), cell({ mechanism: "new" })], { pipe: "Pipes" });
  assert.deepEqual(mechanismsOf([both, both]), [
    { name: "pipe", kind: "Pipes", floor: false },
    { name: "new", kind: "", floor: false },
  ]);
  assert.deepEqual(
    metricsOf(report([cell({})])).map(({ id }) => id),
    ["latency", "latency-p99", "latency-cpu"],
  );
});

// Catches a pattern that can be measured but not drawn.
test("every pattern has charts, one of which goes into a file", () => {
  for (const pattern of ["latency", "oneway", "throughput", "paced", "fanin", "fanout"]) {
    const metrics = metricsOf(report([cell({ pattern })]));
    assert.equal(metrics.length, 3, pattern);
    assert.equal(metrics.filter(({ main }) => main).length, 1, pattern);
  }
});

// Catches a chart that hides how its numbers were waited for or placed.
test("the choices are spelled out, without settings at their defaults", () => {
  assert.equal(
    describeChoices(report([cell({})]), STATE),
    "axis wait: block of wait · axis peers: fork of peers · axis cpus: same of cpus",
  );
  const changed = cell({ parameters: "pipe_bytes=4096" });
  assert.match(
    describeChoices(report([changed]), settle(report([changed]))),
    / · axis parameters: pipe_bytes=4096 of parameters$/,
  );
});

const buffered = (buffer_bytes, rate, given) =>
  cell({
    pattern: "throughput",
    size_bytes: 4096,
    parameters: `pipe_bytes=${buffer_bytes}`,
    buffer_bytes,
    bytes_per_second: [rate, rate, rate, 0.95],
    ...given,
  });

// Catches a chart of buffers that mixes message sizes, splits a line by its settings, or marks another knee than the
// smallest buffer within a tenth of the best.
test("against the buffer, a line joins the settings of one message size and has its knee marked", () => {
  const cells = [
    ...[
      [4096, 10],
      [65536, 95],
      [16384, 50],
      [131072, 100],
    ].map(([bytes, rate]) => buffered(bytes, rate)),
    buffered(4096, 1000, { size_bytes: 64 }),
    buffered(65536, 5, { mechanism: "fifo" }),
    buffered(null, 7, { mechanism: "tcp" }),
  ];
  const swept = report(cells);
  assert.ok(metricsOf(swept).some(({ id }) => id === "throughput-buffer"));
  const state = settle(swept, { metric: "throughput-buffer" });
  assert.equal(state.size_bytes, 4096);
  const series = select(swept, state);
  assert.deepEqual(
    series.map(({ mechanism }) => mechanism),
    ["pipe"],
  );
  assert.deepEqual(sizesAndValues(series[0]), [
    [4096, 10],
    [16384, 50],
    [65536, 95],
    [131072, 100],
  ]);
  assert.deepEqual(
    series[0].points.filter(({ knee }) => knee).map(({ size }) => size),
    [65536],
  );
});

test("a report without a sweep of buffers has no chart of them", () => {
  assert.ok(!metricsOf(report([buffered(65536, 5)])).some(({ id }) => id === "throughput-buffer"));
});
