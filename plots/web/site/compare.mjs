// Two to four machines at the same placement, waiting and kernel series: the page's sections 2 to 5, and a table of
// all.
import {byId, show, toDom} from "../dom.mjs";
import {save, toCsv} from "../downloads.mjs";
import {formatRatio} from "../format.mjs";
import {decode, nameOf} from "../model.mjs";
import {start} from "../report_page.mjs";
import {SECTIONS} from "../sections.mjs";
import {readHash} from "../state.mjs";
import {el, folded} from "../svg.mjs";

import {loadPage} from "./load.mjs";
import {differingFacts, labelsOf, merge, MOST, refusal, sideBySide} from "./merge.mjs";

const SHOWN = ["ranking", "price", "heat", "curves"];

export const wantedMachines = (hash, machines) =>
    (readHash(hash).machines ?? "")
        .split(",")
        .map((start) => (start.length >= 8 ? machines.find(({digest}) => digest.startsWith(start)) : undefined))
        .filter(Boolean);

const DIGITS = 16;  // of a digest in an address
export const compareAddress = (machines) =>
    `compare.html#machines=${machines.map(({digest}) => digest.slice(0, DIGITS)).join(",")}`;

// The same choices on a machine's own page.
function pageState(state) {
  const {waiting, machines, wait, report, needs, ...rest} = state;
  const fields = {...rest, wait: waiting};
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== "" && value !== null)).toString();
}

const numbersOf = ({here, metric}, labels) => sideBySide(here, labels, metric);

function tableOf(view, machines, labels) {
  const {metric, state} = view;
  const linked = (cell, index) =>
      el("a", {href: `${machines[index].page}#${pageState(state)}`, title: "The page of this machine's report"},
         metric.format(metric.of(cell).value));
  const compared = (against) => against === null ? "" :
                                                   ` ${formatRatio(against.ratio)}${
                                                       against.apart     ? "" :
                                                           against.known ? " alike" :
                                                                           " once"}`;
  return el(
      "table", {},
      el("thead", {}, el("tr", {}, ["mechanism", ...labels].map((text) => el("th", {scope: "col"}, text)))),
      el("tbody", {},
         numbersOf(view, labels)
             .map(
                 (row) =>
                     el("tr", {}, el("th", {scope: "row"}, nameOf(row)),
                        row.cells.map(
                            (cell, index) =>
                                el("td", {}, cell && [linked(cell, index), compared(row.against[index])]))))));
}

const csvOf = (view, labels) => ({
  head: ["mechanism", "settings", ...labels.flatMap((label) => [label, `${label} from`, `${label} to`])],
  rows: numbersOf(view, labels)
            .map(({mechanism, parameters, cells}) => [mechanism, parameters, ...cells.flatMap((cell) => {
                   if (cell === null) return ["", "", ""];
                   const {value, low, high} = view.metric.of(cell);
                   return [value, low, high].map((number) => String(number));
                 })]),
});

const sideSection = (machines, labels) => ({
  id: "side",
  title: "Side by side",
  question: "How many times as long does it take?",
  body: (view) => {
    byId("sections").dataset.csv = toCsv(csvOf(view, labels));
    return [
      el("p", {class: "hint"},
         `${view.metric.title}, against ${
             labels[0]}. alike: the intervals of 95 % meet; once: measured once, without an interval.`),
      el("div", {class: "scroll"}, tableOf(view, machines, labels)),
      el("p", {class: "tools"}, el("button", {type: "button", id: "side-csv"}, "CSV")),
    ];
  },
});

const machinesSection = (machines, reports, labels) => ({
  id: "machines",
  title: "Machines",
  question: "What are they, and in what do they differ?",
  body: () =>
      [el("ul", {},
          machines.map(
              (each, index) =>
                  el("li", {}, el("a", {href: each.page}, labels[index]),
                     ` ${[each.cpu, each.product, `Linux ${each.kernel}`, each.started].filter(Boolean).join(" · ")} `,
                     each.report && el("a", {href: each.report}, "report")))),
       folded(
           "Facts that differ", true,
           el("div", {class: "scroll"},
              el("table", {}, el("thead", {}, el("tr", {}, ["fact", ...labels].map((text) => el("th", {}, text)))),
                 el("tbody", {},
                    differingFacts(reports).map(
                        ({name, values}) => el(
                            "tr", {}, el("th", {scope: "row"}, name), values.map((value) => el("td", {}, value)))))))),
],
});

// Machines to choose from: those of the kernel series of the chosen ones come first.
function chooser(machines, chosen) {
  const series = chosen[0]?.series;
  const offered = machines.filter((each) => each.page !== "" && !chosen.includes(each))
                      .sort((a, b) => Number(b.series === series) - Number(a.series === series));
  return el(
      "p", {id: "chosen"},
      chosen.map(
          (each) =>
              [el("a", {href: compareAddress(chosen.filter((other) => other !== each)), title: "Take it out"},
                  `${each.name} ✕`),
               " "]),
      chosen.length < MOST &&
          el("select", {id: "add", "aria-label": "Add a machine"}, el("option", {value: ""}, "add a machine"),
             offered.map(
                 (each) =>
                     el("option", {value: compareAddress([...chosen, each])},
                        `${each.name}, Linux ${each.series}${
                            series && each.series !== series ? " (another kernel)" : ""}`))));
}

export async function showCompare(machines) {
  const chosen = wantedMachines(window.location.hash, machines);
  const choice = toDom(chooser(machines, chosen));
  byId("site").after(choice);
  choice.addEventListener("change", ({target}) => {
    if (target.value) window.location.href = target.value;
  });
  const reason = refusal(chosen);
  if (reason !== null) {
    byId("heading").textContent = "Machines side by side";
    show(byId("sections"), el("p", {class: "empty", id: "refusal"}, reason));
    byId("sections").removeAttribute("aria-busy");
    return;
  }
  const pages = await Promise.all(chosen.map(loadPage));
  const reports = pages.flatMap((page) => decode(page));
  const labels = labelsOf(chosen);
  byId("sections").addEventListener("click", ({target}) => {
    if (target instanceof HTMLElement && target.id === "side-csv")
      save(new Blob([byId("sections").dataset.csv], {type: "text/csv"}), "machines.csv");
  });
  start(merge(reports, labels), [
    ...SECTIONS.filter(({id}) => SHOWN.includes(id)), sideSection(chosen, labels),
    machinesSection(chosen, reports, labels)
  ]);
}
