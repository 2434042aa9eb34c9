// The number of each pattern that its charts show. `of` gives the estimate of a cell: {value, low, high, confidence}
// in the metric's unit, or null if the cell has none.
import {formatByteRate, formatDuration, formatMessageRate} from "./format.mjs";

const estimate = (numbers) => numbers && Number.isFinite(numbers[0]) && numbers[0] > 0 ?
    {value: numbers[0], low: numbers[1], high: numbers[2], confidence: numbers[3]} :
    null;

const timed = (name, title, statistic) => ({
  name,
  title,
  statistic,
  better: "less",
  timed: true,
  format: formatDuration,
  of: (cell) => estimate(cell.time_ns),
});
const counted = (name, title) => ({
  name,
  title,
  statistic: "Median over launches",
  better: "more",
  timed: false,
  format: formatByteRate,
  of: (cell) => estimate(cell.bytes_per_second),
  // A token has no bytes, so its messages are counted.
  tokens: {format: formatMessageRate, of: (cell) => estimate(cell.messages_per_second)},
});

export const PATTERNS = {
  latency: timed("round trip", "round trip", "Median over launches of each launch's median"),
  oneway: timed("one way", "time there", "Median over launches of each launch's median"),
  throughput: counted("throughput", "throughput"),
  paced: timed("under load", "time from the intended send", "Median over launches of each launch's median"),
  fanin: counted("several producers", "throughput"),
  fanout: counted("several consumers", "throughput"),
};

// The metric of a pattern for messages of a size in bytes (0: tokens).
export function metricOf(pattern, size = 1) {
  const metric = Object.hasOwn(PATTERNS, pattern) ? PATTERNS[pattern] : timed(pattern, pattern, "Median");
  return size === 0 && metric.tokens ? {...metric, ...metric.tokens} : metric;
}

// How many times worse than `best` a value is; 1 is as good.
export const ratio = (metric, value, best) => (metric.better === "less" ? value / best : best / value);
export const compareBy = (metric) => (a, b) => (metric.better === "less" ? a - b : b - a);
