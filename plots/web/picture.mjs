// A chart as a self-contained SVG file: with title, legend, and a description for screen readers.
import { buildOption, hasInterval, THEMES, valueAxis } from "./chart.mjs";
import { echarts } from "./echarts.mjs";
import { escapeMarkup, formatShare, formatSize } from "./format.mjs";
import { fastestOfEachKind } from "./kinds.mjs";
import { metricOf, titleOf } from "./metrics.mjs";
import { describeChoices, mechanismsOf, select } from "./model.mjs";
import { makePalette } from "./palette.mjs";

const SIZE = { width: 1200, height: 800 };
const GRID = { left: 96, right: 196, top: 74, bottom: 84 }; // top: without the lines of the subtitle
const LINE_HEIGHT = 19;
const LINE_CHARACTERS = 165; // as many as fit into the picture's width at 13 pixels, condensed
// The font of the PNG renderer, then fonts that a reader of the SVG is likely to have.
export const FONT = "DejaVu Sans Condensed, DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

// The legend follows the right ends of the lines: the topmost first, floors at the bottom.
function legendOrder(series) {
  const end = ({ points }) => points.at(-1);
  return [...series].sort(
    (a, b) => a.floor - b.floor || end(b).size - end(a).size || end(b).value - end(a).value,
  );
}

// "median of up to 7 launches; whiskers: interval of at least 93.8 % confidence"
function describeEvidence(series) {
  const points = series.flatMap((each) => each.points).filter(({ cell }) => cell);
  const launches = Math.max(...points.map(({ cell }) => cell.launches));
  const confidences = points.filter(hasInterval).map(({ confidence }) => confidence);
  const count = launches === 1 ? "1 launch" : `up to ${launches} launches`;
  if (confidences.length === 0) return count;
  return `${count}; whiskers: interval of at least ${formatShare(Math.min(...confidences))} confidence`;
}

// ["16 of 34 mechanisms: the fastest of each kind at 64 B"], or [] if all are drawn.
function describeSelection(series, measured, metric) {
  const count = (all) => all.filter(({ floor }) => !floor).length;
  if (count(series) === count(measured)) return [];
  const shares = `${count(series)} of ${count(measured)} mechanisms`;
  const rule = `the fastest of each kind at ${formatSize(metric.rankSize)} or the nearest size`;
  return [`${shares}: ${rule}; the page has all`];
}

// Joins the parts into lines, as many as they need.
function wrap(parts) {
  const lines = [];
  for (const part of parts) {
    const longer = lines.length > 0 ? `${lines.at(-1)} · ${part}` : part;
    if (lines.length > 0 && longer.length <= LINE_CHARACTERS) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

function subtitle(report, series, measured, state) {
  const metric = metricOf(state.metric);
  return [
    ...wrap([report.host, ...describeChoices(report, state).split(" · ")]),
    `${metric.statistic}, ${describeEvidence(series)}`,
    ...describeSelection(series, measured, metric),
  ];
}

const origin = (report) =>
  [
    report.cpu,
    report.kernel,
    report.date,
    `profile ${report.profile}`,
    `ipcbench ${report.version}`,
    doubts(report),
  ]
    .filter(Boolean)
    .join(" · ");

function doubts({ doubts: all }) {
  const serious = all.filter(({ level }) => level !== "info").length;
  if (serious === 0) return "";
  return `${serious} ${serious === 1 ? "doubt" : "doubts"} about this machine: see the report`;
}

// The description for screen readers: the type of chart and both ends of every line.
function describe(series, state) {
  const { format } = metricOf(state.metric);
  const line = ({ mechanism, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return `${mechanism}: ${format(first.value)} at ${formatSize(first.size)}, ${format(last.value)} at ${formatSize(last.size)}`;
  };
  return `Line chart with logarithmic axes. ${series.map(line).join("; ")}.`;
}

function addWords(svg, title, description) {
  const head = /^<svg /;
  if (!head.test(svg)) throw new Error("the chart library did not return an SVG");
  const words =
    `<title id="chart-title">${escapeMarkup(title)}</title>` +
    `<desc id="chart-desc">${escapeMarkup(description)}</desc>`;
  const open = svg.indexOf(">") + 1;
  const tag = svg.slice(0, open).replace(head, '<svg role="img" aria-labelledby="chart-title chart-desc" ');
  return tag + words + svg.slice(open);
}

function heading(report, title, lines) {
  const { text: color, muted } = THEMES.light;
  const small = { fontSize: 13, lineHeight: LINE_HEIGHT, color: muted };
  return [
    {
      text: title,
      subtext: lines.join("\n"),
      left: 24,
      top: 16,
      textStyle: { fontSize: 22, color },
      subtextStyle: small,
    },
    {
      text: origin(report),
      left: 24,
      bottom: 8,
      textStyle: { fontSize: 11, fontWeight: "normal", color: muted },
    },
  ];
}

function legend(series, palette, top) {
  const rowHeight = Math.min(24, (SIZE.height - top - 16) / series.length);
  const fontSize = Math.min(13, rowHeight - 2);
  return {
    orient: "vertical",
    left: SIZE.width - GRID.right + 16,
    top: top - 4,
    itemGap: rowHeight - fontSize - 2,
    itemWidth: 26,
    itemHeight: Math.min(11, fontSize),
    textStyle: { fontSize, color: THEMES.light.text, width: GRID.right - 52, overflow: "truncate" },
    data: legendOrder(series).map(({ mechanism }) => ({
      name: mechanism,
      icon: `path://${palette(mechanism).path}`,
    })),
  };
}

function fullOption(report, series, measured, state) {
  const palette = makePalette(mechanismsOf([report]));
  const width = SIZE.width - GRID.left - GRID.right;
  const frame = { theme: "light", palette, width, intervals: true, font: FONT };
  const lines = subtitle(report, series, measured, state);
  const top = GRID.top + LINE_HEIGHT * lines.length;
  return {
    ...buildOption(series, state, frame),
    grid: { ...GRID, top },
    title: heading(report, titleOf(metricOf(state.metric)), lines),
    legend: legend(series, palette, top),
  };
}

// Leaves out floors that lie outside the axes: they would only be names in the legend.
function inSight(series) {
  const { min, max } = valueAxis(series);
  return series.filter(
    ({ floor, points }) => !floor || points.some(({ value }) => value >= min && value <= max),
  );
}

// The SVG of one chart, or null if nothing was measured there.
export function drawSvg(report, state) {
  const measured = select(report, state);
  const chosen = new Set(fastestOfEachKind(measured, metricOf(state.metric)));
  const series = inSight(measured.filter(({ floor, mechanism }) => floor || chosen.has(mechanism)));
  if (series.every(({ floor }) => floor)) return null;
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  try {
    const option = fullOption(report, series, measured, state);
    chart.setOption(option);
    const title = `${option.title[0].text}, ${report.host}, ${describeChoices(report, state)}`;
    return addWords(chart.renderToSVGString(), title, describe(series, state));
  } finally {
    chart.dispose();
  }
}
