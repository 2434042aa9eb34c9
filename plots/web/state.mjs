// What the reader asks for: one record, kept in the address after '#', so that every view has a link. Pure functions.
import {formatSize} from "./format.mjs";
import {metricOf} from "./metrics.mjs";
import {axesOf, matches, patternsOf, seriesOf, sizesOf, valueLabel} from "./model.mjs";
import {needsOf} from "./needs.mjs";

// Fields with a fixed list of values; the first is the usual one. A section may add its own.
export const CHOICES = {
  burn: ["", "0", "1", "2"],
  curves: ["", "ratio"],
  rows: ["size", "all"],
};
// Fields with any short text; empty by default. A section that reads one checks it. A page may have some of its own
// (own_texts of a report).
export const TEXTS = ["wait", "sort", "mechanism", "at"];

const MOST_TEXT = 300;
const list = (text) => (text ? text.split(",") : []);

// The fields that a text such as "size=64&cpus=llc" gives. Unknown ones are kept as texts: they may be axes.
export function readHash(text) {
  const wanted = {};
  for (const [name, value] of new URLSearchParams(text.replace(/^#/, ""))) {
    if (name === "__proto__") continue;
    if (name === "need")
      wanted.needs = list(value);
    else
      wanted[name] = value.slice(0, MOST_TEXT);
  }
  return wanted;
}

const wholeNumber = (value) => {
  const number = Number(value);
  return value !== "" && value !== null && Number.isInteger(number) && number >= 0 ? number : null;
};

// The wanted report by number or name, else the first.
const reportIndex = (reports, wanted) => {
  const named = reports.findIndex(({name}) => name === wanted);
  if (named >= 0) return named;
  const index = wholeNumber(wanted ?? "");
  return index !== null && index < reports.length ? index : 0;
};

const distance = (size) => Math.log2(size || 0.5);
const nearest = (sizes, wanted) => sizes.reduce(
    (best, size) =>
        Math.abs(distance(size) - distance(wanted)) < Math.abs(distance(best) - distance(wanted)) ? size : best,
);
const usualSize = (pattern) => (metricOf(pattern).better === "less" ? 64 : 65536);

const latestFirst = (kept) => (a, b) => Number(b.field === kept) - Number(a.field === kept);

// A value of each axis with which the report has cells. Where choices exclude each other, the earlier axis keeps its
// value. `kept`: the field of the latest choice, which takes precedence over all others.
function settleAxes(report, wanted, pattern, kept) {
  let cells = report.cells.filter((cell) => cell.pattern === pattern && !cell.floor);
  if (cells.length === 0) cells = report.cells.filter((cell) => cell.pattern === pattern);
  const state = {};
  for (const {field, usual, values} of [...axesOf(report, pattern)].sort(latestFirst(kept))) {
    const measured = values.map(({value}) => value).filter((value) => cells.some((cell) => cell[field] === value));
    const first = measured.includes(usual) ? usual : mostMeasured(cells, field, measured);
    state[field] = measured.includes(wanted[field]) ? wanted[field] : first;
    cells = cells.filter((cell) => cell[field] === state[field]);
  }
  return state;
}

// The value with the most mechanisms; of equals the first.
function mostMeasured(cells, field, values) {
  const mechanisms = (value) =>
      new Set(cells.filter((cell) => cell[field] === value).map((cell) => cell.mechanism)).size;
  return values.reduce((best, value) => (mechanisms(value) > mechanisms(best) ? value : best), values[0]);
}

function settleSize(report, state, wanted) {
  const cells = report.cells.filter((cell) => matches(report, state, cell));
  const sizes = sizesOf(cells.some(({floor}) => !floor) ? cells.filter(({floor}) => !floor) : cells);
  const size = wholeNumber(wanted.size ?? "") ?? usualSize(state.pattern);
  return sizes.length === 0 ? size : nearest(sizes, size);
}

const rateOf = (value) => {
  const rate = Number(value);
  return value !== undefined && value !== "" && value !== null && Number.isFinite(rate) && rate > 0 ? rate : null;
};

// A complete state at which the report has measurements, if it has any. wanted: fields as of readHash() or of a state.
export function settle(reports, wanted = {}, kept = null) {
  const index = reportIndex(reports, wanted.report);
  const report = reports[index];
  const patterns = patternsOf(report);
  const pattern = patterns.includes(wanted.pattern) ? wanted.pattern : (patterns[0] ?? "latency");
  /** @type {Record<string, any>} */
  const state = {report: index, pattern, ...settleAxes(report, wanted, pattern, kept)};
  for (const [field, values] of Object.entries(CHOICES)) {
    state[field] = values.includes(wanted[field]) ? wanted[field] : values[0];
  }
  for (const field of [...TEXTS, ...(report.own_texts ?? [])])
    state[field] = typeof wanted[field] === "string" ? wanted[field] : "";
  const waits = new Set(report.cells.filter((cell) => cell.pattern === pattern).map(({wait}) => wait));
  if (!waits.has(state.wait)) state.wait = "";
  state.needs = needsOf(report).map(({name}) => name).filter((name) => (wanted.needs ?? []).includes(name));
  state.per_second = rateOf(wanted.per_second);
  state.size = settleSize(report, state, wanted);
  return state;
}

// What of a written state cannot be shown: ["size=100: measured are 64 B, 4 KiB"]. For `--state`, where a wrong choice
// must not silently become another.
export function problems(reports, wanted) {
  const state = settle(reports, wanted);
  const said = [];
  for (const [field, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(state, field))
      said.push(`there is no choice called '${field}'`);
    else if (field === "needs") {
      const unknown = value.filter((need) => !state.needs.includes(need));
      if (unknown.length > 0)
        said.push(
            `need=${unknown.join(",")}: known are ${needsOf(reports[state.report]).map(({name}) => name).join(", ")}`);
    } else if (
        String(state[field] ?? "") !== String(value) && !(field === "report" && reports[state.report].name === value)) {
      said.push(`${field}=${value}: ${available(reports, state, field)}`);
    }
  }
  return said;
}

function available(reports, state, field) {
  const report = reports[state.report];
  const values = {
    report: () => reports.map(({name}) => name),
    pattern: () => patternsOf(report),
    size: () => sizesOf(report.cells.filter((cell) => matches(report, state, cell))),
    wait: () => [...new Set(report.cells.map(({wait}) => wait))],
  };
  const axis = axesOf(report, state.pattern).find((each) => each.field === field);
  const known = CHOICES[field] ?? values[field]?.() ?? axis?.values.map(({value}) => value) ?? [];
  return known.length > 0 ? `measured with the other choices: ${known.filter((value) => value !== "").join(", ")}` :
                            "not understood";
}

// The usual state of a report and of a pattern of it. Every link asks for it.
const usuals = new WeakMap();
function usualState(reports, report, pattern) {
  if (!usuals.has(reports)) usuals.set(reports, new Map());
  const known = usuals.get(reports);
  const key = `${report} ${pattern}`;
  if (!known.has(key)) known.set(key, settle(reports, {report, pattern}));
  return known.get(key);
}

// The address of a state: everything that differs from the usual. `part` changes fields of it, as a link would.
export function hashOf(reports, state, part = {}) {
  const target = {...state, ...part};
  const usual = usualState(reports, target.report, target.pattern);
  const parameters = new URLSearchParams();
  if (target.report !== 0) parameters.set("report", reports[target.report].name);
  if (target.pattern !== usualState(reports, target.report, undefined).pattern)
    parameters.set("pattern", target.pattern);
  for (const [field, value] of Object.entries(target)) {
    if (field === "report" || field === "pattern") continue;
    if (field === "needs") {
      if (value.length > 0) parameters.set("need", value.join(","));
    } else if (String(usual[field] ?? "") !== String(value ?? ""))
      parameters.set(field, value ?? "");
  }
  return `#${parameters.toString()}`;
}

// FNV-1a, 32 bits: tells texts apart that look alike.
function digestOf(text) {
  let digest = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) digest = Math.imul(digest ^ byte, 0x01000193);
  return (digest >>> 0).toString(36);
}

const LONGEST_NAME = 80;  // characters that say what a file shows

// The name of a file with a chart at a state, without ending: "report-ranking-size=4096,cpus=llc" names the choices
// that differ from the usual. A digest follows where these are too long or have characters that are no part of a name.
export function fileStem(reports, state, chart) {
  const choices = new URLSearchParams(hashOf(reports, state, {at: ""}).slice(1));
  choices.delete("report");
  const words = [...choices].map(([field, value]) => `${field}=${value}`).join(",");
  const safe = words.replace(/[^\w=,.%+-]/g, "_").slice(0, LONGEST_NAME);
  return [reports[state.report].name, chart, safe, safe === words ? "" : digestOf(words)].filter(Boolean).join("-");
}

const sentenceValue = (report, state, field) => valueLabel(report, state.pattern, field, state[field]);

// The state in words, for the heading of the print and of files: "64 B, round trip, two cores, one last-level cache".
export function describe({report, state}, {size = true} = {}) {
  const shown = axesOf(report, state.pattern)
                    .filter(
                        ({field, always, values}) => (always || values.length > 1) && state[field] !== "",
                    );
  return [
    size ? formatSize(state.size) : null,
    metricOf(state.pattern).name,
    ...shown.map(({field}) => sentenceValue(report, state, field)),
    state.wait ? `${seriesOf(report).word}: ${state.wait}` : null,
    state.needs.length > 0 ? `needs: ${state.needs.join(", ")}` : null,
    state.per_second !== null ? `${state.per_second} a second` : null,
    state.burn !== "" ? `at most ${state.burn} ${state.burn === "1" ? "CPU" : "CPUs"} busy` : null,
  ].filter(Boolean)
      .join(", ");
}
