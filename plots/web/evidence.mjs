// The facts that cards and the table show beside a number. text(cell) is empty where a fact does not apply; field: the
// number that the table sorts by.
import {formatCpus, formatDuration, formatMessageRate, formatShare, formatSize} from "./format.mjs";

const unlessNull = (value, format) => (value === null ? "" : format(value));
const unlessZero = (share) => (share > 0 ? formatShare(share) : "");

function clocks({clock_bound_ns: bound, clocks_agree: agree}) {
  if (bound === null) return "";
  const most = formatDuration(bound);
  return agree ? `differ by at most ${most}` : `disagree, by up to ${most}: not valid`;
}

function tail({p99_ns: ns, p99_low_ns: low, p99_high_ns: high, messages}) {
  if (ns === null) return "";
  return `${formatDuration(ns)} (${formatDuration(low)} to ${formatDuration(high)}, of ${messages} messages)`;
}

function line({line_rtt_low_ns: low, line_rtt_high_ns: high, mixed_distances: mixed}) {
  if (low === null) return "";
  const range = `${formatDuration(low)} to ${formatDuration(high)}`;
  return mixed ? `${range}: the launches are not alike` : range;
}

function evenness({slowest_pair: share}) {
  return unlessNull(share, (known) => `${formatShare(known)} of the fastest`);
}

// Of the producer + of the consumer.
const ofBoth = (producer, consumer, format) =>
    producer === null || consumer === null ? "" : `${format(producer)} + ${format(consumer)}`;
const formatEach = (count) => (count >= 100 ? count.toFixed(0) : count.toFixed(2));

export const EVIDENCE = [
  {title: "launches", field: "launches", text: ({launches}) => String(launches)},
  {
    title: "spread between launches",
    field: "spread_between",
    text: ({spread_between: share}) => unlessNull(share, formatShare)
  },
  {
    title: "spread within a launch",
    field: "spread_within",
    text: ({spread_within: share}) => unlessNull(share, formatShare)
  },
  {
    title: "launches that drifted",
    field: "not_steady",
    text: ({not_steady: count}) => (count > 0 ? String(count) : "")
  },
  {title: "two modes", field: "bimodal", text: ({bimodal}) => (bimodal ? "yes: the median hides them" : "")},
  {
    title: "launches that were disturbed",
    field: "disturbed",
    text: ({disturbed: count}) => (count > 0 ? String(count) : "")
  },
  {title: "the slowest pair", field: "slowest_pair", text: evenness},
  {
    title: "CPUs of their own",
    field: "ends_share_cpus",
    text: ({ends_share_cpus: shared}) => (shared ? "no: several pairs, or ends of a chain, shared them" : "")
  },
  {title: "a cache line there and back", field: "line_rtt_high_ns", text: line},
  {title: "99th percentile", field: "p99_ns", text: tail},
  {title: "CPUs kept busy", field: "cpus_busy", text: ({cpus_busy: cpus}) => formatCpus(cpus)},
  {title: "CPU per message, producer", field: "producer_cpu_ns", text: ({producer_cpu_ns: ns}) => formatDuration(ns)},
  {title: "CPU per message, consumer", field: "consumer_cpu_ns", text: ({consumer_cpu_ns: ns}) => formatDuration(ns)},
  {
    title: "waited for a CPU per message, producer + consumer",
    field: "consumer_run_delay_ns",
    text: ({producer_run_delay_ns: producer, consumer_run_delay_ns: consumer}) =>
        ofBoth(producer, consumer, formatDuration),
  },
  {
    title: "context switches per message, producer + consumer",
    field: "consumer_switches",
    text: ({producer_switches: producer, consumer_switches: consumer}) => ofBoth(producer, consumer, formatEach),
  },
  {
    title: "system calls per message, producer + consumer",
    field: "consumer_system_calls",
    text: ({producer_system_calls: producer, consumer_system_calls: consumer}) =>
        ofBoth(producer, consumer, formatEach),
  },
  {
    title: "offered",
    field: "offered_per_second",
    text: ({offered_per_second: rate}) => unlessNull(rate, formatMessageRate)
  },
  {title: "lost", field: "lost_share", text: ({lost_share: share}) => unlessZero(share)},
  {title: "not sent before the end", field: "unsent_share", text: ({unsent_share: share}) => unlessZero(share)},
  {
    title: "from the actual send, median",
    field: "sent_p50_ns",
    text: ({sent_p50_ns: ns}) => unlessNull(ns, formatDuration)
  },
  {title: "sent late, median", field: "lag_p50_ns", text: ({lag_p50_ns: ns}) => unlessNull(ns, formatDuration)},
  {
    title: "sent late, 99th percentile",
    field: "lag_p99_ns",
    text: ({lag_p99_ns: ns}) => unlessNull(ns, formatDuration)
  },
  {title: "clocks of the two CPUs", field: "clock_bound_ns", text: clocks},
];

// Whether a cell's median hides something that a reader must know.
export const doubtful = (cell) => cell.bimodal || cell.mixed_distances === true || cell.clocks_agree === false;

const describeInterval = ({low, high, confidence}, format) => confidence > 0 ?
    `interval: ${format(low)} to ${format(high)} (${formatShare(confidence)} confidence)` :
    "interval: none, one launch";

const MOST_NAMES = 6;
function describeTies(cell) {
  const names = cell.tied.map(({mechanism}) => mechanism);
  if (names.length === 0) return [];
  const others = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return [`cannot be told from: ${names.slice(0, MOST_NAMES).join(", ")}${others}`];
}

// The card of a cell: what it is, its number, and all evidence that applies.
export function cardLines(cell, metric) {
  const number = metric.of(cell);
  const settings = cell.parameters ? [`settings: ${cell.parameters}`] : [];
  return [
    `${cell.mechanism}, ${formatSize(cell.size_bytes)}, ${cell.wait}`,
    ...settings,
    ...(number ? [`${metric.title}: ${metric.format(number.value)}`, describeInterval(number, metric.format)] : []),
    ...describeTies(cell),
    ...EVIDENCE.map(({title, text}) => [title, text(cell)])
        .filter(([, text]) => text !== "")
        .map(([title, text]) => `${title}: ${text}`),
  ];
}
