// Three reports or more beside the first: a column each, a row for all cells, and for each family or single cell of the
// state.
import {comparisonsOf, findingsOf, formatChange, verdictOf} from "../comparisons.mjs";
import {matches} from "../model.mjs";
import {describe} from "../state.mjs";

import {linesOf} from "./changeheat.mjs";
import {emptyChart, makeChart} from "./chart.mjs";
import {seriesName} from "./elsewhere.mjs";
import {drawGrid} from "./grid.mjs";

// Whether a finding or a trend is of the state: of its pattern and choices, and for a single cell of its size.
export function isShown(view, report, {level, cell}) {
  if (level === "whole") return true;
  const own = cell === null ? undefined : report.cells[cell];
  if (own === undefined || own.floor) return false;
  const {state} = view;
  return matches(report, state, own) && (state.wait === "" || own.wait === state.wait) &&
      (level === "family" || own.size_bytes === state.size);
}

// The row of a finding: families and single cells of one mechanism are told apart by the level.
export function rowName(report, {level, name, cell}) {
  if (level === "whole" || cell === null) return name;
  return level === "family" ? seriesName(report.cells[cell]) : `${seriesName(report.cells[cell])}, this size`;
}

const columnOf = (view, pair) => {
  const report = view.reports.find(({name}) => name === pair.new);
  const rows = new Map();
  if (!report) return rows;
  for (const finding of findingsOf(pair)) {
    if (finding.metric === "time" && finding.ratio > 0 && isShown(view, report, finding))
      rows.set(rowName(report, finding), finding);
  }
  return rows;
};

export function columns(view, frame) {
  const pairs = comparisonsOf(view.reports)?.pairs ?? [];
  const title = "Reports beside the first";
  if (pairs.length < 2)
    return emptyChart(
        frame, title, "", "Three reports or more stand beside each other: `ipcbench plot base.json a.json b.json`.");
  const found = pairs.map((pair) => columnOf(view, pair));
  const subtitle = describe(view);
  const names = [...new Set(found.flatMap((rows) => [...rows.keys()]))].sort(
      (a, b) => Number(b === "all cells") - Number(a === "all cells") || (a < b ? -1 : 1));
  if (names.length === 0)
    return emptyChart(frame, title, subtitle, "The reports have no cell in common with these choices.");
  const heads = pairs.map((pair) => pair.new);
  const entries = names.map(
      (name) => found.map((rows, index) => {
        const finding = rows.get(name);
        return finding ? {...finding, lines: linesOf(`${name}, ${heads[index]}`, finding)} : null;
      }),
  );
  const grid = drawGrid(frame, {rows: names.map((name) => ({name})), columns: heads, entries});
  return makeChart(frame, {
    title,
    subtitle: `Change against ${pairs[0].base}: all cells, all sizes of each mechanism, and this size; ${
        subtitle}. Orange: slower, blue: faster; outlined with ▲ or ▼: certain`,
    height: grid.height,
    children: grid.children,
    points: grid.points,
    table: {
      head: ["", ...heads],
      rows: names.map(
          (name, row) =>
              [name,
               ...entries[row].map(
                   (entry) => (entry ? `${formatChange(entry.ratio)} ${verdictOf(entry.verdict).sign}` : ""))]),
    },
  });
}
