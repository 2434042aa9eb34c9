// Reports beside each other: every verdict is the data's, and none is known by its colour alone.
import assert from "node:assert/strict";
import test from "node:test";

import {cell, FRAME, nodesOf, report, textsOf, viewAt} from "../../testing/cells.mjs";
import {compareBody, unfoldable} from "../compare.mjs";
import {formatChange, VERDICTS} from "../comparisons.mjs";
import {SECTIONS} from "../sections.mjs";
import {toMarkup} from "../svg.mjs";

import {changeheat} from "./changeheat.mjs";
import {changes, namesOf, rowsOf} from "./changes.mjs";
import {columns} from "./columns.mjs";
import {trend} from "./trend.mjs";

// Records in columns, as plots/columns.hpp writes them.
const inColumns = (records) => ({
  count: records.length,
  columns: Object.fromEntries(
      Object.keys(records[0] ?? {}).map((field) => [field, {each: records.map((record) => record[field])}])),
});

const finding = (name, ratio, verdict, others = {}) => ({
  level: "cell",
  name,
  family: name,
  metric: "time",
  verdict,
  reason: "",
  ratio,
  low: ratio * 0.95,
  high: ratio * 1.05,
  base_ns: 1000,
  new_ns: 1000 * ratio,
  smallest_effect: 0.05,
  cell: 0,
  ...others,
});
const WHOLE = finding("all cells", 1.01, "unchanged", {level: "whole", base_ns: 0, cell: null});

const pairOf = (name, findings, others = {}) => ({
  base: "first",
  new: name,
  headline: "SLOWER: 1 of 2 cells",
  verdict: "slower",
  method: "informational",
  why_informational: "Give several bases (`--base`).",
  cells: {slower: 1, unchanged: 1, faster: 0},
  geometric_mean: 1.01,
  differing: ["kernel_release: 6.1 in first, 6.2 in second"],
  doubts: [],
  left_out: [],
  absences: [{cell: "pipe/latency/size:1", verdict: "missing", reason: "not in second", allowed: false}],
  findings: inColumns(findings),
  ...others,
});

const CELLS = [cell({}), cell({mechanism: "fifo"}), cell({mechanism: "fifo", size_bytes: 4096})];
const FINDINGS = [
  WHOLE, finding("pipe/latency/size:64", 1.3, "slower"), finding("fifo/latency/size:64", 0.8, "faster", {cell: 1}),
  finding("fifo/latency/size:4096", 1.02, "inconclusive", {cell: 2})
];

function reportsOf(names, comparisons) {
  return names.map(
      (name, index) =>
          ({...report(CELLS.map((each) => ({...each}))), name, comparisons: index === 0 ? comparisons : null}));
}
const two = (findings = FINDINGS) =>
    reportsOf(["first", "second"], {pairs: [pairOf("second", findings)], latest: null, trend: null});

const body = (made, wanted) => compareBody(viewAt(made, wanted)).flat(Infinity).filter(Boolean);
const said = (made, wanted) => body(made, wanted).flatMap(textsOf).join("");

test("one report names the command that compares", () => {
  assert.match(said(report(CELLS)), /ipcbench plot before\.json after\.json/);
});

test("the headline, each verdict with its number and sign, and what differs are said", () => {
  const text = said(two());
  for (const part
           of ["second against first", "SLOWER: 1 of 2 cells", "▲ 1 slower", "= 1 unchanged", "kernel_release: 6.1",
               "missing: pipe/latency/size:1"]) {
    assert.ok(text.includes(part), part);
  }
  assert.ok(!text.includes("0 faster"));
});

test("reports that cannot be compared say why", () => {
  const made = reportsOf(
      ["first", "second"],
      {pairs: [{base: "first", new: "second", error: "no cell of first is in second"}], latest: null, trend: null});
  assert.match(said(made), /cannot be compared: no cell/);
  assert.match(changes(viewAt(made), FRAME).empty, /no cell of first/);
});

// Catches a kernel's command line that pushes everything else off the screen, and a text whose rest is lost.
test("a long text shows its beginning and unfolds", () => {
  const long = `${"word ".repeat(99)}end`;
  assert.equal(unfoldable("short"), "short");
  assert.equal(unfoldable(long).tag, "details");
  assert.ok(textsOf(unfoldable(long))[0].length < 130);
  assert.ok(textsOf(unfoldable(long)).includes(long));
});

// Catches an axis on which nothing says where "no change" is.
test("changes: on a narrow screen the axis still names the place of no change", () => {
  const texts = textsOf(changes(viewAt(two()), {...FRAME, width: 360}).node);
  assert.ok(texts.includes("same"));
  assert.ok(texts.some((text) => /▲$/.test(text)), "the sign stays");
});

// Catches a verdict made of the numbers: 1.3 is inconclusive here because the data say so.
test("changes: only what the data call changed is shown as changed, slowest first", () => {
  const {rows, changed} = rowsOf(FINDINGS);
  assert.deepEqual(rows.map(({name}) => name), ["all cells", "pipe/latency/size:64", "fifo/latency/size:64"]);
  assert.equal(changed, 2);
  assert.equal(rowsOf([finding("x", 1.3, "inconclusive")]).changed, 0);
  const chart = changes(viewAt(two()), FRAME);
  const texts = textsOf(chart.node).join("|");
  assert.ok(texts.includes("+30 %  ▲ slower") && texts.includes("−20 %  ▼ faster"), texts);
  assert.equal(chart.table.rows.length, 4);
});

test("changes: rows are named by what tells them apart", () => {
  const rows = [
    "pipe/latency/size:64/wait:block", "pipe/latency/size:64/wait:spin", "fifo/latency/size:64/wait:spin"
  ].map((name) => finding(name, 1, "unchanged"));
  assert.deepEqual(namesOf([WHOLE, ...rows]), ["all cells", "pipe block", "pipe spin", "fifo spin"]);
  assert.deepEqual(namesOf([rows[0]]), ["pipe latency 64 B block"]);
  assert.deepEqual(namesOf([{...rows[0], metric: "cpu"}, rows[2]]), ["pipe block: cpu", "fifo spin"]);
});

test("every verdict has a sign, and those of opposite ways have different ones", () => {
  for (const {sign} of Object.values(VERDICTS)) assert.equal(sign.length, 1);
  assert.notEqual(VERDICTS.slower.sign, VERDICTS.faster.sign);
});

test("changes as text", () => {
  assert.deepEqual(
      [1.123, 0.966, 2.14, 0.9999, 12.3, null].map(formatChange), ["+12 %", "−3.4 %", "2.1×", "0.0 %", "12×", ""]);
});

// Catches cells of the wrong place, and an outline where nothing is certain.
test("the heat map of change: a square for each cell in both, certain ones outlined with a sign", () => {
  const chart = changeheat(viewAt(two(), {report: "second"}), FRAME);
  const squares = nodesOf(chart.node, "rect");
  assert.equal(squares.length, 3);
  assert.equal(squares.filter(({attributes}) => attributes.stroke).length, 2);
  assert.deepEqual(
      chart.table.rows,
      [["fifo", "block", "−20 %", "faster", "+2.0 %", ""], ["pipe", "block", "+30 %", "slower", "", ""]]);
  assert.deepEqual(chart.points[1].set, {size: 4096});
});

const three = () => reportsOf(["first", "second", "third"], {
  pairs: [pairOf("second", FINDINGS), pairOf("third", [WHOLE, finding("pipe/latency/size:64", 1.02, "unchanged")])],
  latest: null,
  trend: {
    sessions: ["first", "second", "third"],
    trends: inColumns([
      {
        level: "whole",
        name: "all cells",
        time_ns: [1000, 1010, 1020],
        verdict: "inconclusive",
        changed_at: 1,
        ratio: 1.01,
        p_adjusted: 1,
        cell: null
      },
      {
        level: "cell",
        name: "pipe/latency/size:64",
        time_ns: [1000, null, 2000],
        verdict: "slower",
        changed_at: 2,
        ratio: 2,
        p_adjusted: 0.01,
        cell: 0
      },
      {
        level: "cell",
        name: "fifo/latency/size:4096",
        time_ns: [1000, 1000, 1000],
        verdict: "inconclusive",
        changed_at: 1,
        ratio: 1,
        p_adjusted: 1,
        cell: 2
      },
    ]),
  },
});

// The cell of 4096 B is not of this state.
test("columns: a column for each report, rows of the state, gaps where a report lacks one", () => {
  const chart = columns(viewAt(three()), FRAME);
  assert.deepEqual(chart.table.head, ["", "second", "third"]);
  assert.deepEqual(chart.table.rows, [
    ["all cells", "+1.0 % =", "+1.0 % ="],
    ["fifo · block, this size", "−20 % ▼", ""],
    ["pipe · block, this size", "+30 % ▲", "+2.0 % ="],
  ]);
});

test("trend: changed ones come first and say where, with sign and word", () => {
  const chart = trend(viewAt(three()), FRAME);
  assert.deepEqual(chart.table.rows.map(([name, verdict, where]) => [name, verdict, where]), [
    ["pipe · block, this size", "slower", "third"],
    ["all cells", "no change seen", ""],
  ]);
  assert.ok(textsOf(chart.node).includes("▲ slower 2.0×"));
  assert.equal(
      chart.points.filter(({series}) => series.includes("pipe")).length, 2, "a session without it has no point");
});

test("a trend of several hosts says what it needs", () => {
  const made = three();
  made[0].comparisons.trend = null;
  assert.match(trend(viewAt(made), FRAME).empty, /three reports or more of one host/);
});

// Catches markup out of a report's name or reason, and charts that throw.
test("thirty reports with hostile names are drawn and escaped", () => {
  const names = Array.from({length: 30}, (_, index) => `<script>${index}</script>__proto__`);
  const comparisons = three()[0].comparisons;
  const pairs = names.slice(1).map((name) => pairOf(name, FINDINGS, {base: names[0], headline: "<img src=x>"}));
  const trends = inColumns([{
    level: "whole",
    name: "all cells",
    time_ns: names.map((_, index) => 1000 + index),
    verdict: "slower",
    changed_at: 15,
    ratio: 1.2,
    p_adjusted: 0.01,
    cell: null
  }]);
  const view = viewAt(reportsOf(names, {...comparisons, pairs, trend: {sessions: names, trends}}));
  for (const section of SECTIONS) {
    const trees = (section.body?.(view, FRAME, () => "#") ?? []).flat(Infinity).filter(Boolean);
    const drawings = (section.charts ?? []).map(({draw}) => draw(view, FRAME).node).filter(Boolean);
    const markup = [...trees, ...drawings].map(toMarkup).join("");
    assert.doesNotMatch(markup, /<script|<img|NaN|undefined|\[object/, section.id);
  }
});
