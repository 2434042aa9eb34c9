// What can be drawn against message size. A metric belongs to one pattern; `value` gives the numbers of a
// cell of that pattern (see chart_data.hpp for its fields), or null if the cell has none.
import { formatByteRate, formatDuration, formatMessageRate } from "./format.mjs";

const estimate = (numbers) =>
  numbers ? { value: numbers[0], low: numbers[1], high: numbers[2], confidence: numbers[3] } : null;
const single = (value) => (Number.isFinite(value) ? { value } : null);
const cpuOfBothEnds = (cell) => single(cell.producer_cpu_ns + cell.consumer_cpu_ns);

export const METRICS = [
  {
    id: "latency",
    pattern: "latency",
    title: "Round-trip latency",
    axis: "round trip",
    statistic: "median over launches of each launch's median round trip",
    better: "less",
    format: formatDuration,
    value: (cell) => estimate(cell.time_ns),
  },
  {
    id: "latency-p99",
    pattern: "latency",
    title: "Round-trip latency, 99th percentile",
    axis: "round trip, 99th percentile",
    statistic: "median over launches of each launch's 99th percentile",
    better: "less",
    format: formatDuration,
    value: (cell) => single(cell.p99_ns),
  },
  {
    id: "latency-cpu",
    pattern: "latency",
    title: "CPU time per round trip, both ends",
    axis: "CPU time per round trip",
    statistic: "producer and consumer together, medians over launches",
    better: "less",
    format: formatDuration,
    value: cpuOfBothEnds,
  },
  {
    id: "throughput",
    pattern: "throughput",
    title: "Throughput in bytes per second",
    axis: "throughput, bytes per second",
    statistic: "median over launches",
    better: "more",
    format: formatByteRate,
    value: (cell) => estimate(cell.bytes_per_second),
  },
  {
    id: "throughput-messages",
    pattern: "throughput",
    title: "Throughput in messages per second",
    axis: "throughput, messages per second",
    statistic: "median over launches",
    better: "more",
    format: formatMessageRate,
    value: (cell) => estimate(cell.messages_per_second),
  },
  {
    id: "throughput-cpu",
    pattern: "throughput",
    title: "CPU time per message, both ends, at full throughput",
    axis: "CPU time per message",
    statistic: "producer and consumer together, medians over launches",
    better: "less",
    format: formatDuration,
    value: cpuOfBothEnds,
  },
];

export const metricOf = (id) => METRICS.find((metric) => metric.id === id);
