// The controls: a select for each choice, a check box for each mechanism.
import { byId, element, swatch } from "./dom.mjs";
import { byKind } from "./kinds.mjs";
import { AGAINST_SIZE, titleOf } from "./metrics.mjs";
import { choices, metricsOf } from "./model.mjs";

function chooser(name, label, options, chosen, onChange) {
  const select = element("select", { name });
  for (const { value, text } of options) {
    select.append(element("option", { value, selected: value === chosen }, text));
  }
  select.addEventListener("change", () => onChange(options[select.selectedIndex].value));
  return element("label", {}, label, select);
}

// A value without measurements at the other choices can still be chosen: the others then give way.
function describeCount(mechanisms) {
  if (mechanisms === 0) return "only with other choices";
  return mechanisms === 1 ? "1 mechanism" : `${mechanisms} mechanisms`;
}

function axisChooser({ axis, options }, state, change) {
  const texts = options.map(({ value, label, mechanisms }) => ({
    value,
    text: `${label}: ${describeCount(mechanisms)}`,
  }));
  return chooser(axis.field, axis.label, texts, state[axis.field], (value) =>
    change({ [axis.field]: value }),
  );
}

function intervalSwitch(state, change) {
  const box = element("input", { type: "checkbox", name: "intervals", checked: state.intervals });
  box.addEventListener("change", () => change({ intervals: box.checked }));
  return element("label", { class: "check" }, box, "Show intervals");
}

// Calls change(part of a state) with the reader's choice. The control that had the focus keeps it.
export function showChoosers(reports, report, state, change) {
  const focused = document.activeElement?.name;
  const made = [];
  if (reports.length > 1) {
    const names = reports.map(({ name, host, date }, index) => ({
      value: String(index),
      text: `${name} (${host}, ${date})`,
    }));
    made.push(
      chooser("report", "Report", names, String(state.report), (value) => change({ report: Number(value) })),
    );
  }
  const metrics = metricsOf(report).map((metric) => ({
    value: metric.id,
    text: metric.against === AGAINST_SIZE ? metric.title : titleOf(metric),
  }));
  made.push(chooser("metric", "Chart", metrics, state.metric, (metric) => change({ metric })));
  for (const choice of choices(report, state)) {
    if (choice.options.length > 1 || choice.axis.always) made.push(axisChooser(choice, state, change));
  }
  made.push(intervalSwitch(state, change));
  const form = byId("choosers");
  form.replaceChildren(...made);
  if (focused) form.elements[focused]?.focus();
}

function legendItem({ mechanism, floor }, palette, shown, { toggle, point }) {
  const box = element("input", {
    type: "checkbox",
    name: "mechanism",
    value: mechanism,
    checked: shown.has(mechanism),
  });
  box.addEventListener("change", () => toggle(mechanism, box.checked));
  const label = element(
    "label",
    { class: floor ? "floor" : null },
    box,
    swatch(palette(mechanism)),
    mechanism,
  );
  label.addEventListener("mouseenter", () => point(mechanism));
  // Only the keyboard's focus: after a click, the other lines would stay pale until the next one.
  label.addEventListener("focusin", () => box.matches(":focus-visible") && point(mechanism));
  for (const event of ["mouseleave", "focusout"]) label.addEventListener(event, () => point(null));
  return label;
}

// One check box per series, by kind. Calls toggle(mechanism, shown) on a change, and point(mechanism or null)
// when the mouse or the keyboard's focus comes or goes. shown: the set of the names that are switched on.
export function showLegend(series, palette, shown, actions) {
  const focused = document.activeElement?.name === "mechanism" ? document.activeElement.value : null;
  const groups = byKind(series);
  const items = groups.map(({ kind, members }) =>
    element(
      "div",
      { role: "group", "aria-label": kind || "Others" },
      // Reports of older programs give all mechanisms one unnamed kind.
      ...(kind || groups.length > 1 ? [element("span", { class: "kind" }, kind || "Others")] : []),
      ...members.map((each) => legendItem(each, palette, shown, actions)),
    ),
  );
  byId("legend-items").replaceChildren(...items);
  if (focused !== null)
    [...byId("legend-items").querySelectorAll("input")].find(({ value }) => value === focused)?.focus();
}

const filterText = () => byId("filter").value.trim().toLowerCase();
export const passesFilter = (mechanism) => mechanism.toLowerCase().includes(filterText());

// Hides the mechanisms whose names lack the filter's text from the list. The chart stays as it is.
export function filterLegend() {
  for (const group of byId("legend-items").children) {
    const labels = [...group.querySelectorAll("label")];
    for (const label of labels) label.hidden = !passesFilter(label.querySelector("input").value);
    group.hidden = labels.every(({ hidden }) => hidden);
  }
}
