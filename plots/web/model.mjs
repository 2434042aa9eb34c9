// From the cells of a report and the reader's choices to the series of one chart. Pure functions.
import { formatSize } from "./format.mjs";
import { AGAINST_SIZE, KNEE_SHARE, METRICS, metricOf } from "./metrics.mjs";

const positionOf = (cell, metric) => cell[metric.against.field] ?? null;

// The cells that have a place in the metric's charts. One buffer alone makes no line.
function cellsFor(report, metric) {
  const cells = report.cells.filter((cell) => cell.pattern === metric.pattern && positionOf(cell, metric) !== null);
  if (metric.against === AGAINST_SIZE) return cells;
  const buffers = new Map();
  const lineOf = ({ mechanism, size_bytes, wait, cpus }) => [mechanism, size_bytes, wait, cpus].join(" ");
  for (const cell of cells) {
    const line = lineOf(cell);
    buffers.set(line, (buffers.get(line) ?? new Set()).add(positionOf(cell, metric)));
  }
  return cells.filter((cell) => buffers.get(lineOf(cell)).size > 2);
}

export const metricsOf = (report) => METRICS.filter((metric) => cellsFor(report, metric).length > 0);

const sizeChoice = (cells) => ({
  field: "size_bytes",
  label: "Message size",
  always: true,
  usual: 4096,
  values: [...new Set(cells.map(({ size_bytes }) => size_bytes))]
    .sort((a, b) => a - b)
    .map((value) => ({ value, label: formatSize(value) })),
});

// The axes that the reader chooses on, as the report describes them for the chart's pattern: [{field, label,
// always, usual, values: [{value, label}]}]. A cell has its value under `field`. Against the buffer, the reader
// chooses the message size, and the settings are what the line shows.
export function axesOf(report, state) {
  const metric = metricOf(state.metric);
  const axes = report.axes[metric.pattern] ?? [];
  if (metric.against === AGAINST_SIZE) return axes;
  return [sizeChoice(cellsFor(report, metric)), ...axes.filter(({ field }) => field !== "parameters")];
}

const describeValue = (axis, chosen) => axis.values.find(({ value }) => value === chosen)?.label ?? chosen;

// Every mechanism of all reports, once each: [{name, kind, floor}]. Those that the reports describe come in
// their order. The others follow by name, with an empty kind.
export function mechanismsOf(reports) {
  const described = reports.flatMap(({ mechanisms }) => mechanisms);
  const measured = reports.flatMap(({ cells }) => cells.map(({ mechanism }) => mechanism));
  const others = [...new Set(measured)].sort().map((name) => ({ name, kind: "", floor: false }));
  const all = new Map();
  for (const each of [...described, ...others]) if (!all.has(each.name)) all.set(each.name, each);
  return [...all.values()];
}

// For each axis its values in this report, and the number of mechanisms (without floors) that the chart would
// show if only this choice changed: [{axis, options: [{value, label, mechanisms}]}].
export function choices(report, state) {
  const floors = new Set(report.mechanisms.filter(({ floor }) => floor).map(({ name }) => name));
  const cells = cellsFor(report, metricOf(state.metric)).filter(({ mechanism }) => !floors.has(mechanism));
  const axes = axesOf(report, state);
  return axes.map((axis) => {
    const others = axes.filter((other) => other !== axis);
    const fitting = cells.filter((cell) => others.every(({ field }) => cell[field] === state[field]));
    const options = axis.values.map(({ value, label }) => {
      const shown = fitting.filter((cell) => cell[axis.field] === value);
      return { value, label, mechanisms: new Set(shown.map(({ mechanism }) => mechanism)).size };
    });
    return { axis, options };
  });
}

const latestFirst = (kept) => (a, b) => (b.field === kept) - (a.field === kept);

// A complete state at which this report has measurements. Where choices exclude each other, the earlier axis
// keeps its choice. `kept`: the field of the latest choice, which takes precedence over all others.
export function settle(report, wanted = {}, kept = null) {
  const available = metricsOf(report);
  const metric = available.find(({ id }) => id === wanted.metric) ?? available[0] ?? METRICS[0];
  const state = { ...wanted, metric: metric.id };
  let cells = cellsFor(report, metric);
  for (const { field, usual, values } of [...axesOf(report, state)].sort(latestFirst(kept))) {
    const measured = values.map(({ value }) => value).filter((value) => cells.some((cell) => cell[field] === value));
    const first = measured.includes(usual) ? usual : measured[0];
    if (!measured.includes(state[field])) state[field] = first;
    cells = cells.filter((cell) => cell[field] === state[field]);
  }
  return state;
}

// A logarithmic axis cannot show zero, and no chart can show a missing number.
const drawable = (point) => point !== null && Number.isFinite(point.value) && point.value > 0;

// The sizes at which a missing point is a gap. A mechanism that carries a few bytes at most (an eventfd, a
// signal) is also measured at its longest message, a size that no other mechanism was asked for.
const A_FEW_BYTES = 64;
function sweptSizes(sizesOfEach) {
  const ofLong = sizesOfEach.filter((sizes) => Math.max(...sizes) >= A_FEW_BYTES);
  return new Set((ofLong.length > 0 ? ofLong : sizesOfEach).flat());
}

// By buffer, the smallest that is enough marked. Mechanisms count their buffers in different ways, so that a place
// where only others have a point is no gap.
function withKnee(points) {
  const line = [...points.values()].sort((a, b) => a.size - b.size);
  const enough = KNEE_SHARE * Math.max(...line.map(({ value }) => value));
  const knee = line.find(({ value }) => value >= enough);
  return line.map((point) => (point === knee ? { ...point, knee: true } : point));
}

// The series of a chart in the order of mechanismsOf(), floors last: [{mechanism, kind, floor, points}]. Points
// ascend in size, their place on the x axis: {size, value, low?, high?, confidence?, knee?, cell}. Where this mechanism lacks a size between its
// own that others have, {size, value: null} makes the line show the gap.
export function select(report, state) {
  const metric = metricOf(state.metric);
  const axes = axesOf(report, state);
  const cells = cellsFor(report, metric).filter((cell) =>
    axes.every(({ field }) => cell[field] === state[field]),
  );
  const measured = new Map();
  for (const cell of cells) {
    const point = metric.value(cell);
    if (!drawable(point)) continue;
    if (!measured.has(cell.mechanism)) measured.set(cell.mechanism, new Map());
    const size = positionOf(cell, metric);
    measured.get(cell.mechanism).set(size, { size, ...point, cell });
  }
  const sweep = sweptSizes([...measured.values()].map((points) => [...points.keys()]));
  const withGaps = (points) => {
    const own = [...points.keys()];
    const [first, last] = [Math.min(...own), Math.max(...own)];
    const sizes = [...new Set([...sweep, ...own])].sort((a, b) => a - b);
    const range = sizes.filter((size) => size >= first && size <= last);
    return range.map((size) => points.get(size) ?? { size, value: null });
  };
  const lineOf = metric.against === AGAINST_SIZE ? withGaps : withKnee;
  return mechanismsOf([report])
    .filter(({ name }) => measured.has(name))
    .map(({ name, kind, floor }) => ({ mechanism: name, kind, floor, points: lineOf(measured.get(name)) }))
    .sort((a, b) => a.floor - b.floor);
}

// One line that says what all numbers in the chart have in common.
export const describeChoices = (report, state) =>
  axesOf(report, state)
    .filter(({ field }) => state[field] !== "")
    .map((axis) => `${axis.label.toLowerCase()}: ${describeValue(axis, state[axis.field])}`)
    .join(" · ");
