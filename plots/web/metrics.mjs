// The metrics that a chart can show. A metric belongs to one pattern. `against` is what the chart has on its x axis:
// a cell's field in bytes, and the axis's label. `value` gives the numbers of a cell of that pattern (chart_data.hpp
// lists a cell's fields), or null if the cell has none. `main` marks the metrics that are drawn into files. Mechanisms
// are ranked at the size `rankSize`, in bytes of the x axis.
import { formatByteRate, formatCpus, formatDuration, formatMessageRate, formatShare } from "./format.mjs";

const estimate = (numbers) =>
  numbers ? { value: numbers[0], low: numbers[1], high: numbers[2], confidence: numbers[3] } : null;
const single = (value) => (Number.isFinite(value) ? { value } : null);

export const AGAINST_SIZE = { field: "size_bytes", label: "message size" };
export const AGAINST_BUFFER = { field: "buffer_bytes", label: "buffer size" };

const cpuMetric = (pattern, title, rankSize) => ({
  id: `${pattern}-cpu`,
  pattern,
  title: `${title}: CPUs kept busy`,
  axis: "CPUs kept busy",
  statistic: "CPU time of all ends over the elapsed time, median over launches",
  better: "less",
  rankSize,
  format: formatCpus,
  value: (cell) => single(cell.cpus_busy),
});

// The metrics of a pattern that times each message. what: the timed quantity.
function timed(pattern, title, axis, what) {
  const common = { pattern, better: "less", rankSize: 64, format: formatDuration };
  const median = {
    ...common,
    id: pattern,
    main: true,
    title,
    axis,
    statistic: `median over launches of each launch's median ${what}`,
    value: (cell) => estimate(cell.time_ns),
  };
  const percentile = {
    ...common,
    id: `${pattern}-p99`,
    title: `${title}, 99th percentile`,
    axis: `${axis}, 99th percentile`,
    statistic: "median over launches of each launch's 99th percentile",
    value: (cell) => single(cell.p99_ns),
  };
  return [median, percentile, cpuMetric(pattern, title, 64)];
}

// The metrics of a pattern that counts the messages that arrive.
function counted(pattern, title) {
  const common = { pattern, statistic: "median over launches", better: "more", rankSize: 65536 };
  const bytes = {
    ...common,
    id: pattern,
    main: true,
    title: `${title} in bytes per second`,
    axis: "throughput, bytes per second",
    format: formatByteRate,
    value: (cell) => estimate(cell.bytes_per_second),
  };
  const messages = {
    ...common,
    id: `${pattern}-messages`,
    title: `${title} in messages per second`,
    axis: "throughput, messages per second",
    format: formatMessageRate,
    value: (cell) => estimate(cell.messages_per_second),
  };
  return [bytes, messages, cpuMetric(pattern, title, 65536)];
}

// How much of the best throughput the smallest sufficient buffer of a mechanism has to give.
export const KNEE_SHARE = 0.9;

const throughputByBuffer = {
  ...counted("throughput", "Throughput")[0],
  id: "throughput-buffer",
  title: "Throughput",
  against: AGAINST_BUFFER,
  statistic: `median over launches; large symbol: the smallest buffer that gives ${formatShare(KNEE_SHARE)} of the best`,
  rankSize: 2 ** 20,
};

const ALL = [
  ...timed("latency", "Round-trip latency", "round trip", "round trip"),
  ...counted("throughput", "Throughput"),
  throughputByBuffer,
  ...timed("oneway", "One-way latency", "time there (one way)", "time there"),
  ...timed(
    "paced",
    "Latency under load",
    "time from the intended send time",
    "time from the intended send time",
  ),
  ...counted("fanin", "Throughput of several producers"),
  ...counted("fanout", "Throughput to several consumers"),
];
export const METRICS = ALL.map((metric) => ({ against: AGAINST_SIZE, ...metric }));

export const titleOf = ({ title, against }) => `${title} against ${against.label}`;

export const metricOf = (id) => METRICS.find((metric) => metric.id === id);
