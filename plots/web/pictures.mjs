// Which charts are drawn into files, and how. Pure functions.
import {formatSize} from "./format.mjs";
import {axesOf, patternsOf, sizesOf, viewOf} from "./model.mjs";
import {pictureOf} from "./picture.mjs";
import {chartNames, chartOf} from "./sections.mjs";
import {fileStem, problems, readHash, settle} from "./state.mjs";

// A request that cannot be met; the message says why and what could be.
export class Refusal extends Error {}

export const FRAME = {
  width: 1100,
  theme: "light",
  font: "DejaVu Sans, sans-serif"
};

const PLACEMENT = "cpus";
const SIZES = [64, 65536];
// The charts that are drawn without being asked for; a chart of all sizes is drawn once, the others at each of SIZES.
const USUAL = [
  {chart: "heat"},
  {chart: "ranking", sizes: SIZES},
  {chart: "price", sizes: SIZES},
  {chart: "curves"},
  {chart: "percentiles", sizes: [64]},
];

const sizeWord = (size) => formatSize(size).replace(" ", "");

// The default pictures of a report: at each placement that was measured.
function usualPictures(reports, index) {
  const report = reports[index];
  const [pattern] = patternsOf(report);
  const placements = axesOf(report, pattern).find(({field}) => field === PLACEMENT)?.values ?? [{value: undefined}];
  return placements.flatMap(({value}) => {
    const state = settle(reports, {report: index, [PLACEMENT]: value}, PLACEMENT);
    if (value !== undefined && state[PLACEMENT] !== value) return [];
    const measured = sizesOf(viewOf(reports, state).cells);
    return USUAL.filter(({chart}) => chartOf(chart))
        .flatMap(
            ({chart, sizes = [null]}) =>
                sizes.filter((size) => size === null || measured.includes(size))
                    .map(
                        (size) => ({
                          name: [report.name, chart, value, size === null ? null : sizeWord(size)].filter(Boolean).join(
                              "-"),
                          chart,
                          state: size === null ? state : settle(reports, {...state, size}),
                        })),
        );
  });
}

// [{name, chart, state}]: one picture if a chart is named, otherwise the default ones. A report in the state is named
// or numbered as in the page's address.
export function picturesOf(reports, chart = null, stateText = null) {
  if (chart !== null && !chartOf(chart))
    throw new Refusal(`there is no chart '${chart}'; there are ${chartNames().join(", ")}`);
  const wanted = readHash(stateText ?? "");
  const wrong = problems(reports, wanted);
  if (wrong.length > 0) throw new Refusal(`the state '${stateText}' cannot be shown: ${wrong.join("; ")}`);
  if (chart === null) {
    if (stateText !== null) throw new Refusal("a state is of use with a chart only: name one");
    return reports.flatMap((_, index) => usualPictures(reports, index));
  }
  const state = settle(reports, wanted);
  return [{name: fileStem(reports, state, chart), chart, state, asked: true}];
}

// The SVG of a picture; null if there is nothing to draw. A picture that was asked for says why instead.
export function drawPicture(reports, {chart: name, state, asked = false}) {
  const chart = chartOf(name).draw(viewOf(reports, state), FRAME);
  if (chart.empty === null) return pictureOf(chart, reports[state.report], FRAME);
  if (asked) throw new Refusal(`nothing to draw: ${chart.empty}`);
  return null;
}
