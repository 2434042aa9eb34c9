// How many ends? Throughput over the number of producers or consumers, with the line of a mechanism that loses nothing.
import {bottomAxis, leftAxis, leftRoom, logDomain, logScale} from "../axes.mjs";
import {formatRatio} from "../format.mjs";
import {mark, path, waitKey} from "../marks.mjs";
import {metricOf} from "../metrics.mjs";
import {describe} from "../state.mjs";
import {group} from "../svg.mjs";
import {colorOf, themeOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";
import {byMechanism, commandFor, seriesOf, viewOfPattern} from "./elsewhere.mjs";
import {drawPanels, panelTitle} from "./multiples.mjs";

const HEIGHT = 140;
const TOP = 26;

const ends = (cell) => Number(cell.fan);

function groupsOf(view, metric) {
  const series = seriesOf(view.here.filter((cell) => ends(cell) > 0 && metric.of(cell)))
                     .map((each) => ({...each, cells: each.cells.sort((a, b) => ends(a) - ends(b))}))
                     .filter(({cells}) => cells.length > 1);
  return byMechanism(series);
}

// What every end would add if none waited for another: the first value times the ends.
export const idealOf = (cells, metric) => (cell) => (metric.of(cells[0]).value * ends(cell)) / ends(cells[0]);

function drawSeries(frame, place, {wait, cells}, metric) {
  const at = (value) => (cell) => ({x: place.x(ends(cell)), y: place.y(value(cell))});
  const own = cells.map(at((cell) => metric.of(cell).value));
  const ideal = cells.map(at(idealOf(cells, metric)));
  return group(
      {},
      path(ideal, {stroke: themeOf(frame).axis, "stroke-width": 1, "stroke-dasharray": "4 3"}),
      path(own, {stroke: colorOf(frame, wait), "stroke-width": 1.6}),
      own.map(({x, y}) => mark(frame, wait, x, y, 3.4)),
  );
}

function drawPanel(frame, panel, {mechanism, series}, all, metric, what) {
  const counts = [...new Set(all.map(ends))].sort((a, b) => a - b);
  const values =
      series.flatMap(({cells}) => cells.flatMap((cell) => [metric.of(cell).value, idealOf(cells, metric)(cell)]));
  const y = logScale(logDomain(values), [panel.bottom, panel.top]);
  const [left, right] = [panel.x + leftRoom(y, metric.format), panel.x + panel.width - 16];
  const place = {x: logScale([counts[0], counts.at(-1)], [left + 8, right]), y};
  const bounds = {top: panel.top, bottom: panel.bottom, left, right};
  const gain = ({cells}) => metric.of(cells.at(-1)).value / metric.of(cells[0]).value;
  const gains = `${ends(series[0].cells[0])} to ${ends(series[0].cells.at(-1))}: ${
          [...new Set(series.map((each) => formatRatio(gain(each))))].join(", ")}`;
  return {
    node: group(
        {},
        panelTitle(frame, panel, mechanism, gains),
        bottomAxis(frame, {place: place.x, ticks: counts, text: String, ...bounds}),
        leftAxis(frame, {place: place.y, format: metric.format, ...bounds}),
        series.map((each) => drawSeries(frame, place, each, metric)),
        ),
    points: series.flatMap(
        ({name, cells}) => cells.map(
            (cell) => cellPoint(
                cell, metric, {
                  x: place.x(ends(cell)),
                  y: place.y(metric.of(cell).value),
                  series: name,
                  label: `${name}, ${ends(cell)} ${what}`,
                },
                () => [`${ends(cell)} ${what}: ${
                    formatRatio(metric.of(cell).value / idealOf(cells, metric)(cell))} the ideal line`])),
        ),
  };
}

const fanChart = (pattern, what) => (view, frame) => {
  const title = `Throughput against the number of ${what}`;
  const there = viewOfPattern(view, pattern, ["fan"]);
  const metric = metricOf(pattern, there?.state.size);
  const groups = there === null ? [] : groupsOf(there, metric);
  if (groups.length === 0) {
    const command = commandFor(view, `--pattern ${pattern} --fan 1,2,4,8`);
    return emptyChart(
        frame, title, describe(view),
        `This report has no two numbers of ${what} under these choices. \`${command}\` measures them.`);
  }
  const series = groups.flatMap((each) => each.series);
  const all = series.flatMap(({cells}) => cells);
  const panels = drawPanels(
      frame, groups, () => HEIGHT, {least: 260, top: TOP},
      (panel, each) => drawPanel(frame, panel, each, all, metric, what));
  return makeChart(frame, {
    title,
    subtitle: `${describe({...there, state: {...there.state, fan: ""}})}, any number of ${
        what}. Dashed: the ideal, as many times the first as there are ${what}`,
    ...panels,
    children: [waitKey(frame, series), panels.children],
    table: {
      head: ["mechanism", "waiting", what, metric.title, "of the ideal"],
      rows: series.flatMap(
          ({mechanism, wait, cells}) => cells.map(
              (cell) =>
                  [mechanism, wait, cell.fan, metric.format(metric.of(cell).value),
                   formatRatio(metric.of(cell).value / idealOf(cells, metric)(cell))]),
          ),
    },
  });
};

export const fanin = fanChart("fanin", "producers");
export const fanout = fanChart("fanout", "consumers");
