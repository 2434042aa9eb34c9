import assert from "node:assert/strict";
import test from "node:test";
import { cell, report } from "../testing/cells.mjs";
import { select, settle } from "./model.mjs";
import { tableOf } from "./table.mjs";

const tableFor = (cells, metric = "latency", size = null) => {
  const measured = report(cells);
  const state = settle(measured, { metric });
  return tableOf(select(measured, state), state, size);
};
const time = (mechanism, size_bytes, ns) =>
  cell({ mechanism, size_bytes, time_ns: [ns, ns - 100, ns + 100, 0.9375] });

// Catches a reversed ranking: less is better for latency, more for throughput.
test("rows go by size, then best first", () => {
  const latency = tableFor([time("a", 64, 900), time("b", 64, 300), time("a", 8, 500)]);
  assert.deepEqual(
    latency.rows.map(({ size, mechanism, first }) => [size, mechanism, first]),
    [
      ["8 B", "a", false],
      ["64 B", "b", true],
      ["64 B", "a", false],
    ],
  );
  const rate = (mechanism, bytes) =>
    cell({ mechanism, pattern: "throughput", bytes_per_second: [bytes, bytes, bytes, 0.95] });
  assert.deepEqual(
    tableFor([rate("slow", 1e6), rate("fast", 1e9)], "throughput").rows.map(({ mechanism }) => mechanism),
    ["fast", "slow"],
  );
});

// Catches numbers that differ from the chart's tooltip or stand in another column.
test("a row has everything that the tooltip has", () => {
  const { head, rows } = tableFor([time("pipe", 64, 3000)]);
  const row = ["64 B", "pipe", ...rows[0].cells];
  assert.deepEqual(Object.fromEntries(head.map((title, i) => [title, row[i]])), {
    "message size": "64 B",
    mechanism: "pipe",
    "round trip": "3.00 µs",
    "interval from": "2.90 µs",
    to: "3.10 µs",
    confidence: "93.8 %",
    launches: "5",
    "99th percentile": "5.00 µs (4.50 µs to 5.50 µs, of 2000 messages)",
    "CPUs kept busy": "0.960",
    "CPU per message, producer": "1.40 µs",
    "CPU per message, consumer": "1.50 µs",
    "context switches per message, producer + consumer": "1.00 + 1.00",
  });
});

// Catches doubts about a number that the table does not show, and columns that are empty throughout.
test("a row says how steady its launches were", () => {
  const doubtful = {
    ...time("pipe", 64, 3000),
    spread_between: 0.042,
    spread_within: 0.1,
    not_steady: 2,
    bimodal: true,
  };
  const { head, rows } = tableFor([doubtful, time("fifo", 64, 4000)]);
  const columns = ["spread between launches", "spread within a launch", "launches that drifted", "two modes"];
  const of = ({ cells }) => columns.map((title) => cells[head.indexOf(title) - 2]);
  assert.deepEqual(of(rows[0]), ["4.2 %", "10.0 %", "2", "yes: the median hides them"]);
  assert.deepEqual(of(rows[1]), ["", "", "", ""]);
});

test("one size can be selected, and a gap has no row", () => {
  const cells = [
    time("a", 8, 500),
    time("a", 64, 900),
    time("a", 512, 950),
    time("b", 8, 300),
    time("b", 512, 300),
  ];
  assert.deepEqual(
    tableFor(cells, "latency", 64).rows.map(({ mechanism }) => mechanism),
    ["a"],
  );
  assert.equal(tableFor(cells).rows.length, 5);
});
