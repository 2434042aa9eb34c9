// Machines side by side: one report for the page's own charts, in which what a row has a mark for is a machine. Pure
// functions.
import {decode} from "../model.mjs";
import {lookOf} from "../themes.mjs";

export const MOST = 4;
const LETTERS = "ABCD";
export const labelsOf = (machines) => machines.map(({name}, index) => `${LETTERS[index]} ${name}`);

// Why machines are not compared: a sentence, or null.
export function refusal(machines) {
  if (machines.length < 2) return `Choose two to ${MOST} machines.`;
  if (machines.length > MOST) return `At most ${MOST} machines stand side by side.`;
  const gone = machines.find(({page}) => page === "");
  if (gone) return `The report of ${gone.name} was not there when this site was built, so it has no figures.`;
  const [first] = machines;
  const other = machines.find(({series}) => series !== first.series);
  if (!other) return null;
  return `Not compared: ${first.name} ran Linux ${first.series}, and ${other.name} Linux ${
      other.series}. A difference between them could be the kernel's.`;
}

// The ways of waiting become an axis that is chosen, as the placement is: unlike ones are never compared.
const waitingAxis = (cells) => ({
  field: "waiting",
  label: "Waiting",
  always: true,
  usual: "block",
  values: [...new Set(cells.map(({waiting}) => waiting))].sort().map((value) => ({value, label: lookOf(value).word}))
});

const unionBy = (lists, key) => [...new Map(lists.flat().map((each) => [each[key], each])).values()];

function axesOfAll(reports, cells) {
  const axes = {};
  for (const pattern of new Set(reports.flatMap((report) => Object.keys(report.axes)))) {
    const lists = reports.map((report) => (Object.hasOwn(report.axes, pattern) ? report.axes[pattern] : []));
    const fields = unionBy(lists, "field").filter(({field}) => field !== "wait");
    axes[pattern] = fields.map(
        (axis) => ({
          ...axis,
          values: unionBy(lists.map((list) => list.find(({field}) => field === axis.field)?.values ?? []), "value"),
        }));
    axes[pattern].push(waitingAxis(cells.filter((cell) => cell.pattern === pattern)));
  }
  return axes;
}

// Ties are those within each machine; the test that found them knows no other.
function cellsOfAll(reports, labels) {
  const cells = [];
  reports.forEach((report, index) => {
    const offset = cells.length;
    for (const cell of report.cells) {
      const {tied, ties, ...rest} = cell;
      cells.push({...rest, waiting: cell.wait, wait: labels[index], ties: (ties ?? []).map((place) => place + offset)});
    }
  });
  return cells;
}

// reports: one of each machine, decoded.
export function merge(reports, labels) {
  const cells = cellsOfAll(reports, labels);
  return decode({
    reports: [{
      ...reports[0],
      name: "machines",
      host: labels.join(", "),
      kernel: "",
      cpu: "",
      date: "",
      profile: "",
      version: "",
      note: "",
      command: "",
      claims: null,
      comparisons: null,
      doubts: reports.flatMap(
          ({doubts}, index) => doubts.filter(({level}) => level !== "info")
                                   .map((doubt) => ({...doubt, what: `${labels[index]}: ${doubt.what}`}))),
      facts: [],
      skipped: [],
      failed: [],
      mechanisms: unionBy(reports.map(({mechanisms}) => mechanisms), "name"),
      axes: axesOfAll(reports, cells),
      cells,
      series: {word: "on", all: "all of these machines"},
      own_texts: ["machines"],
    }],
  });
}

// The facts that the machines do not share: [{name, values: [text of each]}].
export function differingFacts(reports) {
  const all = reports.map(({facts}) => new Map(facts.map(({name, value}) => [name, value])));
  const names = [...new Set(all.flatMap((facts) => [...facts.keys()]))].sort();
  return names.map((name) => ({name, values: all.map((facts) => facts.get(name) ?? "")}))
      .filter(({values}) => new Set(values).size > 1);
}

// A mechanism on each machine: [{mechanism, parameters, cells: [cell or null]}], and against the first machine
// "apart" (the intervals of 95 % do not meet), "alike" or null (one of them lacks it).
export function sideBySide(here, labels, metric) {
  const rows = new Map();
  for (const cell of here.filter((each) => metric.of(each) !== null)) {
    const key = JSON.stringify([cell.mechanism, cell.parameters]);
    if (!rows.has(key))
      rows.set(key, {mechanism: cell.mechanism, parameters: cell.parameters, cells: labels.map(() => null)});
    rows.get(key).cells[labels.indexOf(cell.wait)] = cell;
  }
  return [...rows.values()].map(
      (row) => ({...row, against: row.cells.map((cell) => against(row.cells[0], cell, metric))}));
}

function against(first, cell, metric) {
  if (first === null || cell === null || first === cell) return null;
  const [a, b] = [metric.of(first), metric.of(cell)];
  const known = a.confidence > 0 && b.confidence > 0;
  return {ratio: b.value / a.value, apart: known && (a.high < b.low || b.high < a.low), known};
}
