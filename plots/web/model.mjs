// From the cells of a report and what the reader chose to the series of one chart. Pure functions.
import { formatMessageRate } from "./format.mjs";
import { METRICS, metricOf } from "./metrics.mjs";

// The choosers beside the metric: field of a cell, label, what each value means, in order of preference.
// Values that are not listed stand after the listed ones, described by `describe` or their own name. `usual`:
// what is chosen first although it does not stand first. An empty value means that the axis does not apply.
export const AXES = [
  {
    field: "wait",
    label: "Waiting",
    values: {
      block: "block (sleep in the kernel)",
      spin: "spin (busy)",
      poll: "poll (poll or epoll)",
      adaptive: "adaptive (spin, then block)",
    },
  },
  {
    field: "cpus",
    label: "Placement",
    values: {
      same: "both on one CPU",
      smt: "two threads of one core",
      llc: "two cores, one last-level cache",
      socket: "two cores of one socket",
      node: "two NUMA nodes",
      free: "not pinned",
    },
  },
  {
    field: "peers",
    label: "Peers",
    values: { fork: "related (fork)", exec: "unrelated (exec)", thread: "threads of one process" },
  },
  {
    field: "payload",
    label: "Payload",
    values: { copy: "copied in and out", scan: "written and read in place", untouched: "untouched" },
  },
  {
    field: "rate",
    label: "Offered load",
    usual: "50%",
    values: {},
    describe: (rate) =>
      rate.endsWith("%") ? `${rate.slice(0, -1)} % of capacity` : `${formatMessageRate(Number(rate), true)}`,
  },
  {
    field: "arrivals",
    label: "Arrivals",
    values: { poisson: "at random (Poisson)", constant: "at equal intervals" },
  },
  {
    field: "fan",
    label: "Ends",
    usual: "2",
    values: {},
    describe: (fan, { metric }) => {
      const several = (side) => (fan === "1" ? `one ${side}` : `${fan} ${side}s`);
      return metric.startsWith("fanin")
        ? `${several("producer")} to one consumer`
        : `one producer to ${several("consumer")}`;
    },
  },
  { field: "parameters", label: "Settings", values: { "": "defaults" } },
];

export const describeValue = (axis, value, state) =>
  axis.values[value] ?? axis.describe?.(value, state) ?? value;

function inOrder(axis, values) {
  const rank = Object.keys(axis.values);
  const position = (value) => (rank.includes(value) ? rank.indexOf(value) : rank.length);
  const byName = (a, b) => a.localeCompare(b, "en", { numeric: true });
  return [...values].sort((a, b) => position(a) - position(b) || byName(a, b));
}

const ofPattern = (report, metric) => report.cells.filter((cell) => cell.pattern === metric.pattern);

export const metricsOf = (report) => METRICS.filter((metric) => ofPattern(report, metric).length > 0);

// For each axis its values in this report, and how many mechanisms (floors not counted) would be drawn if
// the value were chosen and everything else stayed: [{axis, options: [{value, mechanisms}]}].
export function choices(report, state) {
  const cells = ofPattern(report, metricOf(state.metric));
  return AXES.map((axis) => {
    const others = AXES.filter((other) => other !== axis);
    const fitting = cells.filter((cell) => others.every(({ field }) => cell[field] === state[field]));
    const values = inOrder(axis, new Set(cells.map((cell) => cell[axis.field])));
    const options = values.map((value) => {
      const named = fitting.filter((cell) => cell[axis.field] === value && !cell.floor);
      return { value, mechanisms: new Set(named.map((cell) => cell.mechanism)).size };
    });
    return { axis, options };
  });
}

// A complete state for this report, one that something was measured at: choices that do not go together
// give way to the first that does. `kept`: the field of a choice just made, the last to give way.
export function settle(report, wanted = {}, kept = null) {
  const available = metricsOf(report);
  const metric = available.find(({ id }) => id === wanted.metric) ?? available[0] ?? METRICS[0];
  const state = { ...wanted, metric: metric.id };
  let cells = ofPattern(report, metric);
  for (const axis of [...AXES].sort((a, b) => (b.field === kept) - (a.field === kept))) {
    const values = inOrder(axis, new Set(cells.map((cell) => cell[axis.field])));
    const first = values.includes(axis.usual) ? axis.usual : values[0];
    if (!values.includes(state[axis.field])) state[axis.field] = first ?? "";
    cells = cells.filter((cell) => cell[axis.field] === state[axis.field]);
  }
  return state;
}

// A logarithmic axis has no place for zero; nor has a chart for what is not a number.
const drawable = (point) => point !== null && Number.isFinite(point.value) && point.value > 0;

// The sizes that everybody could have been measured at. What carries a few bytes at most (an eventfd, a signal) is
// measured at the most it can carry as well, which is nobody else's gap.
const A_FEW_BYTES = 64;
function sweptSizes(sizesOfEach) {
  const ofLong = sizesOfEach.filter((sizes) => Math.max(...sizes) >= A_FEW_BYTES);
  return new Set((ofLong.length > 0 ? ofLong : sizesOfEach).flat());
}

// The series of a chart, by mechanism name, floors last: [{mechanism, floor, points}]. Points ascend in
// size: {size, value, low?, high?, confidence?, cell}, or {size, value: null} at a size that others have
// and this one lacks between its own, so that the line shows the gap.
export function select(report, state) {
  const metric = metricOf(state.metric);
  const cells = ofPattern(report, metric).filter((cell) =>
    AXES.every(({ field }) => cell[field] === state[field]),
  );
  const measured = new Map();
  for (const cell of cells) {
    const point = metric.value(cell);
    if (!drawable(point)) continue;
    if (!measured.has(cell.mechanism)) measured.set(cell.mechanism, new Map());
    measured.get(cell.mechanism).set(cell.size_bytes, { size: cell.size_bytes, ...point, cell });
  }
  const sweep = sweptSizes([...measured.values()].map((points) => [...points.keys()]));
  const series = [...measured].map(([mechanism, points]) => {
    const own = [...points.keys()];
    const [first, last] = [Math.min(...own), Math.max(...own)];
    const sizes = [...new Set([...sweep, ...own])].sort((a, b) => a - b);
    const range = sizes.filter((size) => size >= first && size <= last);
    const line = range.map((size) => points.get(size) ?? { size, value: null });
    return { mechanism, floor: points.get(first).cell.floor, points: line };
  });
  return series.sort((a, b) => a.floor - b.floor || (a.mechanism < b.mechanism ? -1 : 1));
}

// One line that says what every number in the chart has in common.
export const describeChoices = (state) =>
  AXES.filter(({ field }) => state[field] !== "")
    .map((axis) => `${axis.label.toLowerCase()}: ${describeValue(axis, state[axis.field], state)}`)
    .join(" · ");

// Every mechanism of all reports, once each: [{name, floor}].
export function mechanismsOf(reports) {
  const floors = new Map(
    reports.flatMap(({ cells }) => cells.map(({ mechanism, floor }) => [mechanism, floor])),
  );
  return [...floors].map(([name, floor]) => ({ name, floor }));
}
