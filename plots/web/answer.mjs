// What to use, in two or three sentences: by ways of waiting, at the reader's rate, with ties named as ties.
import {formatCpus, formatDuration, formatMessageRate, formatRatio, plural} from "./format.mjs";
import {ratio} from "./metrics.mjs";
import {matches, mayBurn, nameOf} from "./model.mjs";
import {wordsOf} from "./needs.mjs";
import {ranked, rowsOf, winner, winners} from "./ranks.mjs";
import {describe} from "./state.mjs";
import {el} from "./svg.mjs";
import {lookOf} from "./themes.mjs";

const sleeps = (wait) => lookOf(wait).sleeps;

const NANOSECONDS = 1e9;

// What a stream may have that other patterns lack, and its value where it has not.
const USUAL = {
  batch: "1",
  pairs: "1",
  chain: "2",
  beside: "none",
  boundary: "none"
};

// Whether two cells of different patterns hand over as many messages at once, over as many links, in the same company.
const sameWays = (a, b) => Object.entries(USUAL).every(([field, usual]) => (a[field] ?? usual) === (b[field] ?? usual));

// How many messages of this size a second a cell's mechanism was seen to carry, waiting and placed alike: what its
// throughput cell received, or else one message per round trip, which is a lower bound. Null: not known.
export function capacityOf(report, state, cell) {
  if (cell.messages_per_second) return {rate: cell.messages_per_second[0], bound: false};
  const streamed = report.cells.find(
      (other) => other.pattern === "throughput" &&
          ["mechanism", "size_bytes", "wait", "peers", "cpus", "parameters", "payload"].every(
              (field) => other[field] === cell[field]) &&
          sameWays(other, cell) && other.messages_per_second,
  );
  if (streamed) return {rate: streamed.messages_per_second[0], bound: false};
  return cell.time_ns && cell.pattern === "latency" ? {rate: NANOSECONDS / cell.time_ns[0], bound: true} : null;
}

// Whether a cell carries the wanted rate: true, false, or null if the report does not say.
export function carries(report, state, cell) {
  if (state.per_second === null) return true;
  const capacity = capacityOf(report, state, cell);
  if (capacity === null) return null;
  if (capacity.rate >= state.per_second) return true;
  return capacity.bound ? null : false;
}

// CPUs that a cell's ends keep busy at a rate: those that sleep only while they work.
export function busyAt(cell, rate) {
  if (rate === null || !sleeps(cell.wait)) return cell.cpus_busy;
  return Math.min(cell.cpus_busy, (rate * (cell.producer_cpu_ns + cell.consumer_cpu_ns)) / NANOSECONDS);
}

// The cells that the answer chooses among, and how many mechanisms each requirement leaves out (burning: cells).
export function candidates({report, state, here}) {
  const fitting =
      here.filter((cell) => mayBurn({...cell, cpus_busy: busyAt(cell, state.per_second)}, state.burn, sleeps));
  const carrying = fitting.filter((cell) => carries(report, state, cell) === true);
  const count = (cells) => new Set(cells.map(({mechanism}) => mechanism)).size;
  const unknown = fitting.filter((cell) => carries(report, state, cell) === null);
  return {
    cells: carrying,
    burning: here.length - fitting.length,
    slow: count(fitting.filter(
        (cell) =>
            carries(report, state, cell) === false && !carrying.some(({mechanism}) => mechanism === cell.mechanism))),
    unknown: count(unknown.filter((cell) => !carrying.some(({mechanism}) => mechanism === cell.mechanism))),
  };
}

// The best where ends sleep, and where they may burn their CPU: [{sleeping, best, tied, of}], as far as measured. A
// mechanism stands for its best way of waiting.
export function bestOfBoth(view) {
  const {cells} = candidates(view);
  const own = (sleeping) =>
      rowsOf(cells.filter(({wait}) => sleeps(wait) === sleeping), view.metric).map((row) => row.cells[0]);
  return [true, false].map((sleeping) => ({sleeping, ...winner(own(sleeping), view.metric)})).filter(({best}) => best);
}

const withWait = (cell) => (["block", "spin"].includes(cell.wait) ? nameOf(cell) : `${nameOf(cell)}, ${cell.wait}`);

const MOST_NAMES = 8;
function namesOf(cells) {
  const names = cells.slice(0, MOST_NAMES).map(nameOf);
  return cells.length > MOST_NAMES ? `${names.join(", ")} and ${cells.length - MOST_NAMES} more` : names.join(", ");
}

function tieSentence({best, tied, of}, link) {
  if (of === 1) return "It is the only one measured.";
  if (tied.length === 0)
    return best.launches < 2 ? `One launch each: ${plural(of, "mechanism")} cannot be told apart.` :
                               `Better than all ${of - 1} others.`;
  const guarantees = el("a", {href: link({at: "guarantees"})}, "guarantee");
  return [
    `${tied.length} of ${of - 1} others cannot be told from it, so choose by `, guarantees, `: ${namesOf(tied)}.`
  ];
}

function busyText(cell, rate) {
  const busy = busyAt(cell, rate);
  return `${formatCpus(busy)} CPUs busy${
      rate !== null && sleeps(cell.wait) ? " at your rate, by its CPU time per message" : ""}`;
}

function sentenceOf(view, won, other, link) {
  const {metric, state} = view;
  const value = metric.of(won.best).value;
  const versus = other ? ratio(metric, metric.of(other.best).value, value) : null;
  const faster =
      versus > 1.05 ? `, ${versus.toFixed(versus < 9.95 ? 1 : 0)} times ${metric.timed ? "faster" : "as much"}` : "";
  return el(
      "p",
      {},
      el("strong", {}, won.sleeping ? "If the ends may sleep: " : "If CPUs may burn: "),
      el("b", {class: "name"}, withWait(won.best)),
      ` ${metric.format(value)} (${busyText(won.best, state.per_second)})${faster}. `,
      tieSentence(won, link),
  );
}

// Under load at a rate near the reader's, if that was measured: within a factor of two.
function loadSentence({report, state}, won) {
  if (state.per_second === null || !won) return null;
  const near = report.cells.filter(
      (cell) => cell.pattern === "paced" &&
          ["mechanism", "size_bytes", "wait", "peers", "cpus", "parameters"].every(
              (field) => cell[field] === won.best[field]) &&
          sameWays(cell, won.best) && Math.abs(Math.log2(cell.offered_per_second / state.per_second)) < 1,
  );
  if (near.length === 0) {
    const size = won.best.size_bytes;
    return el(
        "p", {class: "hint"},
        `Its times under that load were not measured: ipcbench run --pattern paced --rate ${state.per_second} --size ${
            size} --mechanism ${won.best.mechanism}`);
  }
  const [cell] = near.sort(
      (a, b) => Math.abs(Math.log(a.offered_per_second / state.per_second)) -
          Math.abs(Math.log(b.offered_per_second / state.per_second)));
  const time = (ns) => (ns ? formatDuration(ns) : "an unknown time");
  return el(
      "p", {},
      `Under ${formatMessageRate(cell.offered_per_second)}, ${nameOf(cell)} took ${
          time(cell.time_ns?.[0])} in the median, ${time(cell.p99_ns)} at the 99th percentile.`);
}

function byNeed(excluded) {
  const groups = new Map();
  for (const each of excluded) groups.set(each.need, [...(groups.get(each.need) ?? []), each]);
  return groups;
}

function exclusions(view, {burning, slow, unknown}) {
  const {excluded, state, report} = view;
  const said = [...byNeed(excluded)].map(
      ([need, those]) => `${those.length} ${those.length === 1 ? "does" : "do"} not meet "${wordsOf(report, need)}" (${
          those.map(({mechanism}) => mechanism).join(", ")})`);
  if (slow > 0) said.push(`${slow} cannot carry ${formatMessageRate(state.per_second)}`);
  if (unknown > 0) said.push(`for ${unknown} the report has no throughput at this size to tell`);
  if (burning > 0) said.push(`${burning} ${burning === 1 ? "keeps" : "keep"} more CPUs busy by their way of waiting`);
  const unanswered = state.needs.length > 0 && !report.guarantees;
  return [
    said.length > 0 && el("p", {class: "hint"}, `Left out: ${said.join("; ")}.`),
    unanswered &&
        el("p", {class: "hint"},
           "This report does not say what mechanisms guarantee, so your needs exclude none. Measure again, or ask `ipcbench probe`."),
  ];
}

// The chosen mechanism beside the best of each way of waiting.
function ownSentence(view, link) {
  const {here, metric, state} = view;
  if (state.mechanism === "") return null;
  const parts = winners(view).flatMap(({wait, best, tied}) => {
    const order = ranked(here.filter((cell) => cell.wait === wait), metric);
    return order.filter(({mechanism}) => mechanism === state.mechanism).map((cell) => {
      const times = formatRatio(ratio(metric, metric.of(cell).value, metric.of(best).value));
      const place = cell === best ? "the best" :
          tied.includes(cell)     ? "not to be told from the best" :
                                    `${times} the best, ${nameOf(best)}`;
      const settings = cell.parameters ? ` (${cell.parameters})` : "";
      return `${lookOf(wait).word}${settings} ${metric.format(metric.of(cell).value)}, ${place} (${
          order.indexOf(cell) + 1} of ${order.length})`;
    });
  });
  return el(
      "p", {}, el("strong", {}, `${state.mechanism}: `),
      parts.length > 0 ? `${parts.join("; ")}. ` : "not measured with these choices, or left out by your needs. ",
      el("a", {href: link({at: "guarantees"})}, "What it guarantees"), ".");
}

const measures = ({report, state}) => report.cells.filter((cell) => matches(report, state, cell)).length > 0;

export function answerBody(view, frame, link) {
  if (!measures(view)) return [el("p", {class: "empty"}, "This report has no measurement to answer from.")];
  const won = bestOfBoth(view);
  const left = exclusions(view, candidates(view));
  if (won.length === 0) return [el("p", {class: "answer"}, `Nothing measured fits: ${describe(view)}.`), ...left];
  const asleep = won.find(({sleeping}) => sleeping);
  const awake = won.find(({sleeping}) => !sleeping);
  return [
    el("div", {class: "answer"}, asleep && sentenceOf(view, asleep, null, link),
       awake && sentenceOf(view, awake, asleep, link), loadSentence(view, asleep ?? awake), ownSentence(view, link)),
    ...left,
  ];
}
