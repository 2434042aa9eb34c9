// The numbers of a chart as rows of text, for the page's table. Pure functions.
import { hasInterval } from "./chart.mjs";
import { EVIDENCE } from "./evidence.mjs";
import { formatShare, formatSize } from "./format.mjs";
import { metricOf } from "./metrics.mjs";

const COLUMNS = [
  { title: (metric) => metric.axis, text: (point, metric) => metric.format(point.value) },
  {
    title: () => "interval from",
    text: (point, metric) => (hasInterval(point) ? metric.format(point.low) : ""),
  },
  { title: () => "to", text: (point, metric) => (hasInterval(point) ? metric.format(point.high) : "") },
  { title: () => "confidence", text: (point) => (hasInterval(point) ? formatShare(point.confidence) : "") },
  ...EVIDENCE.map(({ title, text }) => ({ title: () => title, text: ({ cell }) => text(cell) })),
];

// series: of select(). size: bytes, or null for all sizes. Returns {head: [text], rows: [{size, mechanism,
// floor, first, cells: [text]}]}, by size and then best first. `first` marks the first row of a new size. Empty
// columns are left out.
export function tableOf(series, state, size = null) {
  const metric = metricOf(state.metric);
  const sign = metric.better === "less" ? 1 : -1;
  const entries = series
    .flatMap(({ mechanism, floor, points }) => points.map((point) => ({ mechanism, floor, point })))
    .filter(({ point }) => point.value !== null && (size === null || point.size === size))
    .sort((a, b) => a.point.size - b.point.size || sign * (a.point.value - b.point.value));
  const texts = entries.map(({ point }) => COLUMNS.map(({ text }) => text(point, metric)));
  const used = COLUMNS.map((_, column) => texts.some((row) => row[column] !== ""));
  const keep = (row) => row.filter((_, column) => used[column]);
  return {
    head: [metric.against.label, "mechanism", ...keep(COLUMNS.map(({ title }) => title(metric)))],
    rows: entries.map(({ mechanism, floor, point }, index) => ({
      size: formatSize(point.size),
      mechanism,
      floor,
      first: index > 0 && entries[index - 1].point.size !== point.size,
      cells: keep(texts[index]),
    })),
  };
}
