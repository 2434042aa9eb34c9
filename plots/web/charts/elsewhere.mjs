// Cells of another pattern than the state's, under the same choices as far as that pattern has them, and how to measure
// what a report lacks.
import {metricOf} from "../metrics.mjs";
import {matches, nameOf, patternsOf, viewOf} from "../model.mjs";
import {settle} from "../state.mjs";

// A view of the pattern; null if the report has no cell of it. `free`: fields of which all values count.
export function viewOfPattern(view, pattern, free = []) {
  const {reports, report, state} = view;
  if (!report.cells.some((cell) => cell.pattern === pattern)) return null;
  const there = viewOf(reports, settle(reports, {...state, pattern}));
  if (free.length === 0) return there;
  const {metric, excluded} = there;
  const lacking = new Set(excluded.map(({mechanism}) => mechanism));
  const cells = report.cells.filter(
      (cell) => !cell.floor && !lacking.has(cell.mechanism) && (state.wait === "" || cell.wait === state.wait) &&
          matches(report, there.state, cell, free),
  );
  return {...there, metric, cells, here: cells.filter(({size_bytes}) => size_bytes === there.state.size)};
}

const FEW = 6;

// The command that measures a pattern like this report's. options: what it needs besides.
export function commandFor({report, state}, options) {
  const names = [...new Set(report.cells.filter(({floor}) => !floor).map(({mechanism}) => mechanism))];
  const mechanisms = names.length <= FEW ? ` --mechanism ${names.join(",")}` : "";
  const size = options.includes("--size") ? "" : ` --size ${state.size}`;
  return `ipcbench run${mechanisms} ${options}${size}`;
}

// Why there are no times of single messages here, and where or how to get them.
export function whyUntimed(view) {
  const times = `\`${commandFor(view, "--pattern latency")}\` times each round trip.`;
  if (view.metric.timed) return `No mechanism has enough messages that were timed one by one here. ${times}`;
  const timed = patternsOf(view.report).find((pattern) => metricOf(pattern).timed);
  const where = timed ? `Choose “${metricOf(timed).name}” in the sentence on top.` : times;
  return `Here messages are counted, not timed one by one. ${where}`;
}

export const seriesName = (cell) => `${nameOf(cell)} · ${cell.wait}`;

// Cells as series, in the order of the cells' first: [{name, mechanism, wait, cells}].
export function seriesOf(cells, key = seriesName) {
  const series = new Map();
  for (const cell of cells) {
    const name = key(cell);
    if (!series.has(name)) series.set(name, {name, mechanism: cell.mechanism, wait: cell.wait, cells: []});
    series.get(name).cells.push(cell);
  }
  return [...series.values()];
}

// Series of a mechanism together: [{mechanism, series}].
export const byMechanism = (series) => [...new Set(series.map(({mechanism}) => mechanism))].map(
    (mechanism) => ({mechanism, series: series.filter((each) => each.mechanism === mechanism)}));
