import assert from "node:assert/strict";
import test from "node:test";

import {cell, FRAME, report} from "../../testing/cells.mjs";
import {ranking} from "../charts/ranking.mjs";
import {decode, viewOf} from "../model.mjs";
import {settle} from "../state.mjs";

import {differingFacts, labelsOf, merge, refusal, sideBySide} from "./merge.mjs";

const machine = (name, series, page = "./machines/x.html") => ({name, series, page});
const time = (mechanism, ns, others = {}) => cell({mechanism, time_ns: [ns, ns * 0.9, ns * 1.1, 0.95], ...others});
const merged = (...lists) => merge(
    lists.map((cells) => decode({reports: [report(cells)]})[0]),
    labelsOf(lists.map((_, index) => ({name: `m${index}`}))));
const viewAt = (reports, wanted = {}) => viewOf(reports, settle(reports, wanted));

// Catches kernels of two series that are compared in silence.
test("machines: unlike kernels, one machine, five machines and a machine without a report are refused", () => {
  const [a, b] = [machine("a", "6.1"), machine("b", "6.1")];
  assert.equal(refusal([a, b]), null);
  assert.match(refusal([a]), /two to 4/);
  assert.match(refusal([a, b, a, b, a]), /At most 4/);
  assert.match(refusal([a, machine("c", "6.18")]), /a ran Linux 6\.1, and c Linux 6\.18/);
  assert.match(refusal([a, machine("d", "6.1", "")]), /report of d/);
});

// Catches ways of waiting that are mixed: of each machine only the chosen one is shown.
test("machines: a row of the ranking has a mark for each machine, all at one way of waiting", () => {
  const reports = merged([time("pipe", 1000), time("pipe", 100, {wait: "spin"})], [time("pipe", 2000)]);
  const view = viewAt(reports);
  assert.equal(view.state.waiting, "block");
  const {table} = ranking(view, FRAME);
  assert.deepEqual(table.head, ["mechanism", "A m0", "from", "to", "B m1", "from", "to"]);
  assert.deepEqual(table.rows, [["pipe", "1.00 µs", "900 ns", "1.10 µs", "2.00 µs", "1.80 µs", "2.20 µs"]]);
  assert.deepEqual(viewAt(reports, {waiting: "spin"}).here.map(({wait}) => wait), ["A m0"]);
});

// Catches ties that point to a cell of another machine.
test("machines: ties stay within a machine", () => {
  const cells = [time("a", 1000, {ties: [1]}), time("b", 1001)];
  const [all] = merged(cells, cells);
  assert.deepEqual(all.cells.map(({tied}) => tied.map(({index}) => index)), [[1], [0], [3], [2]]);
});

// 1000 (900 to 1100) against 1150 (1035 to 1265): they meet. Against 2000 (1800 to 2200): they do not.
test("machines: apart are those whose intervals do not meet", () => {
  const {here, metric} = viewAt(merged([time("pipe", 1000)], [time("pipe", 1150)], [time("pipe", 2000)]));
  const [{against}] = sideBySide(here, ["A m0", "B m1", "C m2"], metric);
  assert.equal(against[0], null);
  assert.deepEqual(against[1], {ratio: 1.15, apart: false, known: true});
  assert.deepEqual(against[2], {ratio: 2, apart: true, known: true});
});

test("machines: a mechanism that one of them lacks has no comparison", () => {
  const {here, metric} = viewAt(merged([time("pipe", 1000)], [time("fifo", 1150)]));
  const rows = sideBySide(here, ["A m0", "B m1"], metric);
  assert.deepEqual(rows.map(({against}) => against), [[null, null], [null, null]]);
});

test("machines: facts that all share are not listed", () => {
  const facts = (cpu) => ({facts: [{name: "cpu", value: cpu}, {name: "os", value: "x"}]});
  assert.deepEqual(differingFacts([facts("a"), facts("b")]), [{name: "cpu", values: ["a", "b"]}]);
});
