// The ECharts option of a chart. The page, SVG files and PNG files all draw with it.
import { EVIDENCE } from "./evidence.mjs";
import { escapeMarkup, formatShare, formatSize } from "./format.mjs";
import { AGAINST_SIZE, metricOf } from "./metrics.mjs";

export const THEMES = {
  light: {
    text: "#1b2430",
    muted: "#5a6675",
    axis: "#8b95a1",
    grid: "#d9dee4",
    minorGrid: "#eff1f4",
    ground: "#ffffff",
  },
  dark: {
    text: "#e6eaf0",
    muted: "#a3adba",
    axis: "#6b7685",
    grid: "#343d4a",
    minorGrid: "#262d38",
    ground: "#171c24",
  },
};

// Sizes at which the behaviour of pipes changes: writes are atomic up to PIPE_BUF (4096 on Linux, pipe(7)), and
// a pipe holds 64 KiB by default. The labels go to different sides, so that they do not touch on small screens.
const GUIDES = [
  { size: 4096, label: "PIPE_BUF", align: "right" },
  { size: 65536, label: "pipe capacity", align: "left" },
];

// From the power of two at or below the smallest size to the one at or above the largest, with `ticks` at as
// many powers as have room for labels in `width` pixels. Tokens, of size 0, have no place on a logarithmic
// axis. They get one left of all sizes, `token` (null without tokens), with room on either side.
export function sizeAxis(sizes, width) {
  const real = sizes.filter((size) => size > 0);
  const tokens = real.length < sizes.length;
  if (real.length === 0) return { min: 0.5, max: 2, token: 1, ticks: [1] };
  let low = Math.floor(Math.log2(Math.min(...real)));
  let high = Math.ceil(Math.log2(Math.max(...real)));
  if (low === high) [low, high] = [tokens ? low : Math.max(0, low - 1), high + 1];
  const labels = Math.max(2, Math.floor(width / 58));
  const step = [1, 2, 4, 8].find((every) => (high - low) / every <= labels) ?? 16;
  // The labels start at a multiple of the step, so that 1 KiB, 64 KiB and 1 MiB are among them.
  low = Math.floor(low / step) * step;
  const ticks = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => 2 ** (low + i * step));
  if (!tokens) return { min: 2 ** low, max: 2 ** high, token: null, ticks };
  const room = Math.max(1, (high - low) / labels);
  const token = 2 ** (low - room);
  return { min: 2 ** (low - 1.5 * room), max: 2 ** high, token, ticks: [token, ...ticks] };
}

// Decades around all values. A distant floor (nothing is faster than not sending) adds one decade at most and
// is cut off at the edge: it must not squeeze the compared lines into a corner.
export function valueAxis(series) {
  const values = (chosen) =>
    chosen.flatMap(({ points }) =>
      points.flatMap(({ value, low, high }) => [value, low, high].filter((v) => Number.isFinite(v) && v > 0)),
    );
  const down = (value) => Math.floor(Math.log10(value) + 1e-9);
  const up = (value) => Math.ceil(Math.log10(value) - 1e-9);
  const all = values(series);
  const compared = values(series.filter(({ floor }) => !floor));
  const core = compared.length > 0 ? compared : all;
  const [coreLow, coreHigh] = [down(Math.min(...core)), up(Math.max(...core))];
  const low = Math.max(down(Math.min(...all)), coreLow - 1);
  const high = Math.min(up(Math.max(...all)), coreHigh + 1);
  return { min: 10 ** low, max: 10 ** Math.max(high, low + 1) };
}

// A single launch has no interval: its confidence is zero.
export const hasInterval = (point) => point.confidence > 0;

function describeInterval(point, format) {
  if (!hasInterval(point)) return "";
  const confidence = formatShare(point.confidence);
  return `${format(point.low)} to ${format(point.high)} (${confidence} confidence)`;
}

// The tooltip as markup. Names come from a file, so they are escaped.
export function tooltip(mechanism, point, metric) {
  const rows = [
    [metric.axis, `<b>${metric.format(point.value)}</b>`],
    ["interval", describeInterval(point, metric.format)],
    ["message size", metric.against === AGAINST_SIZE ? "" : formatSize(point.cell.size_bytes)],
    ["smallest buffer that is enough", point.knee ? "yes" : ""],
    ...EVIDENCE.map(({ title, text }) => [title, text(point.cell)]),
  ];
  const body = rows
    .filter(([, value]) => value !== "")
    .map(([label, value]) => `<tr><td style="padding-right:12px">${label}</td><td>${value}</td></tr>`);
  const head = `<b>${escapeMarkup(mechanism)}</b>, ${formatSize(point.size)}`;
  return `${head}<table style="border-spacing:0">${body.join("")}</table>`;
}

// A token is not a small message: no line connects it to the sizes.
function lineData(points, place, symbolSize) {
  const data = points.map((point) => ({
    value: [place(point.size), point.value],
    point,
    ...(point.knee && { symbolSize: 1.8 * symbolSize }),
  }));
  const tokens = points.filter(({ size }) => size === 0).length;
  return [...data.slice(0, tokens), ...(tokens ? [{ value: [place(0), null] }] : []), ...data.slice(tokens)];
}

function lineSeries({ mechanism, floor, points }, look, place, theme, symbolSize) {
  return {
    type: "line",
    name: mechanism,
    data: lineData(points, place, symbolSize),
    symbol: `path://${look.path}`,
    symbolSize: floor ? symbolSize / 2 : symbolSize,
    showAllSymbol: true,
    lineStyle: { color: look.color, width: floor ? 1.5 : 1.8, type: floor ? [6, 5] : "solid" },
    itemStyle: { color: look.hollow ? theme.ground : look.color, borderColor: look.color, borderWidth: 1.5 },
    emphasis: { focus: "series", lineStyle: { width: 3 } },
    blur: { lineStyle: { opacity: 0.15 }, itemStyle: { opacity: 0.15 } },
    connectNulls: false,
    z: floor ? 2 : 3,
  };
}

// Whiskers from the low to the high end of the interval. They share the name of their line: the legend and the
// emphasis then treat both as one.
function intervalSeries({ mechanism, points }, look, place) {
  const whisker = (params, api) => {
    const [x, low] = api.coord([api.value(0), api.value(1)]);
    const [, high] = api.coord([api.value(0), api.value(2)]);
    const style = { stroke: look.color, lineWidth: 1.2, fill: "none", opacity: 0.75 };
    const d = `M${x - 4},${low}H${x + 4}M${x},${low}V${high}M${x - 4},${high}H${x + 4}`;
    return { type: "path", shape: { pathData: d }, style, silent: true };
  };
  return {
    type: "custom",
    name: mechanism,
    renderItem: whisker,
    data: points.filter(hasInterval).map((point) => [place(point.size), point.low, point.high]),
    encode: { x: 0, y: [1, 2] },
    itemStyle: { color: look.color },
    clip: true,
    silent: true,
    z: 2,
  };
}

function guideSeries({ min, max }, theme) {
  // Near the end of the axis there is no room on the right.
  const inside = GUIDES.filter(({ size }) => size >= min && size <= max).map(({ size, label, align }) => ({
    size,
    label,
    align: size * 8 > max ? "right" : align,
  }));
  return {
    type: "line",
    silent: true,
    data: [],
    markLine: {
      silent: true,
      animation: false,
      symbol: "none",
      lineStyle: { color: theme.muted, type: [2, 4], width: 1.2 },
      label: { position: "end", color: theme.muted, fontSize: 11, formatter: ({ name }) => name },
      data: inside.map(({ size, label, align }) => ({ name: label, xAxis: size, label: { align } })),
    },
  };
}

const axisStyle = (theme) => ({
  nameLocation: "middle",
  nameTextStyle: { color: theme.text, fontSize: 13 },
  axisLine: { show: true, lineStyle: { color: theme.axis } },
  axisTick: { show: true, lineStyle: { color: theme.axis } },
  axisLabel: { color: theme.text, fontSize: 12 },
  splitLine: { show: true, lineStyle: { color: theme.grid } },
});

function axes(series, metric, theme, width) {
  const sizes = sizeAxis(
    series.flatMap(({ points }) => points.map(({ size }) => size)),
    width,
  );
  const values = valueAxis(series);
  const xAxis = {
    ...axisStyle(theme),
    type: "log",
    logBase: 2,
    name: metric.against.label,
    nameGap: 32,
    min: sizes.min,
    max: sizes.max,
  };
  const formatter = (size) => formatSize(size === sizes.token ? 0 : size);
  xAxis.axisTick = { ...xAxis.axisTick, customValues: sizes.ticks };
  xAxis.axisLabel = { ...xAxis.axisLabel, customValues: sizes.ticks, formatter, hideOverlap: true };
  const yAxis = {
    ...axisStyle(theme),
    type: "log",
    logBase: 10,
    name: metric.axis,
    nameGap: 64,
    min: values.min,
    max: values.max,
    interval: 1,
    minorTick: { show: true, splitNumber: 9, lineStyle: { color: theme.axis } },
    minorSplitLine: { show: true, lineStyle: { color: theme.minorGrid } },
  };
  yAxis.axisLabel = { ...yAxis.axisLabel, formatter: (value) => metric.format(value, true) };
  return { xAxis, yAxis, place: (size) => (size === 0 ? sizes.token : size) };
}

// series: of select(), only those to show, at least one. frame: {theme, palette, width (of the plotting
// area, pixels), intervals (draw them?), font}. The caller adds title, legend and grid.
export function buildOption(series, state, frame) {
  const metric = metricOf(state.metric);
  const theme = THEMES[frame.theme];
  const { xAxis, yAxis, place } = axes(series, metric, theme, frame.width);
  const symbolSize = frame.width < 500 ? 6 : 9;
  const lines = series.map((each) =>
    lineSeries(each, frame.palette(each.mechanism), place, theme, symbolSize),
  );
  const compared = frame.intervals ? series.filter(({ floor }) => !floor) : [];
  const whiskers = compared.map((each) => intervalSeries(each, frame.palette(each.mechanism), place));
  return {
    animation: false,
    backgroundColor: theme.ground,
    textStyle: { fontFamily: frame.font, color: theme.text },
    xAxis,
    yAxis,
    tooltip: {
      trigger: "item",
      confine: true,
      backgroundColor: theme.ground,
      borderColor: theme.axis,
      textStyle: { color: theme.text, fontSize: 13 },
      formatter: ({ seriesName, data }) => (data?.point ? tooltip(seriesName, data.point, metric) : ""),
    },
    // Lines first: where series share a name, the legend shows the first.
    series: [...lines, ...whiskers, ...(metric.against === AGAINST_SIZE ? [guideSeries(xAxis, theme)] : [])],
  };
}
