import assert from "node:assert/strict";
import test from "node:test";

import {cell, FRAME, nodesOf, report, textsOf, viewAt} from "../testing/cells.mjs";

import {toCsv} from "./downloads.mjs";
import {cellTable, sortCells, tableBody} from "./table.mjs";

const time = (mechanism, size_bytes, ns, others = {}) =>
    cell({mechanism, size_bytes, time_ns: [ns, ns - 100, ns + 100, 0.9375], ...others});
const names = (cells, state) =>
    sortCells(viewAt(report(cells), {}).report.cells, {pattern: "latency", sort: "", ...state})
        .map(({mechanism}) => mechanism);

test("rows go by size, then best first", () => {
  assert.deepEqual(names([time("a", 64, 900), time("b", 64, 300), time("c", 8, 500)]), ["c", "b", "a"]);
  const rate = (mechanism, bytes) =>
      cell({mechanism, pattern: "throughput", bytes_per_second: [bytes, bytes, bytes, 0.95]});
  assert.deepEqual(names([rate("slow", 1e6), rate("fast", 1e9)], {pattern: "throughput"}), ["fast", "slow"]);
});

// Catches numbers sorted as texts (900 ns after 1.00 µs), and missing ones on top.
test("a column sorts by its numbers, either way, and what is missing comes last", () => {
  const cells = [time("a", 64, 900), time("b", 64, 12_000), time("c", 64, 1000), cell({mechanism: "d", time_ns: null})];
  assert.deepEqual(names(cells, {sort: "value"}), ["a", "c", "b", "d"]);
  assert.deepEqual(names(cells, {sort: "-value"}), ["b", "c", "a", "d"]);
  assert.deepEqual(names(cells, {sort: "nonsense"}), names(cells, {sort: ""}));
});

// Catches numbers that stand in another column than their title.
test("a row has everything that its card has", () => {
  const view = viewAt(report([time("pipe", 64, 3000)]));
  const {head, rows} = cellTable(view.here, view.state);
  assert.deepEqual(Object.fromEntries(head.map(({text}, index) => [text, rows[0][index]])), {
    mechanism: "pipe",
    size: "64 B",
    waiting: "block",
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

// Catches a print that has the chosen size only.
test("all sizes are one click away, and all are printed", () => {
  const view = viewAt(report([time("a", 64, 900), time("a", 8, 900)]));
  const rows = (frame, state = {}) =>
      nodesOf({children: tableBody({...view, state: {...view.state, ...state}}, frame, () => "#")}, "tr").length - 1;
  assert.deepEqual([rows(FRAME), rows(FRAME, {rows: "all"}), rows({...FRAME, theme: "print"})], [1, 2, 2]);
});

test("a title is a link that sorts, and then the other way", () => {
  const view = viewAt(report([time("a", 64, 900)]), {sort: "value"});
  const links = nodesOf({children: tableBody(view, FRAME, (part) => JSON.stringify(part))}, "a");
  const link = links.find((each) => textsOf(each).join("").startsWith("round trip"));
  assert.equal(textsOf(link).join(""), "round trip ▲");
  assert.equal(link.attributes.href, "{\"sort\":\"-value\"}");
});

// Catches a name that breaks the columns, or that a spreadsheet runs.
test("CSV is quoted, and formulas are texts", () => {
  const csv = toCsv({head: ["a", "b"], rows: [["say \"hi\", then", "=HYPERLINK(1)"], ["-5", "line\nbreak"]]});
  assert.equal(csv, `a,b\r\n"say ""hi"", then",'=HYPERLINK(1)\r\n-5,"line\nbreak"\r\n`);
});
