// How large has the buffer to be? Throughput over the size of the buffer, a panel per mechanism, the knee marked.
import {bottomAxis, leftAxis, leftRoom, logDomain, logScale, sizeScale, sizeText} from "../axes.mjs";
import {mark, path, waitKey} from "../marks.mjs";
import {metricOf} from "../metrics.mjs";
import {sizesOf} from "../model.mjs";
import {describe} from "../state.mjs";
import {el, group} from "../svg.mjs";
import {colorOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";
import {byMechanism, commandFor, seriesOf, viewOfPattern} from "./elsewhere.mjs";
import {drawPanels, kneesOf, linesOf, panelTitle} from "./multiples.mjs";

const TOP = 26;
const HEIGHT = 130;

// How much of the best throughput the knee has to give.
const ENOUGH = 0.9;

// The smallest buffer that gives ENOUGH of the best: an index into points, which ascend in size.
export function kneeOf(points) {
  const best = Math.max(...points.map(({value}) => value));
  return points.findIndex(({value}) => value >= ENOUGH * best);
}

// The mechanisms with two buffers or more at a size: [{mechanism, series: [{name, wait, points, knee}]}].
function groupsAt(view, size) {
  const buffered = view.cells.filter(
      (cell) => cell.size_bytes === size && cell.buffer_bytes > 0 && metricOf(cell.pattern, size).of(cell));
  const series = seriesOf(buffered, ({mechanism, wait}) => `${mechanism} · ${wait}`)
                     .map((each) => {
                       const points = each.cells
                                          .map((cell) => ({
                                                 size: cell.buffer_bytes,
                                                 value: metricOf(cell.pattern, cell.size_bytes).of(cell).value,
                                                 cell
                                               }))
                                          .sort((a, b) => a.size - b.size)
                                          .filter(({size}, index, all) => index === 0 || size !== all[index - 1].size);
                       return {...each, points, knee: kneeOf(points)};
                     })
                     .filter(({points}) => points.length > 1);
  return byMechanism(series);
}

// At the size that is nearest to the state's among those with such mechanisms: {size, groups}, or null.
function nearestGroups(view) {
  const far = (size) => Math.abs(Math.log2((size || 0.5) / (view.state.size || 0.5)));
  const sizes = sizesOf(view.cells).sort((a, b) => far(a) - far(b));
  for (const size of sizes) {
    const groups = groupsAt(view, size);
    if (groups.length > 0) return {size, groups};
  }
  return null;
}

function drawSeries(frame, panel, place, {wait, points, knee}) {
  const at = ({size, value}) => ({x: place.x.place(size), y: place.y(value)});
  const chosen = at(points[knee]);
  return group(
      {},
      el("line", {
        x1: chosen.x,
        x2: chosen.x,
        y1: chosen.y,
        y2: panel.bottom,
        stroke: colorOf(frame, wait),
        "stroke-dasharray": "2 3"
      }),
      linesOf(points).map((piece) => path(piece.map(at), {stroke: colorOf(frame, wait), "stroke-width": 1.6})),
      points.map((point, index) => mark(frame, wait, at(point).x, at(point).y, index === knee ? 5.5 : 3)),
  );
}

const kneeText = ({points, knee}) => sizeText(points[knee].size);

function drawPanel(frame, panel, {mechanism, series}, scale, metric) {
  const y =
      logScale(logDomain(series.flatMap(({points}) => points.map(({value}) => value)), 1.3), [panel.bottom, panel.top]);
  const [left, right] = [panel.x + leftRoom(y, metric.format), panel.x + panel.width - 18];
  const place = {x: sizeScale(scale.sizes, [left + 6, right]), y};
  const bounds = {top: panel.top, bottom: panel.bottom, left, right};
  return {
    node: group(
        {},
        panelTitle(frame, panel, mechanism, kneesOf(series, kneeText)),
        bottomAxis(frame, {place: place.x.place, ticks: place.x.ticks(46), text: sizeText, ...bounds}),
        leftAxis(frame, {place: place.y, format: metric.format, ...bounds}),
        series.map((each) => drawSeries(frame, panel, place, each)),
        ),
    points: series.flatMap(
        ({name, points, knee}) => points.map(
            ({size, value, cell}, index) => cellPoint(
                cell, metric, {
                  x: place.x.place(size),
                  y: place.y(value),
                  series: name,
                  label: `${name}, buffer of ${sizeText(size)}`,
                },
                () => [`buffer: ${sizeText(size)}${
                    index === knee ? ": the smallest that gives 90 % of the best" : ""}`])),
        ),
  };
}

export function buffers(view, frame) {
  const title = "Throughput against the size of the buffer";
  const there = viewOfPattern(view, "throughput", ["parameters"]);
  const found = there === null ? null : nearestGroups(there);
  if (found === null) {
    const command = commandFor(view, "--pattern throughput --param pipe_bytes=default,4096,16384,65536,262144,1048576");
    return emptyChart(
        frame, title, describe(view),
        `No mechanism was measured with several buffers under these choices. \`${
            command}\` measures some; \`ipcbench list --long\` names the parameters of each mechanism.`);
  }
  const {size, groups} = found;
  const subtitle = describe({...there, state: {...there.state, size}});
  const metric = metricOf("throughput", size);
  const sizes = groups.flatMap(({series}) => series.flatMap(({points}) => points.map(({size}) => size)));
  const panels = drawPanels(
      frame, groups, () => HEIGHT, {least: 260, top: TOP},
      (panel, each) => drawPanel(frame, panel, each, {sizes}, metric));
  const series = groups.flatMap((each) => each.series);
  return makeChart(frame, {
    title,
    subtitle: `${subtitle}, any setting. The knee, a large symbol, is the smallest buffer that gives 90 % of the best`,
    ...panels,
    children: [waitKey(frame, series), panels.children],
    table: {
      head: ["mechanism", "waiting", "buffer", "throughput", "knee"],
      rows: series.flatMap(
          ({mechanism, wait, points, knee}) => points.map(
              ({size, value},
               index) => [mechanism, wait, sizeText(size), metric.format(value), index === knee ? "knee" : ""]),
          ),
    },
  });
}
