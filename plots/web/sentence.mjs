// The sentence of state: every underlined word is a control. A tree of svg.mjs in HTML.
import {capital, formatSize} from "./format.mjs";
import {metricOf} from "./metrics.mjs";
import {axesOf, matches, mechanismsOf, patternsOf, seriesOf, sizesOf} from "./model.mjs";
import {needsOf} from "./needs.mjs";
import {el} from "./svg.mjs";
import {lookOf, sortWaits} from "./themes.mjs";

const choose = (name, title, options, chosen) => el(
    "select",
    {id: `state-${name}`, name, "aria-label": title},
    options.map(({value, label}) => el("option", {value, selected: String(value) === String(chosen)}, label)),
);

// The values of an axis; those that the other choices exclude say so, since choosing one changes the others.
function axisOptions(report, state, {field, values}) {
  const measured =
      new Set(report.cells.filter((cell) => matches(report, state, cell, [field])).map((cell) => cell[field]));
  return values.map(
      ({value, label}) => ({value, label: measured.has(value) ? label : `${label} (only with other choices)`}));
}

const WORDS = {
  cpus: "placed:",
  peers: "between ends that are",
  parameters: "with settings",
  payload: "payload",
  waiting: "waiting",
  policy: "scheduled",
  memory: "memory",
  idle: "after",
  watched: "beside",
  pairs: "as",
  chain: "going",
  links: "over"
};
const SHOWN_FIRST = ["peers", "cpus"];

function axisControls(report, state, shown) {
  return shown.map(
      (axis) =>
          [`${axis.field === "peers" ? " " : ", "}${WORDS[axis.field] ?? axis.label.toLowerCase()} `,
           choose(axis.field, axis.label, axisOptions(report, state, axis), state[axis.field]),
  ]);
}

const offered = (report, state) => axesOf(report, state.pattern)
                                       .filter(
                                           ({field, always, values}) => field !== "parameters" &&
                                               (values.length > 1 || (always && values.length > 0)));

function needsControl(report, state) {
  const chosen =
      state.needs.length === 0 ? "nothing special" : state.needs.map((need) => need.replaceAll("-", " ")).join(", ");
  return el(
      "details",
      {class: "needs", id: "state-needs"},
      el("summary", {}, chosen),
      el(
          "div",
          {class: "menu"},
          needsOf(report).map(
              ({name, words}) =>
                  el("label", {}, el("input", {
                       type: "checkbox",
                       id: `state-need-${name}`,
                       name: "needs",
                       value: name,
                       checked: state.needs.includes(name)
                     }),
                     ` ${words}`),
              ),
          !report.guarantees &&
              el("p", {},
                 "This report does not say which mechanism guarantees what, so needs exclude nothing. `ipcbench probe` lists guarantees."),
          ),
  );
}

// Those that the pattern was measured of, or that were probed.
function mechanismOptions(report, state) {
  const measured = new Set(
      report.cells.filter(({pattern, floor}) => pattern === state.pattern && !floor).map(({mechanism}) => mechanism));
  const probed = report.guarantees?.mechanisms ?? {};
  const names = mechanismsOf(report).map(({name}) => name);
  return [
    {value: "", label: "all mechanisms"},
    ...names.filter((name) => measured.has(name) || Object.hasOwn(probed, name))
        .map((name) => ({value: name, label: name}))
  ];
}

export function sentence(reports, view) {
  const {report, state} = view;
  const patterns = patternsOf(report).map((value) => ({value, label: metricOf(value).name}));
  const sizes = sizesOf(report.cells.filter((cell) => !cell.floor && matches(report, state, cell)));
  const waits = sortWaits(report.cells.filter(({pattern}) => pattern === state.pattern).map(({wait}) => wait));
  const axes = offered(report, state);
  const first = SHOWN_FIRST.flatMap((field) => axes.filter((axis) => axis.field === field));
  const rest = axes.filter(({field}) => !SHOWN_FIRST.includes(field));
  return [
    reports.length > 1 &&
        [
          "In ",
          choose(
              "report", "Report",
              reports.map(({name, host, date}, value) => ({value, label: `${name} (${host}, ${date})`})), state.report),
          ", "
        ],
    "I send ",
    choose(
        "size", "Message size",
        (sizes.length > 0 ? sizes : [state.size]).map((value) => ({value, label: formatSize(value)})), state.size),
    ", ",
    choose(
        "pattern", "Pattern",
        patterns.length > 0 ? patterns : [{value: state.pattern, label: metricOf(state.pattern).name}], state.pattern),
    axisControls(report, state, first),
    `, ${seriesOf(report).word} `,
    choose(
        "wait", capital(seriesOf(report).word),
        [{value: "", label: seriesOf(report).all}, ...waits.map((value) => ({value, label: lookOf(value).word}))],
        state.wait),
    axisControls(report, state, rest),
    ", and need ",
    needsControl(report, state),
    "; I send ",
    el("input", {
      id: "state-per_second",
      name: "per_second",
      type: "number",
      min: 1,
      step: "any",
      value: state.per_second,
      placeholder: "any number",
      "aria-label": "Messages a second"
    }),
    " a second and may keep ",
    choose(
        "burn", "CPUs that may be kept busy",
        [["", "any number of CPUs"], ["0", "no CPU"], ["1", "1 CPU"], ["2", "2 CPUs"]].map(
            ([value, label]) => ({value, label})),
        state.burn),
    " busy. Look at ",
    choose("mechanism", "Mechanism to look at", mechanismOptions(report, state), state.mechanism),
    ".",
  ];
}
