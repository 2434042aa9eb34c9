// How does it grow with the size? A panel per kind of mechanism, all others grey behind it.
import {bottomAxis, leftAxis, leftRoom, logDomain, logScale, sizeScale, sizeText} from "../axes.mjs";
import {capital, formatRatio} from "../format.mjs";
import {halo, makeRoom, mark, path, spread, waitKey} from "../marks.mjs";
import {metricOf, ratio} from "../metrics.mjs";
import {mechanismsOf} from "../model.mjs";
import {winnersBySize} from "../ranks.mjs";
import {describe} from "../state.mjs";
import {el, group, label, shorten, textWidth} from "../svg.mjs";
import {colorOf, themeOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";
import {seriesOf} from "./elsewhere.mjs";
import {drawPanels, leader, linesOf, panelTitle} from "./multiples.mjs";

const TEXT = 11;
const LINE = 13;
const TOP = 26;

// The value of a cell: its own, or how many times that of the best at its size.
function valueOf(view, best) {
  const relative = view.state.curves === "ratio";
  return (cell) => {
    const own = metricOf(cell.pattern, cell.size_bytes).of(cell)?.value;
    if (own === undefined || (cell.size_bytes === 0 && !view.metric.timed && !relative)) return null;
    return relative ? ratio(view.metric, own, view.metric.of(best.get(cell.size_bytes).best)?.value ?? own) : own;
  };
}

// Sizes one byte beside a power of two are on the pixel of that power; the cliffs show them.
const isNeighbour = (size, sizes) =>
    size > 64 && [size - 1, size + 1].some((other) => Number.isInteger(Math.log2(other)) && sizes.has(other));
const withoutNeighbours = (cells) => {
  const sizes = new Set(cells.map(({size_bytes}) => size_bytes));
  return cells.filter(({size_bytes}) => !isNeighbour(size_bytes, sizes));
};

// The lines: [{name, mechanism, wait, kind, points: [{size, value, cell}]}], points ascending in size.
function curvesOf(view) {
  const value = valueOf(view, winnersBySize(view));
  const kinds = new Map(mechanismsOf(view.report).map(({name, kind}) => [name, kind]));
  return seriesOf(view.cells)
      .map((series) => ({
             ...series,
             kind: kinds.get(series.mechanism) || "Others",
             points: withoutNeighbours(series.cells)
                         .map((cell) => ({size: cell.size_bytes, value: value(cell), cell}))
                         .filter((point) => point.value > 0)
                         .sort((a, b) => a.size - b.size),
           }))
      .filter(({points}) => points.length > 0);
}

const kindsOf = (view, curves) => [...new Set([...mechanismsOf(view.report).map(({kind}) => kind), "Others"])]
                                      .map((kind) => ({kind, curves: curves.filter((curve) => curve.kind === kind)}))
                                      .filter(({curves: own}) => own.length > 0);

// Mechanisms of two ways of waiting end in two labels; the name alone is enough beside the mark.
const endOf = ({points}) => points.at(-1);

// Places of a panel's plot, left of the column of labels.
function scales(panel, curves, all, format) {
  const names = Math.max(...curves.map(({mechanism}) => textWidth(mechanism, TEXT)));
  const column = Math.min(names + 22, panel.width * 0.46);
  const own = curves.flatMap(({points}) => points.map((point) => point.value));
  const y = logScale(logDomain(own, 1.25), [panel.bottom, panel.top]);
  const [left, right] = [panel.x + leftRoom(y, format), panel.x + panel.width - column];
  const sizes = [...new Set(all.flatMap(({points}) => points.map(({size}) => size)))];
  return {left, right, y, x: sizeScale(sizes, [left + 6, right - 8])};
}

const inside = (panel, {y}) => y >= panel.top - 0.5 && y <= panel.bottom + 0.5;

// The chosen mechanism stands out among the others, so that it is seen beside each kind.
function drawGrey(frame, panel, place, others, chosen) {
  const {faint, text} = themeOf(frame);
  const lookOfLine = ({mechanism}) =>
      (mechanism === chosen ? {stroke: text, "stroke-width": 1.8} :
                              {stroke: faint, "stroke-width": 1, "stroke-opacity": 0.7});
  return others.flatMap(
      (curve) => linesOf(curve.points)
                     .map((piece) => piece.map(({size, value}) => ({x: place.x.place(size), y: place.y(value)})))
                     .flatMap((piece) => clipped(piece, panel))
                     .map((piece) => path(piece, lookOfLine(curve))),
  );
}

// Without what lies above or below the panel, whose axis fits its own lines.
function clipped(piece, panel) {
  const runs = [];
  let open = false;
  for (const point of piece) {
    if (!inside(panel, point))
      open = false;
    else if (open)
      runs.at(-1).push(point);
    else {
      runs.push([point]);
      open = true;
    }
  }
  return runs.filter(({length}) => length > 1);
}

function drawOwn(frame, place, curves, chosen) {
  return curves.map(({wait, points, mechanism}) => {
    const width = mechanism === chosen ? 3 : 1.6;
    const at = ({size, value}) => ({x: place.x.place(size), y: place.y(value)});
    return group(
        {},
        linesOf(points).map((piece) => path(piece.map(at), {stroke: colorOf(frame, wait), "stroke-width": width})),
        points.map((point) => mark(frame, wait, at(point).x, at(point).y, 3)),
    );
  });
}

const labelBox = ({x, at, width}) => ({x, y: at - LINE / 2, width, height: LINE - 2});

// Labels beside the points where several series end at one size, or null if they would cover something.
function labelsBeside(panel, place, ends, taken) {
  const x = ends[0].x + 8;
  const placed = spread(ends, LINE, panel.top + 4, panel.bottom - 4).map((end) => ({...end, labelX: x}));
  const boxes = placed.map((end) => labelBox({x, at: end.at, width: textWidth(end.curve.mechanism, TEXT)}));
  const room = makeRoom();
  taken.forEach(room.block);
  const fits = boxes.every((box) => box.x + box.width < panel.x + panel.width && room.place([box]));
  if (!fits) return null;
  taken.push(...boxes);
  return placed;
}

// The labels at the lines' ends: beside the end where there is room, otherwise in a column at the right.
function placeLabels(panel, place, curves) {
  const ends = curves.map((curve) => ({curve, x: place.x.place(endOf(curve).size), y: place.y(endOf(curve).value)}));
  const taken = curves.flatMap(
      ({points}) =>
          points.map(({size, value}) => ({x: place.x.place(size) - 4, y: place.y(value) - 4, width: 8, height: 8})),
  );
  const late = place.right - (place.right - place.left) / 4;
  const groups =
      [...new Set(ends.map(({x}) => x))].filter((x) => x < late).map((x) => ends.filter((end) => end.x === x));
  const beside = groups.flatMap((group) => labelsBeside(panel, place, group, taken) ?? []);
  const done = new Set(beside.map(({curve}) => curve));
  const column = ends.filter(({curve}) => !done.has(curve));
  return [
    ...beside, ...spread(column, LINE, panel.top + 4, panel.bottom).map((end) => ({...end, labelX: place.right + 2}))
  ];
}

// A label beside its end needs no symbol; leaders lie below all labels.
function drawLabels(frame, panel, place, curves) {
  const {text} = themeOf(frame);
  const labels = placeLabels(panel, place, curves);
  const moved = ({labelX}) => labelX > place.right;
  const words = ({curve, labelX, at}) => {
    const x = moved({labelX}) ? labelX + 12 : labelX;
    const name = shorten(curve.mechanism, panel.x + panel.width - x, TEXT);
    return group(
        {},
        moved({labelX}) && mark(frame, curve.wait, labelX + 5, at, 3),
        label(x, at + 4, name, {size: TEXT, fill: text, ...halo(frame)}),
    );
  };
  return [labels.map(({x, y, labelX, at}) => leader(frame, x + 4, y, labelX, at)), labels.map(words)];
}

function drawPanel(frame, view, panel, {kind, curves}, all, format) {
  const place = scales(panel, curves, all, format);
  const {left, right} = place;
  const bounds = {top: panel.top, bottom: panel.bottom, left, right};
  const node = group(
      {},
      panelTitle(frame, panel, kind),
      bottomAxis(frame, {place: place.x.place, ticks: place.x.ticks(38), text: sizeText, ...bounds}),
      leftAxis(frame, {place: place.y, format, ...bounds}),
      drawGrey(frame, panel, place, all.filter((curve) => !curves.includes(curve)), view.state.mechanism),
      drawOwn(frame, place, curves, view.state.mechanism),
      drawLabels(frame, panel, place, curves),
  );
  const points = curves.flatMap(
      (curve) => curve.points.map(({size, value, cell}) => cellPoint(cell, metricOf(cell.pattern, size), {
                                    x: place.x.place(size),
                                    y: place.y(value),
                                    series: curve.name,
                                    label: `${curve.name}, ${sizeText(size)}`,
                                    set: {size},
                                  })),
  );
  return {node, points};
}

const tableOf = (view, curves, format) => {
  const sizes = [...new Set(curves.flatMap(({points}) => points.map(({size}) => size)))].sort((a, b) => a - b);
  return {
    head: ["mechanism", "waiting", ...sizes.map(sizeText)],
    rows: curves.map(
        ({mechanism, wait, points}) =>
            [mechanism,
             wait,
             ...sizes.map((size) => {
               const point = points.find((each) => each.size === size);
               return point ? format(point.value) : "";
             }),
  ]),
  };
};

// A panel is at least as high as the labels at its lines' ends.
const heightFor = ({curves}) => Math.max(170, curves.length * LINE + 8);

export function curves(view, frame) {
  const relative = view.state.curves === "ratio";
  const all = curvesOf(view);
  const title = relative ? "How many times the best of each size" : capital(`${view.metric.title} against size`);
  const subtitle = describe(view, {size: false});
  if (all.length === 0) return emptyChart(frame, title, subtitle, "No mechanism was measured with these choices.");
  const format = relative ? formatRatio : view.metric.format;
  const kinds = kindsOf(view, all);
  const panels = drawPanels(
      frame, kinds, heightFor, {least: 330, top: TOP},
      (panel, kind) => drawPanel(frame, view, panel, kind, all, format));
  return makeChart(frame, {
    title,
    subtitle: `${subtitle}. A panel per kind, each with its own axis, other kinds grey behind${
        all.some(({mechanism}) => mechanism === view.state.mechanism) ?
            `, ${view.state.mechanism} among them set off` :
            ""}; no line bridges more than two missing octaves`,
    ...panels,
    children: [waitKey(frame, all), panels.children],
    table: tableOf(view, all, format),
  });
}

// The switch between values and ratios.
export function curvesBody({state}, frame, link) {
  const choice = (value, words) =>
      (state.curves === value ? el("strong", {}, words) : el("a", {href: link({curves: value})}, words));
  return [el(
      "p", {class: "hint"}, "Shown: ", choice("", "the numbers"), " or ",
      choice("ratio", "how many times the best of each size"), ".")];
}
