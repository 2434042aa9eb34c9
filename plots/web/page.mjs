// The page: one state, and one function that shows it. Every control changes the state and shows it again.
import { buildOption } from "./chart.mjs";
import { filterLegend, passesFilter, showChoosers, showLegend } from "./choosers.mjs";
import { byId, element } from "./dom.mjs";
import { echarts } from "./echarts.mjs";
import { showFacts } from "./facts.mjs";
import { formatSize } from "./format.mjs";
import { fastestOfEachKind } from "./kinds.mjs";
import { metricOf, titleOf } from "./metrics.mjs";
import { describeChoices, mechanismsOf, select, settle } from "./model.mjs";
import { makePalette } from "./palette.mjs";
import { tableOf } from "./table.mjs";

const { reports } = JSON.parse(byId("data").textContent);
const darkScheme = window.matchMedia("(prefers-color-scheme: dark)");
const chart = echarts.init(byId("chart"), null, { renderer: "svg" });
// Mechanisms that the reader switched on or off. The others are on, up to the number that one chart can show.
const switched = new Map();
let state = { report: 0, intervals: true, ...settle(reports[0]) };
let tableSize = null;

const theme = () => (darkScheme.matches ? "dark" : "light");
const palette = () => makePalette(mechanismsOf(reports), darkScheme.matches);

function change(part) {
  const report = reports[part.report ?? state.report];
  state = { ...state, ...part };
  state = { ...state, ...settle(report, state, Object.keys(part)[0]) };
  if (part.report !== undefined) showFacts(report);
  show();
}

function drawChart(shown) {
  byId("empty").hidden = shown.length > 0;
  byId("chart").style.visibility = shown.length > 0 ? "visible" : "hidden";
  if (shown.length === 0) {
    chart.clear();
    return;
  }
  const narrow = chart.getWidth() < 600;
  const grid = { left: narrow ? 68 : 92, right: 24, top: 34, bottom: 56 };
  const frame = {
    theme: theme(),
    palette: palette(),
    width: chart.getWidth() - grid.left - grid.right,
    intervals: state.intervals,
    font: getComputedStyle(document.body).fontFamily,
  };
  const option = buildOption(shown, state, frame);
  if (narrow) option.yAxis.nameGap = 48;
  chart.setOption({ ...option, grid }, { notMerge: true });
}

// Says why there is nothing to see, and what would change that.
function explainEmpty(report, series) {
  byId("empty").textContent =
    series.length > 0
      ? "Every mechanism is switched off: switch some on in the list of mechanisms."
      : `No cell has this number with ${describeChoices(report, state)}: choose another chart or another value.`;
}

function showTable(report, shown) {
  const sizes = [...new Set(shown.flatMap(({ points }) => points.map(({ size }) => size)))].sort(
    (a, b) => a - b,
  );
  if (!sizes.includes(tableSize)) tableSize = null;
  const options = [null, ...sizes].map((size) =>
    element(
      "option",
      { value: size ?? "", selected: size === tableSize },
      size === null ? "all" : formatSize(size),
    ),
  );
  byId("table-size").replaceChildren(...options);
  const { head, rows } = tableOf(shown, state, tableSize);
  byId("table-caption").textContent =
    `${metricOf(state.metric).title}: ${metricOf(state.metric).statistic}. ${describeChoices(report, state)}.`;
  const nameColumns = 2;
  const heads = head.map((text, index) =>
    element("th", { scope: "col", class: index < nameColumns ? "name" : null }, text),
  );
  byId("table-head").replaceChildren(element("tr", {}, ...heads));
  byId("table-body").replaceChildren(
    ...rows.map(({ size, mechanism, floor, first, cells }) =>
      element(
        "tr",
        { class: [floor ? "floor" : "", first ? "first-of-size" : ""].join(" ").trim() || null },
        element("th", { scope: "row", class: "name" }, size),
        element("th", { scope: "row", class: "name" }, mechanism),
        ...cells.map((text) => element("td", {}, text)),
      ),
    ),
  );
}

const highlight = (mechanism) =>
  chart.dispatchAction(
    mechanism === null ? { type: "downplay" } : { type: "highlight", seriesName: mechanism },
  );

function toggle(mechanism, visible) {
  switched.set(mechanism, visible);
  show();
}

const isOn = (chosen, { mechanism, floor }) => switched.get(mechanism) ?? (floor || chosen.includes(mechanism));

function shownOf(series) {
  const chosen = fastestOfEachKind(series, metricOf(state.metric));
  return series.filter((each) => isOn(chosen, each));
}

function show() {
  const report = reports[state.report];
  const series = select(report, state);
  const shown = shownOf(series);
  const title = titleOf(metricOf(state.metric));
  byId("chart-heading").textContent = title;
  byId("chart-choices").textContent = describeChoices(report, state);
  byId("chart").setAttribute(
    "aria-label",
    `${title}, ${shown.length} lines; the table below has the numbers`,
  );
  showChoosers(reports, report, state, change);
  showLegend(series, palette(), new Set(shown.map(({ mechanism }) => mechanism)), {
    toggle,
    point: highlight,
  });
  filterLegend();
  explainEmpty(report, series);
  drawChart(shown);
  showTable(report, shown);
}

// Switches the mechanisms in the list. Those that the filter hides stay as they are.
function switchListed(visible) {
  for (const { mechanism } of select(reports[state.report], state)) {
    if (passesFilter(mechanism)) switched.set(mechanism, visible);
  }
  show();
}

byId("all").addEventListener("click", () => switchListed(true));
byId("none").addEventListener("click", () => switchListed(false));
byId("fastest").addEventListener("click", () => {
  switched.clear();
  show();
});
byId("filter").addEventListener("input", filterLegend);
byId("table-size").addEventListener("change", ({ target }) => {
  tableSize = target.value === "" ? null : Number(target.value);
  show();
});
byId("choosers").addEventListener("submit", (event) => event.preventDefault());
darkScheme.addEventListener("change", show);
new ResizeObserver(() => {
  chart.resize();
  drawChart(shownOf(select(reports[state.report], state)));
}).observe(byId("chart"));

showFacts(reports[state.report]);
show();
