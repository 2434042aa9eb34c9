// What several reports say of each other (plots/comparison_data.hpp): every verdict comes from there.
import {recordsOf} from "./model.mjs";

const decoded = new WeakMap();
const once = (columns) => {
  if (!decoded.has(columns)) decoded.set(columns, recordsOf(columns));
  return decoded.get(columns);
};

export const comparisonsOf = (reports) => reports[0]?.comparisons ?? null;
export const findingsOf = (compared) => (compared?.findings ? once(compared.findings) : []);
export const trendsOf = (trend) => once(trend.trends);

// The comparison that the state shows: of its report with the first one; while the first is shown, of the second.
export function pairOf({reports, state}) {
  const pairs = comparisonsOf(reports)?.pairs ?? [];
  return pairs[Math.max(0, state.report - 1)] ?? null;
}

export const reportNamed = (reports, name) => reports.find((report) => report.name === name) ?? null;

// Verdicts, worst first, each with a sign, so that none is known by its colour alone. way: 1 slower, -1 faster.
export const VERDICTS = {
  regressed: {sign: "▲", way: 1},
  slower: {sign: "▲", way: 1},
  improved: {sign: "▼", way: -1},
  faster: {sign: "▼", way: -1},
  unchanged: {sign: "=", way: 0},
  inconclusive: {sign: "~", way: 0},
  unguarded: {sign: "~", way: 0},
  missing: {sign: "−", way: 0},
  new: {sign: "+", way: 0},
  invalid: {sign: "!", way: 0},
  incomparable: {sign: "≠", way: 0},
};
const UNKNOWN = {
  sign: "?",
  way: 0
};
export const verdictOf = (name) => (Object.hasOwn(VERDICTS, name) ? VERDICTS[name] : UNKNOWN);

// The colour of a verdict's mark.
export const inkOf = ({better, worse, muted}, verdict) => ({1: worse, "-1": better, 0: muted})[verdictOf(verdict).way];

// The change of a time as text: "+12 %", "−3.4 %", "2.1×".
export function formatChange(ratio) {
  if (!(ratio > 0)) return "";
  if (ratio >= 2) return `${ratio.toFixed(ratio < 10 ? 1 : 0)}×`;
  const percent = (ratio - 1) * 100;
  const digits = Math.abs(percent) < 9.95 ? 1 : 0;
  const text = Math.abs(percent).toFixed(digits);
  return Number(text) === 0 ? `${text} %` : `${percent < 0 ? "−" : "+"}${text} %`;
}

export const isChange = ({verdict}) => verdictOf(verdict).way !== 0;
