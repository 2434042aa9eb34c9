// How bad does it get? The percentiles of each mechanism's pooled launches, as far as ten samples lie beyond.
import {bottomAxis, leftAxis, logDomain, logScale, scaleLinear} from "../axes.mjs";
import {formatDuration} from "../format.mjs";
import {halo, makeRoom, mark, path, waitKey} from "../marks.mjs";
import {quantilesOf} from "../model.mjs";
import {ranked} from "../ranks.mjs";
import {describe} from "../state.mjs";
import {group, label, shorten, textWidth} from "../svg.mjs";
import {colorOf, themeOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";
import {seriesName, whyUntimed} from "./elsewhere.mjs";

const TEXT = 11;
const TOP = 34;
const LEFT = 60;
const HEIGHT = 420;
const LOWEST = 0.25;  // the shares below say nothing of a tail

const SHARES = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];

// Each nine as wide as the one before.
const nines = (share) => -Math.log10(1 - share);
export const formatPercentile = (share) => `${Number((share * 100).toPrecision(7))} %`;

// The mechanisms in the order of the ranking: [{name, cell, points: [{share, value}]}].
export const tailsOf = ({report, here, metric}) =>
    ranked(here, metric)
        .map((cell) => ({
               name: seriesName(cell),
               cell,
               points: quantilesOf(report, cell).filter(({share, value}) => share >= LOWEST && value > 0)
             }))
        .filter(({points}) => points.length > 1);

// Of single launches the data have these shares, as far as their samples go.
const LAUNCH_SHARES = [0.5, 0.9, 0.99, 0.999];
export const launchesOf = ({launch_quantiles_ns: launches}) =>
    (launches ?? [])
        .map(
            (values) =>
                values.map((value, index) => ({share: LAUNCH_SHARES[index], value})).filter(({value}) => value > 0))
        .filter(({length}) => length > 1);

// A thin line for each launch of the chosen mechanism.
const drawLaunches = (frame, lines, mechanism, at) =>
    lines.filter(({cell}) => cell.mechanism === mechanism)
        .flatMap(({cell}) => launchesOf(cell).map((points) => path(points.map(at), {
                                                    stroke: colorOf(frame, cell.wait),
                                                    "stroke-width": 0.8,
                                                    "stroke-opacity": 0.6,
                                                    "stroke-dasharray": "3 2"
                                                  })));

// A label at the end of each line that has room for it; the lowest and the highest first, since they are looked for.
function labelsOf(frame, lines, place) {
  const room = makeRoom();
  lines.forEach(({at}) => room.block({x: at.at(-1).x - 3, y: at.at(-1).y - 3, width: 6, height: 6}));
  const outward = lines.map((line, index) => ({...line, order: Math.min(index, lines.length - 1 - index)}))
                      .sort((a, b) => a.order - b.order);
  return outward.map(({name: whole, cell, at}) => {
    const end = at.at(-1);
    const name = shorten(whole, place.width - end.x - 11, TEXT);
    const width = textWidth(name, TEXT) + 4;
    const tries = [0, -6, 6, -12, 12].map((shift) => ({x: end.x + 6, y: end.y - 6 + shift, width, height: 12}));
    const box = room.place(tries.filter((each) => each.x + width < place.width));
    return box &&
        label(box.x, box.y + 10, name, {size: TEXT, fill: themeOf(frame).text, ...halo(frame), "data-wait": cell.wait});
  });
}

const pointsOf = (lines, metric) => lines.flatMap(
    ({name, cell, at, points}) => points.map(
        ({share, value}, index) => cellPoint(
            cell, metric, {
              ...at[index],
              series: name,
              label: `${name}, ${formatPercentile(share)}`,
              set: {mechanism: cell.mechanism},
            },
            () => [`${formatPercentile(share)} of ${cell.messages} messages took at most ${formatDuration(value)}`])),
);

const drawLine = (frame, {cell, at}, chosen) => group(
    {},
    path(
        at,
        {stroke: colorOf(frame, cell.wait), "stroke-width": chosen ? 2.6 : 1.3, "stroke-opacity": chosen ? 1 : 0.75}),
    mark(frame, cell.wait, at.at(-1).x, at.at(-1).y, chosen ? 4 : 3),
);

export function percentiles(view, frame) {
  const {metric} = view;
  const title = "Percentiles of all launches together";
  const subtitle = describe(view);
  const tails = tailsOf(view);
  if (tails.length === 0) {
    return emptyChart(frame, title, subtitle, whyUntimed(view));
  }
  const names = Math.max(...tails.map(({name}) => textWidth(name, TEXT)));
  const right = frame.width - Math.min(names + 12, frame.width * 0.3);
  const last = Math.max(...tails.map(({points}) => points.at(-1).share));
  const x = scaleLinear().domain([nines(LOWEST), nines(last)]).range([LEFT + 8, right]);
  const {mechanism} = view.state;
  const launches = tails.filter(({cell}) => cell.mechanism === mechanism).flatMap(({cell}) => launchesOf(cell).flat());
  const y = logScale(
      logDomain([...tails.flatMap(({points}) => points), ...launches].map(({value}) => value)), [TOP + HEIGHT, TOP]);
  const at = ({share, value}) => ({x: x(nines(share)), y: y(value)});
  const lines = tails.map((tail) => ({...tail, at: tail.points.map(at)}));
  const bounds = {top: TOP, bottom: TOP + HEIGHT, left: LEFT, right};
  const ticks = SHARES.filter((share) => share <= last + 1e-9);
  return makeChart(frame, {
    title,
    subtitle:
        `${subtitle}. Each line ends where fewer than ten messages lie beyond; hover for names that found no room. ${
            launches.length > 0 ? `Dashed: the launches of ${mechanism}` : "A click shows a mechanism's launches"}`,
    height: TOP + HEIGHT + 40,
    children: [
      waitKey(frame, tails.map(({cell}) => cell), LEFT),
      bottomAxis(
          frame,
          {place: (share) => x(nines(share)), ticks, text: formatPercentile, ...bounds, title: "share of messages"}),
      leftAxis(frame, {place: y, format: formatDuration, room: 30, ...bounds}),
      drawLaunches(frame, lines, mechanism, at),
      lines.map((line) => drawLine(frame, line, line.cell.mechanism === mechanism)),
      labelsOf(frame, lines, {width: frame.width}),
    ],
    points: pointsOf(lines, metric),
    table: {
      head: ["mechanism", "waiting", ...ticks.map(formatPercentile)],
      rows: tails.map(
          ({cell, points}) =>
              [cell.mechanism,
               cell.wait,
               ...ticks.map((share) => points.find((point) => Math.abs(point.share - share) < 1e-9)?.value)
                   .map((value) => (value === undefined ? "" : formatDuration(value))),
  ]),
    },
  });
}
