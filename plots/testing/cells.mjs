import {decode, viewOf} from "../web/model.mjs";
import {settle} from "../web/state.mjs";

// Cells and reports for tests, in the form of chart_data.hpp. Fields that are not given have usual values.
export const cell = (given) => ({
  mechanism: "pipe",
  pattern: "latency",
  size_bytes: 64,
  wait: "block",
  peers: "fork",
  cpus: "same",
  parameters: "",
  launches: 5,
  figures: [2900, 3000, 3000, 3100, 3200],
  ties: [],
  quantiles_ns: null,
  launch_quantiles_ns: null,
  histogram: "",
  course: "",
  time_ns: [3000, 2900, 3200, 0.9375],
  messages: 2000,
  p99_ns: 5000,
  p99_low_ns: 4500,
  p99_high_ns: 5500,
  messages_per_second: null,
  bytes_per_second: null,
  cpus_busy: 0.96,
  producer_cpu_ns: 1400,
  consumer_cpu_ns: 1500,
  producer_run_delay_ns: null,
  consumer_run_delay_ns: null,
  producer_switches: 1,
  consumer_switches: 1,
  producer_system_calls: null,
  consumer_system_calls: null,
  lost_share: 0,
  spread_between: null,
  spread_within: null,
  not_steady: 0,
  slowest_pair: null,
  ends_share_cpus: false,
  bimodal: false,
  disturbed: 0,
  line_rtt_low_ns: null,
  line_rtt_high_ns: null,
  mixed_distances: null,
  clock_bound_ns: null,
  clocks_agree: null,
  offered_per_second: null,
  unsent_share: null,
  sent_p50_ns: null,
  lag_p50_ns: null,
  lag_p99_ns: null,
  ...given,
});

// Axes with made-up labels: "wait" is "Axis wait", its value "block" is "block of wait". The program's own labels
// are tested in plot_test.cpp.
const EVERYWHERE = ["wait", "peers", "cpus"];
const AXES = {
  paced: [...EVERYWHERE, "rate", "parameters"],
  fanin: [...EVERYWHERE, "fan", "parameters"],
  fanout: [...EVERYWHERE, "fan", "parameters"],
};
const USUAL = {
  rate: "50%",
  fan: "2"
};

function axis(field, cells) {
  const values = [...new Set(cells.map((each) => each[field]))];
  return {
    field,
    label: `Axis ${field}`,
    always: EVERYWHERE.includes(field),
    usual: USUAL[field] ?? "",
    values: values.map((value) => ({value, label: `${value} of ${field}`})),
  };
}

function axesOfPattern(pattern, cells) {
  const fields = AXES[pattern] ?? [...EVERYWHERE, "parameters"];
  return fields.map((field) => axis(field, cells.filter((each) => each.pattern === pattern)));
}

// As the program judges them; here nothing was probed. judged(): with what mechanisms meet.
const NEEDS = [
  {name: "whole-messages", words: "message boundaries are kept", guarantees: ["boundaries"]},
  {name: "unrelated", words: "unrelated processes join it by a name", guarantees: ["unrelated"]},
  {name: "order", words: "messages arrive in the order of sending", guarantees: ["order"]},
];
export const judged = (met) => NEEDS.map((need) => ({...need, met: met[need.name] ?? {}}));

// The values of an axis are in the order of the cells. mechanisms: {name: kind}; those of kind "Floors" are floors.
export const report = (cells, mechanisms = {}) => ({
  name: "test",
  host: "host",
  kernel: "Linux 6.1",
  cpu: "",
  date: "2026-01-31T12:34:56Z",
  profile: "quick",
  version: "0.1.0",
  note: "",
  command: "ipcbench run",
  guarantees: null,
  needs: NEEDS.map((need) => ({...need, met: {}})),
  quantile_shares: [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999],
  doubts: [],
  facts: [],
  skipped: [],
  failed: [],
  mechanisms: Object.entries(mechanisms).map(([name, kind]) => ({name, kind, floor: kind === "Floors", made_of: ""})),
  axes: Object.fromEntries(
      [...new Set(cells.map(({pattern}) => pattern))].map((pattern) => [pattern, axesOfPattern(pattern, cells)]),
      ),
  cells,
});

// The view of a report at a state, as charts get it, and a frame for them.
export const viewAt = (made, wanted = {}) => {
  const reports = decode({reports: [made].flat()});
  return viewOf(reports, settle(reports, wanted));
};
export const FRAME = {
  width: 800,
  theme: "light",
  font: "sans-serif"
};

// All nodes of a tree with this tag, and all texts in it.
export const nodesOf = (tree, tag) => typeof tree !== "object" || tree === null ?
    [] :
    [...(tree.tag === tag ? [tree] : []), ...tree.children.flatMap((child) => nodesOf(child, tag))];
export const textsOf = (tree) => (typeof tree === "object" ? tree.children.flatMap(textsOf) : [String(tree)]);
