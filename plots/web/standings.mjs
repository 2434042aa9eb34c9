// All mechanisms side by side: round trips at four sizes with the CPUs kept busy, what setting up takes, guarantees.
// Trees of svg.mjs in HTML.
import {matches} from "./model.mjs";
import {el, folded} from "./svg.mjs";
import {tableTree} from "./table.mjs";

const HINT =
    "Medians; in brackets, how many CPUs both ends kept busy. Times best: how many times as long as the best at each size, as a geometric mean. Ready after: from creating the objects until the first message was there. Sorted by the sizes that were measured, then by times best.";

// The tables whose cells have the choices of the state, in every way of waiting that it shows.
export const standingsOf = ({report, state}) => (report.standings ?? []).filter(({cell: index}) => {
  const cell = report.cells[index];
  return matches(report, {...state, pattern: "latency"}, cell, ["parameters"]) &&
      (state.wait === "" || cell.wait === state.wait);
});

export function standingsBody(view) {
  const tables = standingsOf(view);
  if (tables.length === 0) return [];
  return [folded(
      "All mechanisms at four sizes, with CPUs, setting up and guarantees", false,
      tables.map(({title, head, rows}) => [el("h3", {}, title), tableTree({head, rows}, title)]),
      el("p", {class: "hint"}, HINT))];
}
