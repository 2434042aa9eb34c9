// Two reports or more: what changed, in words. Trees of svg.mjs in HTML.
import {comparisonsOf, pairOf, verdictOf} from "./comparisons.mjs";
import {plural} from "./format.mjs";
import {coded, el, folded} from "./svg.mjs";

const classOf = (verdict) => ({1: "worse", "-1": "better", 0: ""})[verdictOf(verdict).way];

// "▲ 3 slower": a word for each verdict that occurs, worst first.
const counts = (cells) => el(
    "ul",
    {class: "verdicts", "aria-label": "Verdicts on the cells"},
    Object.entries(cells)
        .filter(([, number]) => number > 0)
        .map(([verdict,
               number]) => el("li", {class: classOf(verdict)}, `${verdictOf(verdict).sign} ${number} ${verdict}`)),
);

// A long text shows its beginning; a click unfolds it. A kernel's command line or the reasons of thirty reports would
// push everything else off the screen.
const LONG_TEXT = 240;  // characters
export const unfoldable = (text) =>
    (text.length <= LONG_TEXT ? text : folded(`${text.slice(0, text.lastIndexOf(" ", LONG_TEXT / 2))} …`, false, text));

const MOST_LISTED = 40;
const listed = (title, lines, open = false) => lines.length > 0 &&
    folded(`${title} (${lines.length})`, open,
           el("ul", {}, lines.slice(0, MOST_LISTED).map((line) => el("li", {}, unfoldable(line))),
              lines.length > MOST_LISTED && el("li", {}, `and ${lines.length - MOST_LISTED} more`)));

function compared(pair) {
  const heading = el("h3", {}, `${pair.new} against ${pair.base}`);
  if (pair.error) return [heading, el("div", {class: "empty"}, unfoldable(`They cannot be compared: ${pair.error}`))];
  return [
    heading,
    el("p", {}, coded(pair.headline)),
    counts(pair.cells),
    pair.why_informational && !pair.headline.includes(pair.why_informational) &&
        el("p", {class: "hint"}, coded(pair.why_informational)),
    listed("Facts that differ", pair.differing, pair.differing.length <= 5),
    listed("Reports left out", pair.left_out.map(({origin, reason}) => `${origin}: ${reason}`), true),
    listed(
        "Cells of one side only, or not comparable",
        pair.absences.map(({cell, verdict, reason}) => `${verdict}: ${cell}: ${reason}`)),
  ];
}

const HOW =
    "Give `ipcbench plot` two reports or more: `ipcbench plot before.json after.json`. Sessions of one host, three or more, show a trend too.";

export function compareBody(view) {
  const all = comparisonsOf(view.reports);
  if (all === null) return [el("p", {class: "empty"}, coded(`This page has one report. ${HOW}`))];
  const several = all.pairs.length > 1 &&
      el("p", {class: "hint"},
         `${plural(all.pairs.length, "report")} against ${
             all.pairs[0].base}; the report of the sentence above is the one described here.`);
  return [several, compared(pairOf(view)), all.latest && compared(all.latest)];
}
