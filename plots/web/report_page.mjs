// A page of reports: one state, which is its address, and one function that shows it. start() is called once.
import {byId, show, toDom} from "./dom.mjs";
import {download, FORMATS} from "./downloads.mjs";
import {attach, makeCard} from "./interact.mjs";
import {doubtsOf, originOf} from "./machine.mjs";
import {viewOf} from "./model.mjs";
import {sentence} from "./sentence.mjs";
import {describe, fileStem, hashOf, readHash, settle} from "./state.mjs";
import {coded, el} from "./svg.mjs";
import {tableTree} from "./table.mjs";

let reports = [];
let sections = [];
const darkScheme = window.matchMedia("(prefers-color-scheme: dark)");
const card = makeCard(byId("card"));
/** @type {any} */
let state = null;
let printing = false;
const walked = new Map();  // by chart, the label of the point that the keyboard was at
/** @type {(() => void)[]} */
let waiting = [];  // sections below the first view that are still to be drawn

const PRINT_WIDTH = 700;  // pixels: A4 without margins at 96 dpi

// The frame of all charts. Asking the document for its width and font makes the browser lay it out, so that is done
// once, before anything of it changes.
function frameOf() {
  const width = printing ? PRINT_WIDTH : Math.max(280, Math.floor(byId("sections").clientWidth));
  const theme = printing ? "print" : darkScheme.matches ? "dark" : "light";
  return {width, theme, font: getComputedStyle(document.body).fontFamily};
}

// Changes the state: the address follows, and with it the page.
function change(part, kept = null) {
  state = settle(reports, {...state, ...part}, kept ?? Object.keys(part)[0]);
  window.history.pushState(null, "", hashOf(reports, state));
  draw();
}

function toolsOf(chart, name, view, frame) {
  const link =
      el("a", {href: hashOf(reports, state, {at: name}), title: "The address of this chart as it is now"}, "Link");
  const tools = toDom(
      el("p", {class: "tools"}, link,
         FORMATS.map((format) => el("button", {type: "button", id: `${name}-${format}`}, format))));
  const stem = fileStem(reports, state, name);
  tools.querySelectorAll("button").forEach(
      (button, index) =>
          button.addEventListener("click", () => download(FORMATS[index], chart, view.report, frame, stem)),
  );
  return tools;
}

// The chart's numbers, folded; made when they are unfolded.
function foldedTable(chart, name) {
  const details =
      toDom(el("details", {class: "numbers", id: `${name}-numbers`}, el("summary", {}, "The numbers as a table")));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(toDom(tableTree(chart.table, chart.title)));
  });
  return details;
}

function figureOf({name, draw: drawChart}, view, frame) {
  const chart = drawChart(view, frame);
  const caption = el("figcaption", {}, el("h3", {}, chart.title), el("p", {}, chart.subtitle));
  const figure = toDom(el("figure", {id: `chart-${name}`}, caption));
  if (chart.empty !== null) {
    figure.append(toDom(el("p", {class: "empty"}, coded(chart.empty))));
    return figure;
  }
  const drawing = toDom(
      el("div", {
        class: "drawing",
        id: `${name}-drawing`,
        tabindex: 0,
        role: "group",
        "aria-label": `${chart.title}: arrow keys walk through its points`
      },
         chart.node));
  const live = toDom(el("p", {class: "unseen", "aria-live": "polite"}));
  figure.append(drawing, live, toolsOf(chart, name, view, frame), foldedTable(chart, name));
  attach(drawing, chart, {card, live, change, start: walked.get(name), onMove: (label) => walked.set(name, label)});
  return figure;
}

function drawSection(section, view, frame) {
  const place = byId(`section-${section.id}`);
  const body =
      (section.body?.(view, frame, (part) => hashOf(reports, state, part)) ?? []).flat(Infinity).filter(Boolean);
  const heading = el("h2", {}, section.title, " ", el("span", {}, section.question));
  place.replaceChildren(
      toDom(heading), ...body.map((node) => toDom(node)),
      ...(section.charts ?? [])
          .filter(({applies}) => applies?.(view) ?? true)
          .map((chart) => figureOf(chart, view, frame)));
}

const allDrawn = () => byId("sections").removeAttribute("aria-busy");

function flush() {
  for (const job of waiting.splice(0)) job();
  allDrawn();
}

// Draws one waiting section whenever the browser has time.
function drawRest() {
  waiting.shift()?.();
  if (waiting.length > 0)
    setTimeout(drawRest, 0);
  else
    allDrawn();
}
// The sections that were drawn at once are on the screen before the others are begun.
const drawRestLater = () => requestAnimationFrame(() => setTimeout(drawRest, 0));

// The sections in sight are drawn at once, but no more than these.
const MOST_AT_ONCE = 3;
function inSight({id}) {
  const {top, bottom} = byId(`section-${id}`).getBoundingClientRect();
  return bottom >= 0 && top <= window.innerHeight;
}

const needsOpen = () => byId("state-needs")?.hasAttribute("open") ?? false;

function draw() {
  const view = viewOf(reports, state);
  const frame = frameOf();
  const first = sections.filter(inSight).slice(0, MOST_AT_ONCE);
  const {activeElement} = document;
  const focused = activeElement?.id;
  const inSections = byId("sections").contains(activeElement);
  const open = needsOpen();
  card.hide();
  document.title = `ipcbench: ${view.report.host}, ${view.report.date}`;
  byId("heading").textContent = `ipcbench on ${view.report.host}`;
  byId("origin").textContent = originOf(view.report);
  byId("print-heading").textContent = `What to use for ${describe(view)}`;
  show(byId("doubts"), doubtsOf(view.report));
  show(byId("sentence"), sentence(reports, view));
  if (open) byId("state-needs").setAttribute("open", "");
  byId("sections").setAttribute("aria-busy", "true");
  for (const section of first) drawSection(section, view, frame);
  waiting =
      sections.filter((section) => !first.includes(section)).map((section) => () => drawSection(section, view, frame));
  if (focused) {
    if (inSections || !byId(focused)) flush();
    byId(focused)?.focus({preventScroll: true});
  }
  drawRestLater();
}

const checkedNeeds = () => [...byId("sentence").querySelectorAll("input[name=needs]:checked")];

function onControl({target}) {
  if (target.name === "needs") {
    const needs = checkedNeeds().map((box) => box.getAttribute("value"));
    return change({needs});
  }
  return change({[target.name]: target.value});
}

// Shows the chart or the section that the address names.
function goToChart() {
  if (state.at === "") return;
  flush();
  (byId(`chart-${state.at}`) ?? byId(`section-${state.at}`))?.scrollIntoView();
  state = {...state, at: ""};  // the next change is of the whole page
}
const closeNeeds = () => byId("state-needs").removeAttribute("open");

let width = window.innerWidth;
function listen() {
  byId("contents").append(...sections.map(({id, title}) => toDom(el("a", {href: `#section-${id}`}, title))));
  byId("sections")
      .append(...sections.map(({id, title}) => toDom(el("section", {id: `section-${id}`, "aria-label": title}))));
  byId("sentence").addEventListener("change", onControl);
  byId("sentence").addEventListener("submit", (event) => event.preventDefault());
  byId("contents").addEventListener("click", (event) => {
    const {target} = event;
    if (!(target instanceof HTMLAnchorElement)) return;
    event.preventDefault();  // the address holds the state
    flush();
    byId(target.hash.slice(1)).scrollIntoView();
  });
  window.addEventListener("popstate", () => {
    state = settle(reports, readHash(window.location.hash));
    draw();
    goToChart();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    card.hide();
    closeNeeds();
  });
  document.addEventListener("click", ({target}) => {
    if (target instanceof Node && target.isConnected && !byId("state-needs").contains(target)) closeNeeds();
  });
  darkScheme.addEventListener("change", draw);
  window.addEventListener("resize", () => {
    if (window.innerWidth === width || printing) return;
    width = window.innerWidth;
    draw();
  });
  window.addEventListener("beforeprint", () => {
    printing = true;
    draw();
    flush();
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    draw();
  });
}

// all: reports as decode() gives them; shown: a list of sections, as sections.mjs has it. The document has the elements
// of page.html.
export function start(all, shown) {
  [reports, sections] = [all, shown];
  state = settle(reports, readHash(window.location.hash));
  listen();
  draw();
  goToChart();
}
