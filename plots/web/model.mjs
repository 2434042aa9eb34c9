// Reports as the page uses them, and the cells that a state selects. Pure functions.
import {metricOf, PATTERNS} from "./metrics.mjs";
import {meets} from "./needs.mjs";

// Axes that the page treats on its own: a chart shows all ways of waiting and all sizes.
const OWN_AXES = new Set(["wait"]);

function valuesOf(column, count) {
  if (column.words) return column.at.map((index) => column.words[index]);
  return column.each ?? Array(count).fill(column.all);
}

// Cells as records from cells in columns (plots/columns.hpp).
export function recordsOf({count, columns}) {
  const fields = Object.entries(columns).map(([field, column]) => [field, valuesOf(column, count)]);
  return Array.from({length: count}, (_, index) => {
    const record = {};
    for (const [field, values] of fields) record[field] = values[index];
    return record;
  });
}

function describedCells(report) {
  const cells = Array.isArray(report.cells) ? report.cells : recordsOf(report.cells);
  const floors = new Set(report.mechanisms.filter(({floor}) => floor).map(({name}) => name));
  cells.forEach((cell, index) => Object.assign(cell, {index, floor: floors.has(cell.mechanism), tied: []}));
  for (const cell of cells) {
    for (const later of cell.ties ?? []) {
      cell.tied.push(cells[later]);
      cells[later].tied.push(cell);
    }
  }
  return cells;
}

// The data of the page (chart_data.hpp) as reports with a record per cell. Cells get `index`, `floor`, and `tied`, the
// cells that cannot be told from them.
export const decode = ({reports}) => reports.map((report) => {
  let cells = null;  // read when they are asked for: a page may have many reports
  return {
    ...report,
    get cells() {
      cells ??= describedCells(report);
      return cells;
    },
  };
});

const CLASSES_PER_OCTAVE = 16;

// The pooled histogram of a cell: [{low, high, count}] in ns, ascending, without gaps; empty if it was not timed.
export function histogramOf({histogram}) {
  if (!histogram) return [];
  const [first, counts] = histogram.split(":");
  return counts.split(",").map((count, index) => ({
                                 low: 2 ** ((Number(first) + index) / CLASSES_PER_OCTAVE),
                                 high: 2 ** ((Number(first) + index + 1) / CLASSES_PER_OCTAVE),
                                 count: count === "" ? 0 : parseInt(count, 36),
                               }));
}

const STEPS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

// The time per message in ns in each part of each launch of a cell (plots/course.hpp): [[ns or null]]; empty if there
// are none.
export function courseOf({course}) {
  if (!course) return [];
  const [low, high, launches] = course.split(":");
  const timeAt = (step) => Number(low) * (high / low) ** (step / (STEPS.length - 1));
  return launches.split(",").map(
      (parts) => [...parts].map((part) => (STEPS.includes(part) ? timeAt(STEPS.indexOf(part)) : null)));
}

// The pooled quantiles of a cell: [{share, value}] in ns, ascending, as far as ten samples lie beyond.
export const quantilesOf = (report, {quantiles_ns: values}) =>
    (values ?? [])
        .map((value, index) => ({share: report.quantile_shares[index], value}))
        .filter(({value}) => value !== null);

export const patternsOf = (report) => {
  const measured = new Set(report.cells.map(({pattern}) => pattern));
  return [...new Set([...Object.keys(PATTERNS), ...measured])].filter((pattern) => measured.has(pattern));
};

// What a chart draws a mark for in each row: a way of waiting. A page of several machines draws one for each of them,
// and calls them by `series` of its report: the word before the choice, and what choosing none of them is called.
const WAYS = {
  word: "waiting",
  all: "in any way"
};
export const seriesOf = (report) => report.series ?? WAYS;

// The axes of a pattern that the sentence offers: [{field, label, always, usual, values: [{value, label}]}].
export function axesOf(report, pattern) {
  const axes = Object.hasOwn(report.axes, pattern) ? report.axes[pattern] : NO_AXES;
  if (!offered.has(axes)) offered.set(axes, axes.filter(({field}) => !OWN_AXES.has(field)));
  return offered.get(axes);
}
const NO_AXES = [];
const offered = new WeakMap();  // asked for once a cell

export const valueLabel = (report, pattern, field, value) => {
  const axes = Object.hasOwn(report.axes, pattern) ? report.axes[pattern] : [];
  const axis = axes.find((each) => each.field === field);
  return axis?.values.find((each) => each.value === value)?.label ?? value;
};

// Every mechanism of a report: [{name, kind, floor, made_of}]. Described ones come in the report's order, then the
// others by name.
export function mechanismsOf(report) {
  const described = new Set(report.mechanisms.map(({name}) => name));
  const others =
      [...new Set(report.cells.map(({mechanism}) => mechanism))].filter((name) => !described.has(name)).sort();
  return [...report.mechanisms, ...others.map((name) => ({name, kind: "", floor: false, made_of: ""}))];
}

// A cell's or a row's mechanism with its settings: "pipe (pipe_bytes=4096)".
export const nameOf = ({mechanism, parameters}) => (parameters ? `${mechanism} (${parameters})` : mechanism);

const byNumber = (a, b) => a - b;
export const sizesOf = (cells) => [...new Set(cells.map(({size_bytes}) => size_bytes))].sort(byNumber);

// How many CPUs a cell's ends may keep busy without more than measurement error beyond a whole number.
const BUSY_TOLERANCE = 0.1;

// Whether ends that wait like this may be used if `burn` CPUs may be kept busy ("": any number). Ends that sleep are
// allowed always: they leave their CPU whenever there is nothing to do.
export const mayBurn = (cell, burn, sleeps) =>
    burn === "" || sleeps(cell.wait) || cell.cpus_busy <= Number(burn) + BUSY_TOLERANCE;

// Whether the cell's pattern and axes are the state's. `except`: fields that may differ.
export const matches = (report, state, cell, except = []) => cell.pattern === state.pattern &&
    axesOf(report, state.pattern).every(({field}) => except.includes(field) || cell[field] === state[field]);

// Why a mechanism is not shown though it was measured: the first need it lacks, or null. Needs that the report cannot
// answer exclude nothing; the answer says so.
export const lacks = (report, mechanism, {needs, size}) =>
    needs.find((need) => meets(report, mechanism, need, size) === false) ?? null;

// What charts draw: cells of the state's pattern and axes, all sizes, without floors; `here` are those of the state's
// size. `excluded`: mechanisms that lack a need: [{mechanism, need}].
export function viewOf(reports, state) {
  const report = reports[state.report];
  const measured = report.cells.filter((cell) => matches(report, state, cell));
  const compared = measured.filter(({floor}) => !floor);
  const names = [...new Set(compared.map(({mechanism}) => mechanism))];
  const lacking = new Map();
  for (const name of names) {
    const need = lacks(report, name, state);
    if (need !== null) lacking.set(name, need);
  }
  const cells = compared.filter(
      ({mechanism, wait}) => !lacking.has(mechanism) && (state.wait === "" || wait === state.wait),
  );
  return {
    reports,
    report,
    state,
    metric: metricOf(state.pattern, state.size),
    cells,
    here: cells.filter(({size_bytes}) => size_bytes === state.size),
    floors: measured.filter(({floor}) => floor),
    sizes: sizesOf(compared),
    excluded: [...lacking].map(([mechanism, need]) => ({mechanism, need})),
  };
}
