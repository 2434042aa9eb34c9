// Where did it change? Mechanisms over sizes, from one report to another.
import {findingsOf, formatChange, isChange, pairOf, verdictOf} from "../comparisons.mjs";
import {formatDuration, formatSize} from "../format.mjs";
import {waitKey} from "../marks.mjs";
import {mechanismsOf, sizesOf, viewOf} from "../model.mjs";
import {describe, settle} from "../state.mjs";

import {emptyChart, makeChart} from "./chart.mjs";
import {seriesOf} from "./elsewhere.mjs";
import {drawGrid} from "./grid.mjs";

// What a finding says, for the card.
export const linesOf = (name, finding) =>
    [name,
     `${formatChange(finding.ratio)} ${verdictOf(finding.verdict).sign} ${finding.verdict}`,
     finding.low > 0 ? `interval: ${formatChange(finding.low)} to ${formatChange(finding.high)}` : "interval: none",
     ...(finding.base_ns > 0 ? [`${formatDuration(finding.base_ns)} before, ${formatDuration(finding.new_ns)} after`] :
                               []),
     ...(finding.reason ? [finding.reason] : []),
];

// The view of the report that a comparison is about, under the state's choices.
export function viewOfNew(view, compared) {
  const index = view.reports.findIndex(({name}) => name === compared.new);
  return index < 0 ? null : viewOf(view.reports, settle(view.reports, {...view.state, report: index}));
}

// The findings on the time of cells, by the cell's index.
const timesByCell = (compared) =>
    new Map(findingsOf(compared)
                .filter(({level, metric, cell}) => level === "cell" && metric === "time" && cell !== null)
                .map((each) => [each.cell, each]));

export function changeheat(view, frame) {
  const pair = pairOf(view);
  const title = "Change of time per message, by size";
  const there = pair && !pair.error ? viewOfNew(view, pair) : null;
  if (there === null) return emptyChart(frame, title, "", pair?.error ?? "There is one report only.");
  const findings = timesByCell(pair);
  const cells = there.cells.filter(({index}) => findings.has(index));
  const subtitle = describe(there, {size: false});
  if (cells.length === 0)
    return emptyChart(frame, title, subtitle, "The two reports have no cell in common with these choices.");
  const sizes = sizesOf(cells);
  const order = mechanismsOf(there.report).map(({name}) => name);
  const series = seriesOf(cells).sort((a, b) => order.indexOf(a.mechanism) - order.indexOf(b.mechanism));
  const entryOf = ({name, cells: own}, size) => {
    const cell = own.find(({size_bytes}) => size_bytes === size);
    const finding = cell && findings.get(cell.index);
    return finding?.ratio > 0 ? {...finding, lines: linesOf(`${name}, ${formatSize(size)}`, finding), set: {size}} :
                                null;
  };
  const entries = series.map((each) => sizes.map((size) => entryOf(each, size)));
  const nameOf = ({name, wait}) => name.replace(` · ${wait}`, "");
  const grid = drawGrid(frame, {
    rows: series.map((each) => ({name: nameOf(each), wait: each.wait})),
    columns: sizes.map(formatSize),
    entries,
    top: 20
  });
  return makeChart(frame, {
    title,
    subtitle:
        `${pair.new} against ${pair.base}; ${subtitle}. Orange: slower, blue: faster; outlined with ▲ or ▼: certain`,
    height: grid.height,
    children: [waitKey(frame, series), grid.children],
    points: grid.points,
    table: {
      head: ["mechanism", "waiting", ...sizes.flatMap((size) => [formatSize(size), "verdict"])],
      rows: series.map(
          (each, row) =>
              [nameOf(each), each.wait,
               ...entries[row].flatMap(
                   (entry) => (entry ? [formatChange(entry.ratio), isChange(entry) ? entry.verdict : ""] : ["", ""]))]),
    },
  });
}
