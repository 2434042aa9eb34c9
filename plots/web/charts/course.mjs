// Did it hold its level while each launch lasted? A panel per way of waiting of one mechanism, a line per launch.
import {bottomAxis, leftAxis, leftRoom, logDomain, logScale, scaleLinear} from "../axes.mjs";
import {formatShare, plural} from "../format.mjs";
import {path, waitKey} from "../marks.mjs";
import {courseOf} from "../model.mjs";
import {ranked} from "../ranks.mjs";
import {describe} from "../state.mjs";
import {el, group} from "../svg.mjs";
import {colorOf, lookOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";
import {seriesName} from "./elsewhere.mjs";
import {drawPanels, panelTitle} from "./multiples.mjs";

const HEIGHT = 150;
const TOP = 26;
const SECOND = 1e9;  // nanoseconds

// The metric's number of a part of a launch that took `ns` a message.
const numberOf = (metric, {size_bytes: size}, ns) => (metric.timed ? ns : ((size || 1) * SECOND) / ns);

// The cells of the chosen mechanism, or else of the best: [{cell, launches: [{number, parts: [{at, value}]}]}], `at` in
// shares of the launch.
export function coursesOf({here, metric, state}) {
  const cells = ranked(here, metric).filter((cell) => courseOf(cell).length > 0);
  const chosen = cells.some(({mechanism}) => mechanism === state.mechanism) ? state.mechanism : cells[0]?.mechanism;
  return cells.filter(({mechanism}) => mechanism === chosen)
      .map((cell) => ({
             cell,
             launches: courseOf(cell).map((parts, index) => ({
                                            number: index + 1,
                                            parts: parts
                                                       .map((ns, part) => ({
                                                              at: (part + 0.5) / parts.length,
                                                              value: ns === null ? null : numberOf(metric, cell, ns),
                                                            }))
                                                       .filter(({value}) => value !== null),
                                          })),
           }));
}

const drifted = ({not_steady: some, launches}) =>
    (some > 0 ? `${some} of ${plural(launches, "launch", "launches")} drifted` : "none drifted");

function drawPanel(frame, panel, {cell, launches}, metric) {
  const values = launches.flatMap(({parts}) => parts.map(({value}) => value));
  const y = logScale(logDomain(values, 1.05), [panel.bottom, panel.top]);
  const [left, right] = [panel.x + leftRoom(y, metric.format), panel.x + panel.width - 22];
  const place = {x: scaleLinear().domain([0, 1]).range([left, right]), y};
  const bounds = {top: panel.top, bottom: panel.bottom, left, right};
  const stroke = colorOf(frame, cell.wait);
  const lines = launches.map(
      ({number, parts}) =>
          ({number, parts: parts.map((part) => ({...part, x: place.x(part.at), y: place.y(part.value)}))}));
  const title = cell.parameters ? `${lookOf(cell.wait).word} (${cell.parameters})` : lookOf(cell.wait).word;
  return {
    node: group(
        {},
        panelTitle(frame, panel, title, drifted(cell)),
        bottomAxis(frame, {
          place: place.x,
          ticks: [0, 0.25, 0.5, 0.75, 1],
          text: (share) => `${share * 100} %`,
          ...bounds,
          title: "share of the launch"
        }),
        leftAxis(frame, {place: place.y, format: metric.format, ...bounds}),
        lines.map(
            ({parts}) =>
                [path(parts, {stroke, "stroke-width": 1.2, "stroke-opacity": 0.6}),
                 parts.map(({x, y}) => el("circle", {cx: x, cy: y, r: 1.8, fill: stroke})),
  ]),
        ),
    points: lines.flatMap(
        ({number, parts}) => parts.map(
            ({x, y, at, value}) => cellPoint(
                cell, metric, {
                  x,
                  y,
                  series: `${seriesName(cell)}, launch ${number}`,
                  label: `${seriesName(cell)}, launch ${number} at ${formatShare(at)}`,
                },
                () => [`launch ${number} of ${launches.length}, at ${formatShare(at)}: ${
                    metric.format(value)} on average`])),
        ),
  };
}

const mostParts = (found) => Math.max(...found.flatMap(({launches}) => launches.map(({parts}) => parts.length)));

export function course(view, frame) {
  const {metric, state} = view;
  const found = coursesOf(view);
  const title = "How the launches went";
  if (found.length === 0)
    return emptyChart(frame, title, describe(view), "No launch here was followed while it lasted.");
  const {mechanism} = found[0].cell;
  const panels = drawPanels(
      frame, found, () => HEIGHT, {least: 300, top: TOP, foot: 48},
      (panel, each) => drawPanel(frame, panel, each, metric));
  const what =
      metric.timed ? "Time per message, the mean of each part of a launch" : "Throughput in each part of a launch";
  const choice = state.mechanism === mechanism ? "" : "; a mechanism chosen above takes its place";
  return makeChart(frame, {
    title: `${title}: ${mechanism}`,
    subtitle: `${describe(view)}. ${what}, a line per launch${choice}`,
    ...panels,
    children: [waitKey(frame, found.map(({cell}) => cell)), panels.children],
    table: {
      head: [
        "mechanism", "waiting", "launch", ...Array.from({length: mostParts(found)}, (_, part) => `part ${part + 1}`)
      ],
      rows: found.flatMap(
          ({cell, launches}) => launches.map(
              ({number,
                parts}) => [mechanism, cell.wait, String(number), ...parts.map(({value}) => metric.format(value))])),
    },
  });
}
