// The sessions of one machine over time, with the changes of its levels.
import {isShown, rowName} from "../charts/columns.mjs";
import {trend} from "../charts/trend.mjs";
import {comparisonsOf, formatChange, inkOf, trendsOf, verdictOf} from "../comparisons.mjs";
import {byId, show} from "../dom.mjs";
import {save, toCsv} from "../downloads.mjs";
import {formatDuration, plural} from "../format.mjs";
import {decode, recordsOf} from "../model.mjs";
import {start} from "../report_page.mjs";
import {readHash} from "../state.mjs";
import {el, folded} from "../svg.mjs";

import {loadPage, loadTrend} from "./load.mjs";

export const trendAddress = ({machine}) => `trends.html#machine=${machine}`;

// "2026-01-05 12:00", with a number where two sessions began in one minute.
function labelsOf(sessions) {
  const seen = new Map();
  return sessions.map(({started_utc: started}) => {
    const label = started.slice(0, 16).replace("T", " ");
    seen.set(label, (seen.get(label) ?? 0) + 1);
    return seen.get(label) > 1 ? `${label} #${seen.get(label)}` : label;
  });
}

// The report of a machine with its history, as the chart of a trend takes it.
export function withHistory(page, history) {
  const [report] = decode(page);
  const places = new Map();
  page.names.forEach((name, index) => {
    if (!places.has(name)) places.set(name, index);
    if (!places.has(page.families[index])) places.set(page.families[index], index);
  });
  const trends = recordsOf(history.columns).map((each) => ({...each, cell: places.get(each.name) ?? null}));
  const sessions = labelsOf(history.sessions);
  const fields = [...new Set(trends.flatMap((each) => Object.keys(each)))];
  const columns = Object.fromEntries(fields.map((field) => [field, {each: trends.map((each) => each[field])}]));
  return {
    ...report,
    name: sessions.at(-1),
    cells: report.cells,
    own_texts: ["machine"],
    comparisons: {pairs: [], latest: null, trend: {sessions, trends: {count: trends.length, columns}}},
  };
}

const linkOf = ([page, file], text) => (page || file ? el("a", {href: page || file}, text) : text);

const changesSection = (history) => ({
  id: "changes",
  title: "Changes",
  question: "When did a level change, and was it explained?",
  body: () => {
    const {changes, sessions, links} = history;
    if (changes.length === 0)
      return [el("p", {class: "empty"}, `No change of level in ${plural(sessions.length, "session")}.`)];
    const at = (id) => sessions.findIndex((session) => session.id === id);
    return [el(
        "ul", {class: "changes"},
        changes.map(
            (change) => el(
                "li", {},
                el("strong", {}, `${verdictOf(change.verdict).sign} ${change.verdict} ${formatChange(change.ratio)}`),
                ` ${change.name}, from `, linkOf(links[at(change.session)], sessions[at(change.session)].started_utc),
                change.differs.length > 0 && ` (${change.differs.join("; ")})`,
                change.accepted !== null ? ` accepted: ${change.accepted}` : "", ` [${change.id}]`)))];
  },
});

// Each session's figure of each row that the state shows.
function rowsOf(view, history) {
  const found = comparisonsOf(view.reports).trend;
  const times = trendsOf(found).filter((each) => isShown(view, view.report, each));
  return {
    head: ["session", ...times.map((each) => rowName(view.report, each))],
    rows: found.sessions.map((label, index) => ({
                               label,
                               links: history.links[index],
                               values: times.map(({time_ns: ns}) => ns[index]),
                             })),
  };
}

const sessionsSection = (history) => ({
  id: "sessions",
  title: "Sessions",
  question: "Which report is a figure from?",
  body: (view) => {
    const {head, rows} = rowsOf(view, history);
    byId("sections").dataset.csv = toCsv({
      head: [...head, "report"],
      rows: rows.map(
          ({label, values, links}) => [label, ...values.map((ns) => (ns === null ? "" : String(ns))), links[1]]),
    });
    return [
      el("p", {class: "tools"}, el("button", {type: "button", id: "sessions-csv"}, "CSV")),
      el("div", {class: "scroll"},
         el("table", {}, el("thead", {}, el("tr", {}, head.map((text) => el("th", {scope: "col"}, text)))),
            el("tbody", {},
               rows.map(
                   ({label, links, values}) =>
                       el("tr", {}, el("th", {scope: "row"}, linkOf(links, label)),
                          values.map((ns) => el("td", {}, ns === null ? "" : linkOf(links, formatDuration(ns)))))))))
    ];
  },
});

function list(machines) {
  byId("heading").textContent = "Trends";
  const followed = machines.filter(({trend: has}) => has);
  show(
      byId("sections"),
      followed.length === 0 ?
          el("p", {class: "empty"}, "No machine has sessions enough: a history takes three reports of one machine.") :
          el("ul", {},
             followed.map(
                 (each) =>
                     el("li", {}, el("a", {href: trendAddress(each)}, each.name),
                        ` ${plural(each.changes, "change")} in ${plural(each.sessions, "session")}${
                            each.alarms ? ", one of them not explained" : ""}`))));
  byId("sections").removeAttribute("aria-busy");
}

export async function showTrends(machines) {
  const wanted = readHash(window.location.hash).machine ?? "";
  const own = machines.filter(({machine, page, trend: has}) => machine === wanted && page !== "" && has);
  if (own.length === 0) return list(machines);
  const newest = own.reduce((best, each) => (each.started > best.started ? each : best));
  const [page, history] = await Promise.all([loadPage(newest), loadTrend(wanted)]);
  byId("sections").addEventListener("click", ({target}) => {
    if (target instanceof HTMLElement && target.id === "sessions-csv")
      save(new Blob([byId("sections").dataset.csv], {type: "text/csv"}), `${newest.name}-trend.csv`);
  });
  start([withHistory(page, history)], [
    changesSection(history),
    {id: "trend", title: "Trend", question: "How did it move?", charts: [{name: "trend", draw: trend}]},
    sessionsSection(history),
  ]);
}
