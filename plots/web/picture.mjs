// A chart as an SVG file that stands alone: title, legend, and words for those who cannot see it.
import { buildOption, hasInterval, THEMES, valueAxis } from "./chart.mjs";
import { echarts } from "./echarts.mjs";
import { escapeMarkup, formatBytes, formatShare } from "./format.mjs";
import { metricOf } from "./metrics.mjs";
import { describeChoices, mechanismsOf, select } from "./model.mjs";
import { makePalette } from "./palette.mjs";

const SIZE = { width: 1200, height: 800 };
const GRID = { left: 96, right: 196, top: 112, bottom: 84 };
// First what the PNG renderer brings along, then what a reader of the SVG is likely to have.
export const FONT = "DejaVu Sans Condensed, DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

// The legend reads as the lines end at the right: the topmost line first, floors at the bottom.
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

function titles(report, series, state) {
  const metric = metricOf(state.metric);
  return {
    text: `${metric.title} against message size`,
    subtext: `${report.host} · ${describeChoices(state)}\n${metric.statistic}, ${describeEvidence(series)}`,
  };
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

// What a screen reader says instead of the picture: what is drawn, and the ends of every line.
function describe(series, state) {
  const { format } = metricOf(state.metric);
  const line = ({ mechanism, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return `${mechanism}: ${format(first.value)} at ${formatBytes(first.size)}, ${format(last.value)} at ${formatBytes(last.size)}`;
  };
  return `Line chart with logarithmic axes. ${series.map(line).join("; ")}.`;
}

function addWords(svg, title, description) {
  const head = /^<svg /;
  if (!head.test(svg)) throw new Error("the chart library gave something that is not SVG");
  const words =
    `<title id="chart-title">${escapeMarkup(title)}</title>` +
    `<desc id="chart-desc">${escapeMarkup(description)}</desc>`;
  const open = svg.indexOf(">") + 1;
  const tag = svg.slice(0, open).replace(head, '<svg role="img" aria-labelledby="chart-title chart-desc" ');
  return tag + words + svg.slice(open);
}

function heading(report, series, state) {
  const { text, subtext } = titles(report, series, state);
  const { text: color, muted } = THEMES.light;
  const small = { fontSize: 13, lineHeight: 19, color: muted };
  return [
    { text, subtext, left: 24, top: 16, textStyle: { fontSize: 22, color }, subtextStyle: small },
    {
      text: origin(report),
      left: 24,
      bottom: 8,
      textStyle: { fontSize: 11, fontWeight: "normal", color: muted },
    },
  ];
}

function legend(series, palette) {
  const rowHeight = Math.min(24, (SIZE.height - GRID.top - 16) / series.length);
  const fontSize = Math.min(13, rowHeight - 2);
  return {
    orient: "vertical",
    left: SIZE.width - GRID.right + 16,
    top: GRID.top - 4,
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

function fullOption(report, series, state) {
  const palette = makePalette(mechanismsOf([report]));
  const width = SIZE.width - GRID.left - GRID.right;
  const frame = { theme: "light", palette, width, intervals: true, font: FONT };
  return {
    ...buildOption(series, state, frame),
    grid: GRID,
    title: heading(report, series, state),
    legend: legend(series, palette),
  };
}

// A floor that the axis cuts off entirely would only be a name in the legend.
function inSight(series) {
  const { min, max } = valueAxis(series);
  return series.filter(
    ({ floor, points }) => !floor || points.some(({ value }) => value >= min && value <= max),
  );
}

// The SVG of one chart, or null if nothing was measured there.
export function drawSvg(report, state) {
  const series = inSight(select(report, state));
  if (series.every(({ floor }) => floor)) return null;
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  try {
    const option = fullOption(report, series, state);
    chart.setOption(option);
    const title = `${option.title[0].text}, ${report.host}, ${describeChoices(state)}`;
    return addWords(chart.renderToSVGString(), title, describe(series, state));
  } finally {
    chart.dispose();
  }
}
