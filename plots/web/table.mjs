// Tables as trees of svg.mjs in HTML, and the table of all measured cells.
import {EVIDENCE} from "./evidence.mjs";
import {formatDuration, formatShare, formatSize, plural} from "./format.mjs";
import {metricOf} from "./metrics.mjs";
import {axesOf} from "./model.mjs";
import {el} from "./svg.mjs";

const LONG_TITLE = 24;  // characters
const isLong = (title) => (typeof title === "string" ? title : title.children.join("")).length > LONG_TITLE;

// {head: [text or trees], rows: [[text]]}: the first column names the row and stays in sight.
export const tableTree = ({head, rows}, caption) => el(
    "div",
    {class: "scroll", tabindex: 0, role: "region", "aria-label": caption},
    el(
        "table",
        {},
        el("thead", {},
           el("tr", {}, head.map((text) => el("th", {scope: "col", class: isLong(text) ? "long" : null}, text)))),
        el("tbody", {},
           rows.map(
               ([name, ...cells]) =>
                   el("tr", {}, el("th", {scope: "row"}, name), cells.map((text) => el("td", {}, text))))),
        ),
);

const inInterval = (name) => (cell, metric) => {
  const number = metric.of(cell);
  return number && number.confidence > 0 ? number[name] : null;
};

// id: in the address; key(cell, metric): what is sorted by, null where there is nothing; text: what is shown.
const COLUMNS = [
  {id: "mechanism", title: "mechanism", key: ({mechanism}) => mechanism, text: ({mechanism}) => mechanism},
  {id: "size", title: "size", key: ({size_bytes}) => size_bytes, text: ({size_bytes}) => formatSize(size_bytes)},
  {id: "wait", title: "waiting", key: ({wait}) => wait, text: ({wait}) => wait},
  {id: "settings", title: "settings", key: ({parameters}) => parameters, text: ({parameters}) => parameters},
  {
    id: "value",
    title: (metric) => metric.title,
    key: (cell, metric) => metric.of(cell)?.value ?? null,
    text: (cell, metric) => (metric.of(cell) ? metric.format(metric.of(cell).value) : "")
  },
  ...["low", "high"].map(
      (name) => ({
        id: name,
        title: name === "low" ? "interval from" : "to",
        key: inInterval(name),
        text: (cell, metric) =>
            (inInterval(name)(cell, metric) === null ? "" : metric.format(inInterval(name)(cell, metric))),
      })),
  {
    id: "confidence",
    title: "confidence",
    key: inInterval("confidence"),
    text: (cell, metric) =>
        (inInterval("confidence")(cell, metric) === null ? "" : formatShare(inInterval("confidence")(cell, metric)))
  },
  ...EVIDENCE.map(({title, text, field}) => ({
                    id: field,
                    title,
                    text,
                    key: (cell) => (typeof cell[field] === "boolean" ? Number(cell[field]) : (cell[field] ?? null))
                  })),
];

function compare(a, b) {
  if (a === null || b === null)
    return Number(a === null) - Number(b === null);  // what is missing comes last, in either order
  return typeof a === "string" ? a.localeCompare(b, "en") : a - b;
}

// Cells in the order of a column ("-" before its id: descending); by default by size, then best first.
export function sortCells(cells, state) {
  const metricFor = ({size_bytes}) => metricOf(state.pattern, size_bytes);
  const [descending, id] = state.sort.startsWith("-") ? [true, state.sort.slice(1)] : [false, state.sort];
  const column = COLUMNS.find((each) => each.id === id);
  const value = COLUMNS.find((each) => each.id === "value").key;
  const bestFirst = (a, b) => {
    const order = compare(value(a, metricFor(a)), value(b, metricFor(b)));
    return metricFor(a).better === "less" || value(a, metricFor(a)) === null || value(b, metricFor(b)) === null ?
        order :
        -order;
  };
  const usual = (a, b) => a.size_bytes - b.size_bytes || bestFirst(a, b) || a.index - b.index;
  if (!column) return [...cells].sort(usual);
  const keyed = cells.map((cell) => ({cell, key: column.key(cell, metricFor(cell))}));
  const order = (a, b) =>
      (descending && a.key !== null && b.key !== null ? -compare(a.key, b.key) : compare(a.key, b.key));
  return keyed.sort((a, b) => order(a, b) || usual(a.cell, b.cell)).map(({cell}) => cell);
}

// The columns that fit on a sheet of paper, and what of them does.
const PRINTED = [
  "mechanism", "size", "wait", "settings", "value", "low", "high", "launches", "spread_between", "p99_ns", "cpus_busy",
  "producer_cpu_ns", "consumer_cpu_ns"
];
const printed = (column) =>
    (column.id === "p99_ns" ? {...column, text: ({p99_ns: ns}) => (ns === null ? "" : formatDuration(ns))} : column);

// {head: [{id, text}], rows: [[text]]} without columns that are empty throughout.
export function cellTable(cells, state, onPaper = false) {
  const columns = onPaper ? COLUMNS.filter(({id}) => PRINTED.includes(id)).map(printed) : COLUMNS;
  const rows = sortCells(cells, state)
                   .map((cell) => columns.map(({text}) => text(cell, metricOf(state.pattern, cell.size_bytes))));
  const used = columns.map((_, column) => column === 0 || rows.some((row) => row[column] !== ""));
  const metric = metricOf(state.pattern);
  const head = columns.map(({id, title}) => ({id, text: typeof title === "string" ? title : title(metric)}));
  return {
    head: head.filter((_, column) => used[column]),
    rows: rows.map((row) => row.filter((_, column) => used[column]))
  };
}

// Every measured cell of the state's pattern that differs in nothing but what the table has a column of.
const cellsOf = ({report, state}, all) => report.cells.filter(
    (cell) => cell.pattern === state.pattern && (state.wait === "" || cell.wait === state.wait) &&
        axesOf(report, state.pattern)
            .every(({field}) => field === "parameters" || state[field] === undefined || cell[field] === state[field]) &&
        (all || cell.size_bytes === state.size),
);

export function tableBody(view, frame, link) {
  const {state} = view;
  const onPaper = frame.theme === "print";
  const all = state.rows === "all" || onPaper;
  const cells = cellsOf(view, all);
  const {head, rows} = cellTable(cells, state, onPaper);
  const next = (id) => (state.sort === id ? `-${id}` : id);
  const arrow = (id) => (state.sort === id ? " ▲" : state.sort === `-${id}` ? " ▼" : "");
  const heads =
      head.map(({id, text}) => el("a", {href: link({sort: next(id)}), id: `sort-${id}`}, `${text}${arrow(id)}`));
  return [
    el(
        "p",
        {class: "hint"},
        `${plural(cells.length, "cell")}, floors and all settings among them. `,
        !onPaper && "A title sorts. ",
        !onPaper &&
            el("a", {href: link({rows: all ? "size" : "all"}), id: "rows-all"}, all ? "Only this size" : "All sizes"),
        ),
    tableTree({head: heads, rows}, "All cells"),
  ];
}
