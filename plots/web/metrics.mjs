// The metrics that a chart can show against message size. A metric belongs to one pattern. `value` gives the
// numbers of a cell of that pattern (chart_data.hpp lists a cell's fields), or null if the cell has none. `main`
// marks the metric of each pattern that is drawn into a file. Mechanisms are ranked at the size `rankSize`.
import { formatByteRate, formatDuration, formatMessageRate } from "./format.mjs";

const estimate = (numbers) =>
  numbers ? { value: numbers[0], low: numbers[1], high: numbers[2], confidence: numbers[3] } : null;
const single = (value) => (Number.isFinite(value) ? { value } : null);
const cpuOfBothEnds = (cell) => single(cell.producer_cpu_ns + cell.consumer_cpu_ns);

const cpuMetric = (pattern, title, per, rankSize) => ({
  id: `${pattern}-cpu`,
  pattern,
  title,
  axis: `CPU time per ${per}`,
  statistic: "producer and consumer together, medians over launches",
  better: "less",
  rankSize,
  format: formatDuration,
  value: cpuOfBothEnds,
});

// The metrics of a pattern that times each message. what: the timed quantity. per: the unit of work that the
// CPU time is divided by.
function timed(pattern, title, axis, what, per) {
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
  return [median, percentile, cpuMetric(pattern, `${title}: CPU time per ${per}, both ends`, per, 64)];
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
  return [bytes, messages, cpuMetric(pattern, `${title}: CPU time per message, both sides`, "message", 65536)];
}

export const METRICS = [
  ...timed("latency", "Round-trip latency", "round trip", "round trip", "round trip"),
  ...counted("throughput", "Throughput"),
  ...timed("oneway", "One-way latency", "time there (one way)", "time there", "round trip"),
  ...timed(
    "paced",
    "Latency under load",
    "time from the intended send time",
    "time from the intended send time",
    "message",
  ),
  ...counted("fanin", "Throughput of several producers"),
  ...counted("fanout", "Throughput to several consumers"),
];

export const metricOf = (id) => METRICS.find((metric) => metric.id === id);
