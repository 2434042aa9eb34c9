// The list of machines: facts, a filter, and the choice of those to compare.
import {byId, show} from "../dom.mjs";
import {save, toCsv} from "../downloads.mjs";
import {plural} from "../format.mjs";
import {el} from "../svg.mjs";

import {compareAddress} from "./compare.mjs";
import {MOST, refusal} from "./merge.mjs";
import {trendAddress} from "./trends.mjs";

const COLUMNS = [
  ["machine", "name"], ["architecture", "architecture"], ["processor", "cpu"], ["product", "product"],
  ["kernel", "kernel"], ["newest", "started"], ["profile", "profile"], ["program", "version"], ["sessions", "sessions"]
];
const textOf = (machine) => COLUMNS.map(([, field]) => machine[field]).join(" ").toLowerCase();

// Every word of the text occurs in a machine's facts.
export const filtered = (machines, text) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return machines.filter((machine) => words.every((word) => textOf(machine).includes(word)));
};

function row(machine, chosen) {
  const link = machine.page ? el("a", {href: machine.page}, machine.name) : machine.name;
  return el(
      "tr", {}, el("td", {}, el("input", {
                     type: "checkbox",
                     name: "chosen",
                     value: machine.digest,
                     checked: chosen.has(machine.digest),
                     disabled: machine.page === "",
                     "aria-label": `Compare ${machine.name}`
                   })),
      el("th", {scope: "row"}, link, !machine.complete && " (incomplete)", machine.page === "" && " (no report)"),
      COLUMNS.slice(1).map(([, field]) => el("td", {}, String(machine[field]))),
      el("td", {}, machine.report && el("a", {href: machine.report}, "report")),
      el("td", {},
         machine.trend &&
             el("a", {href: trendAddress(machine)},
                `${plural(machine.changes, "change")}${machine.alarms ? " !" : ""}`)));
}

const table = (machines, chosen) =>
    el("table", {},
       el("thead", {},
          el("tr", {}, el("th", {}, ""), COLUMNS.map(([title]) => el("th", {scope: "col"}, title)),
             el("th", {scope: "col"}, "report"), el("th", {scope: "col"}, "trend"))),
       el("tbody", {}, machines.map((machine) => row(machine, chosen))));

const csv = (machines) => toCsv({
  head: [...COLUMNS.map(([title]) => title), "digest", "report"],
  rows: machines.map(
      (machine) => [...COLUMNS.map(([, field]) => String(machine[field])), machine.digest, machine.report]),
});

export function showMachines(machines) {
  const chosen = new Set();
  const wanted = new URLSearchParams(window.location.hash.slice(1)).get("filter") ?? "";
  byId("heading").textContent = "Machines";
  byId("origin").textContent = `${
      plural(machines.length, "entry", "entries")}: each machine under each series of kernels, with its newest report`;
  show(
      byId("sections"),
      el("p", {class: "tools"},
         el("input", {id: "filter", type: "search", value: wanted, placeholder: "filter", "aria-label": "Filter"}),
         el("button", {type: "button", id: "machines-csv"}, "CSV"), el("a", {id: "compare"}, ""),
         el("span", {id: "why", class: "hint"}, "")),
      el("div", {class: "scroll", id: "list"}));
  const filter = /** @type {HTMLInputElement} */ (byId("filter"));
  const shown = () => filtered(machines, filter.value);
  const showChoice = () => {
    const list = machines.filter(({digest}) => chosen.has(digest));
    const reason = refusal(list);
    byId("compare").textContent = reason === null ? `Compare ${list.map(({name}) => name).join(", ")}` : "";
    reason === null                               ? byId("compare").setAttribute("href", compareAddress(list)) :
                                                    byId("compare").removeAttribute("href");
    byId("why").textContent = reason ?? "";
  };
  const draw = () => show(byId("list"), table(shown(), chosen));
  filter.addEventListener("input", () => {
    window.history.replaceState(null, "", filter.value ? `#${new URLSearchParams({filter: filter.value})}` : "#");
    draw();
  });
  byId("machines-csv")
      .addEventListener("click", () => save(new Blob([csv(shown())], {type: "text/csv"}), "machines.csv"));
  byId("list").addEventListener("change", ({target}) => {
    if (!(target instanceof HTMLInputElement)) return;
    target.checked ? chosen.add(target.value) : chosen.delete(target.value);
    if (chosen.size > MOST) {
      chosen.delete(target.value);
      target.checked = false;
    }
    showChoice();
  });
  draw();
  showChoice();
  byId("sections").removeAttribute("aria-busy");
}
