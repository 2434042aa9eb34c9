// How far can it be loaded? Median and 99th percentile over the offered rate, a panel per mechanism, with the knee.
import {bottomAxis, decimalTicks, leftAxis, leftRoom, logDomain, logScale} from "../axes.mjs";
import {formatDuration, formatMessageRate, formatShare} from "../format.mjs";
import {mark, path, waitKey} from "../marks.mjs";
import {metricOf, PATTERNS} from "../metrics.mjs";
import {describe} from "../state.mjs";
import {el, group} from "../svg.mjs";
import {colorOf, themeOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";
import {byMechanism, commandFor, seriesOf, viewOfPattern} from "./elsewhere.mjs";
import {drawPanels, kneesOf, panelTitle} from "./multiples.mjs";

const HEIGHT = 150;
const TOP = 26;

// The knee is the highest rate up to which the 99th percentile stays within this many times that of the lowest rate,
// and no more than this share is lost or left unsent.
const MOST_TIMES = 10;
const MOST_MISSED = 0.01;

const missed = ({lost_share: lost, unsent_share: unsent}) => lost + (unsent ?? 0);
const high = (cell) => cell.p99_ns ?? cell.time_ns[0];

// The index of the knee among cells of ascending rate, -1 if not even the lowest rate is carried.
export function kneeOf(cells) {
  const carries = (cell) => missed(cell) <= MOST_MISSED && high(cell) <= MOST_TIMES * high(cells[0]);
  const fails = cells.findIndex((cell) => !carries(cell));
  return fails < 0 ? cells.length - 1 : fails - 1;
}

// Streams of several lengths at once are no point on a line over the rate.
const isMixed = ({rate}) => typeof rate === "string" && rate.includes("@");

const groupsOf = (view) => {
  const series =
      seriesOf(view.here.filter((cell) => cell.offered_per_second > 0 && PATTERNS.paced.of(cell) && !isMixed(cell)))
          .map((each) => ({...each, cells: each.cells.sort((a, b) => a.offered_per_second - b.offered_per_second)}))
          .map((each) => ({...each, knee: kneeOf(each.cells)}));
  return byMechanism(series);
};

const kneeText = ({cells, knee}) => {
  if (knee < 0) return "none";
  const rate = formatMessageRate(cells[knee].offered_per_second, true);
  return knee === cells.length - 1 ? `≥ ${rate}` : rate;
};

function drawSeries(frame, panel, place, {wait, cells, knee}, index) {
  const stroke = colorOf(frame, wait);
  const {ground} = themeOf(frame);
  const at = (value) => (cell) => ({x: place.x(cell.offered_per_second), y: place.y(value(cell))});
  const medians = cells.map(at((cell) => cell.time_ns[0]));
  const tails = cells.filter(({p99_ns: ns}) => ns !== null).map(at((cell) => cell.p99_ns));
  const bar = (cell) => ({
    x: place.x(cell.offered_per_second) - 2.5 + 5 * index,
    width: 5,
    height: missed(cell) * (panel.bottom - panel.top)
  });
  return group(
      {},
      cells.map(
          (cell) => missed(cell) > 0 &&
              el("rect", {...bar(cell), y: panel.bottom - bar(cell).height, fill: stroke, "fill-opacity": 0.25})),
      knee >= 0 && knee < cells.length - 1 && el("line", {
        x1: medians[knee].x,
        x2: medians[knee].x,
        y1: panel.top,
        y2: panel.bottom,
        stroke,
        "stroke-dasharray": "2 3"
      }),
      path(medians, {stroke, "stroke-width": 1.6}),
      path(tails, {stroke, "stroke-width": 1.2, "stroke-dasharray": "5 3"}),
      tails.map(({x, y}) => mark(frame, wait, x, y, 3, {fill: ground, stroke, "stroke-width": 1.2})),
      medians.map(({x, y}) => mark(frame, wait, x, y, 3.2)),
  );
}

function pointsOf({name, cells, knee}, place) {
  const metric = metricOf("paced");
  return cells.flatMap((cell, index) => {
    const rate = formatMessageRate(cell.offered_per_second);
    const point = (which, value) => cellPoint(
        cell, metric, {
          x: place.x(cell.offered_per_second),
          y: place.y(value),
          series: `${name}, ${which}`,
          label: `${name}, ${which} at ${rate}`,
        },
        () => [`${which}: ${formatDuration(value)} at ${rate}${index === knee ? ", the knee" : ""}`]);
    return [point("median", cell.time_ns[0]), cell.p99_ns !== null && point("99th percentile", cell.p99_ns)].filter(
        Boolean);
  });
}

const inOrder = (points) => [...points].sort(
    (a, b) =>
        (a.series < b.series     ? -1 :
             a.series > b.series ? 1 :
                                   a.x - b.x));

function drawPanel(frame, panel, {mechanism, series}, all) {
  const y = logScale(logDomain(all.flatMap((cell) => [cell.time_ns[0], high(cell)]), 1.6), [panel.bottom, panel.top]);
  const [left, right] = [panel.x + leftRoom(y, formatDuration), panel.x + panel.width - 20];
  const place = {x: logScale(logDomain(all.map(({offered_per_second: rate}) => rate)), [left + 6, right]), y};
  const bounds = {top: panel.top, bottom: panel.bottom, left, right};
  return {
    node: group(
        {},
        panelTitle(frame, panel, mechanism, kneesOf(series, kneeText)),
        bottomAxis(frame, {
          place: place.x,
          ticks: decimalTicks(place.x, 60),
          text: (value) => formatMessageRate(value, true),
          ...bounds
        }),
        leftAxis(frame, {place: place.y, format: formatDuration, ...bounds}),
        series.map((each, index) => drawSeries(frame, panel, place, each, index)),
        ),
    points: series.flatMap((each) => inOrder(pointsOf(each, place))),
  };
}

export function load(view, frame) {
  const title = "Time from the intended send against the offered rate";
  const there = viewOfPattern(view, "paced", ["rate"]);
  const groups = there === null ? [] : groupsOf(there);
  if (groups.length === 0) {
    const command = commandFor(view, "--pattern paced --rate 20%,50%,80%,95%");
    return emptyChart(
        frame, title, describe(view),
        `This report has no messages sent at a rate under these choices. \`${command}\` measures them.`);
  }
  const series = groups.flatMap((each) => each.series);
  const all = series.flatMap(({cells}) => cells);
  const panels = drawPanels(
      frame, groups, () => HEIGHT, {least: 300, top: TOP}, (panel, each) => drawPanel(frame, panel, each, all));
  return makeChart(frame, {
    title,
    subtitle: `${describe({
      ...there,
      state: {...there.state, rate: ""}
    })}, any rate. Filled: median; hollow, dashed: 99th percentile; bars: the share that was lost or not sent, all of it at full height. The knee is the highest rate tried with a 99th percentile within ${
        MOST_TIMES} times that of the lowest rate and at most ${formatShare(MOST_MISSED)} lost or unsent`,
    ...panels,
    children: [waitKey(frame, series), panels.children],
    table: {
      head: ["mechanism", "waiting", "offered", "median", "99th percentile", "lost", "not sent", "knee"],
      rows: series.flatMap(
          ({mechanism, wait, cells, knee}) => cells.map(
              (cell, index) =>
                  [mechanism,
                   wait,
                   formatMessageRate(cell.offered_per_second),
                   formatDuration(cell.time_ns[0]),
                   cell.p99_ns === null ? "" : formatDuration(cell.p99_ns),
                   formatShare(cell.lost_share),
                   formatShare(cell.unsent_share ?? 0),
                   index === knee ? "knee" : "",
  ]),
          ),
    },
  });
}
