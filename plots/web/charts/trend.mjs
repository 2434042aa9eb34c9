// One host over time: a small chart for each family or cell of the state, with the session where its level changed.
import {bottomAxis, leftAxis, leftRoom, logDomain, logScale, scaleLinear} from "../axes.mjs";
import {comparisonsOf, formatChange, inkOf, isChange, reportNamed, trendsOf, verdictOf} from "../comparisons.mjs";
import {formatDuration} from "../format.mjs";
import {path} from "../marks.mjs";
import {describe} from "../state.mjs";
import {el, group, label} from "../svg.mjs";
import {themeOf} from "../themes.mjs";

import {emptyChart, makeChart} from "./chart.mjs";
import {isShown, rowName} from "./columns.mjs";
import {drawPanels, panelTitle} from "./multiples.mjs";

const HEIGHT = 76;
const ROOM = 24;  // of a tick

// Changed ones first, the most certain of them leading.
const byChange = (a, b) => Number(isChange(b)) - Number(isChange(a)) ||
    (a.level === b.level     ? 0 :
         a.level === "whole" ? -1 :
                               1) ||
    a.p_adjusted - b.p_adjusted;

// Sessions that did not measure it break the line.
function runs(points) {
  const found = [[]];
  for (const point of points) {
    if (point.value === null)
      found.push([]);
    else
      found.at(-1).push(point);
  }
  return found.filter(({length}) => length > 0);
}

function drawPanel(frame, panel, name, trend, sessions) {
  const theme = themeOf(frame);
  const y = logScale(logDomain(trend.time_ns.filter((ns) => ns > 0), 1.05), [panel.bottom, panel.top]);
  const [left, right] = [panel.x + leftRoom(y, formatDuration, ROOM), panel.x + panel.width - 8];
  const x = scaleLinear().domain([0, sessions.length - 1]).range([left + 6, right - 6]);
  const points =
      trend.time_ns.map((value, index) => ({value, index, x: x(index), y: value === null ? null : y(value)}));
  const shown = runs(points).flat();
  const changed = isChange(trend);
  const ink = inkOf(theme, trend.verdict);
  const at = x(trend.changed_at - 0.5);
  const words =
      changed ? `${verdictOf(trend.verdict).sign} ${trend.verdict} ${formatChange(trend.ratio)}` : "no change seen";
  return {
    node: group(
        {},
        panelTitle(frame, {...panel, width: panel.width - 110}, name),
        label(
            panel.x + panel.width, panel.y + 14, words,
            {size: 11, anchor: "end", fill: ink, weight: changed ? 700 : null}),
        bottomAxis(frame, {place: x, ticks: [], text: String, top: panel.top, bottom: panel.bottom, left, right}),
        leftAxis(
            frame, {place: y, format: formatDuration, room: ROOM, top: panel.top, bottom: panel.bottom, left, right}),
        changed && el("line", {
          x1: at,
          x2: at,
          y1: panel.top,
          y2: panel.bottom,
          stroke: ink,
          "stroke-width": 2,
          "stroke-dasharray": "4 2"
        }),
        runs(points).map((run) => path(run, {stroke: theme.axis, "stroke-width": 1.3})),
        shown.map((point) => el("circle", {
                    cx: point.x,
                    cy: point.y,
                    r: 2.6,
                    fill: changed && point.index >= trend.changed_at ? ink : theme.muted
                  })),
        label(left, panel.bottom + 13, sessions[0], {size: 10, fill: theme.muted}),
        label(right, panel.bottom + 13, sessions.at(-1), {size: 10, anchor: "end", fill: theme.muted}),
        ),
    points: shown.map((point) => ({
                        x: point.x,
                        y: point.y,
                        series: `${trend.level} ${name}`,
                        label: `${name}, ${sessions[point.index]}`,
                        lines: [
                          `${name}, ${sessions[point.index]}`,
                          `${formatDuration(point.value)} a message`,
                          changed ? `${trend.verdict} from ${sessions[trend.changed_at]} on: ${
                                        formatChange(trend.ratio)}, p ${trend.p_adjusted}` :
                                    "no change of level seen",
                        ],
                      })),
  };
}

export function trend(view, frame) {
  const title = "One host over time";
  const found = comparisonsOf(view.reports)?.trend ?? null;
  if (found === null) {
    return emptyChart(
        frame, title, "",
        "A trend needs three reports or more of one host: keep those of each build, and give them all to `ipcbench plot`.");
  }
  const {sessions} = found;
  const last = reportNamed(view.reports, sessions.at(-1));
  const shown = trendsOf(found).filter((each) => isShown(view, last, each)).sort(byChange);
  const subtitle = describe(view);
  if (shown.length === 0)
    return emptyChart(frame, title, subtitle, "The sessions have nothing in common with these choices.");
  const panels = drawPanels(
      frame, shown, () => HEIGHT, {least: 300, foot: 26},
      (panel, each) => drawPanel(frame, panel, rowName(last, each), each, sessions));
  const few = sessions.length < 17 ?
      `; ${sessions.length} sessions are too few for a certain change, seventeen are enough` :
      "";
  return makeChart(frame, {
    title,
    subtitle: `${subtitle}; time a message, ${
        sessions
            .length} sessions, oldest left. Dashed: where the level changed, by energy distance and permutation, corrected over all rows${
        few}`,
    ...panels,
    table: {
      head: ["what", "verdict", "changed at", "change", "p", ...sessions],
      rows: shown.map(
          (each) =>
              [rowName(last, each),
               isChange(each) ? each.verdict : "no change seen",
               isChange(each) ? sessions[each.changed_at] : "",
               isChange(each) ? formatChange(each.ratio) : "",
               String(each.p_adjusted),
               ...each.time_ns.map((ns) => (ns === null ? "" : formatDuration(ns))),
  ]),
    },
  });
}
