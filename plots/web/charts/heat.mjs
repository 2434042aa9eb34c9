// Where does the answer change? A row per mechanism and a column per size, one panel per way of waiting: how many times
// worse than the best there.
import {interpolateRgb} from "d3-interpolate";

import {capital, formatRatio, formatSize} from "../format.mjs";
import {mark} from "../marks.mjs";
import {metricOf, ratio} from "../metrics.mjs";
import {axesOf, mechanismsOf, sizesOf} from "../model.mjs";
import {reasonKey, reasonsOf} from "../omissions.mjs";
import {winnersBySize} from "../ranks.mjs";
import {describe} from "../state.mjs";
import {el, label, shorten, textWidth} from "../svg.mjs";
import {contrast, lookOf, sortWaits, themeOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";

const ROW = 20;
const TEXT = 11;
const DARKEST = 10;  // times worse than the best

export const toHex = (rgb) =>
    `#${rgb.match(/\d+/g).slice(0, 3).map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;

function shade(frame, times) {
  const [light, full] = themeOf(frame).heat;
  const depth = Math.min(1, Math.log(Math.max(1, times)) / Math.log(DARKEST));
  return toHex(interpolateRgb(light, full)(depth));
}

// Black or white: on a middle grey no other ink has a contrast of 4.5:1.
export const inkOn = (ground) => (contrast("#000000", ground) >= contrast("#ffffff", ground) ? "#000000" : "#ffffff");

// Diagonal strokes inside a box.
function hatch(frame, {x, y, width, height}) {
  const strokes = [];
  for (let start = x - height; start < x + width; start += 7) {
    const [x1, x2] = [Math.max(x, start), Math.min(x + width, start + height)];
    if (x2 > x1)
      strokes.push(`M${x1.toFixed(1)},${(y + height - (x1 - start)).toFixed(1)}L${x2.toFixed(1)},${
          (y + height - (x2 - start)).toFixed(1)}`);
  }
  return el("path", {d: strokes.join(""), stroke: themeOf(frame).faint, fill: "none"});
}

// A panel's rows: mechanisms in the report's order that have a cell.
function rowsOf(view, wait, reasons, sizes) {
  const rows = new Map();
  for (const cell of view.cells.filter((each) => each.wait === wait)) {
    if (!rows.has(cell.mechanism)) rows.set(cell.mechanism, new Map());
    rows.get(cell.mechanism).set(cell.size_bytes, cell);
  }
  return mechanismsOf(view.report)
      .filter(({name, floor}) => !floor && rows.has(name))
      .map(({name}) => ({
             name,
             entries: sizes.map((size) => ({
                                  size,
                                  cell: rows.get(name).get(size) ?? null,
                                  reason: reasons.get(reasonKey(name, size, wait)) ?? null
                                })),
           }));
}

function entryText(metric, cell, best, width) {
  const full = cell === best ? metric.format(metric.of(cell).value) :
                               formatRatio(ratio(metric, metric.of(cell).value, metric.of(best).value));
  if (textWidth(full, TEXT) <= width - 2) return {text: full, size: TEXT};
  const short = cell === best ? "best" : full.replace("×", "");
  const size = Math.min(TEXT, ((width - 2) / textWidth(short, 1)) | 0);
  return size >= 8 ? {text: short, size} : null;
}

// One square, and its point if there is something to say of it.
function drawEntry(frame, view, {name, wait, entry, won, box}) {
  const {size, cell, reason} = entry;
  const point = {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    box,
    series: `${wait} ${name}`,
    label: `${name}, ${formatSize(size)}`,
    set: {size}
  };
  const metric = metricOf(view.state.pattern, size);
  if (!cell || metric.of(cell) === null) {
    if (!reason) return null;
    return {nodes: [hatch(frame, box)], point: {...point, lines: [`${name}, ${formatSize(size)}, ${wait}`, reason]}};
  }
  const times = ratio(metric, metric.of(cell).value, metric.of(won.best).value);
  const fill = shade(frame, times);
  const equal = cell === won.best || won.tied.includes(cell);
  const written = entryText(metric, cell, won.best, box.width);
  const told = cell === won.best ? "the best here" : `${formatRatio(times)} the best here, ${won.best.mechanism}`;
  return {
    nodes: [
      el("rect", {...box, fill, stroke: equal ? themeOf(frame).text : null, "stroke-width": equal ? 1.4 : null, rx: 2}),
      written &&
          label(
              point.x, point.y + 4, written.text,
              {size: written.size, anchor: "middle", fill: inkOn(fill), weight: cell === won.best ? 700 : null}),
    ],
    point: cellPoint(cell, metric, point, () => [told]),
  };
}

// On how many lines the sizes stand.
const headLines = (sizes, step) =>
    Math.min(3, Math.ceil((Math.max(...sizes.map((size) => textWidth(formatSize(size), TEXT))) + 6) / step));

// The sizes above the columns; on several lines where they would touch. The chosen size is bold.
function heads(frame, view, sizes, column, y) {
  const theme = themeOf(frame);
  const lines = headLines(sizes, column(0).step);
  return sizes.map((size, index) => {
    const chosen = size === view.state.size;
    const {x, width} = column(index);
    return label(
        x + width / 2, y - (index % lines) * 13, formatSize(size),
        {size: TEXT, anchor: "middle", fill: chosen ? theme.text : theme.muted, weight: chosen ? 700 : null});
  });
}

function drawPanel(frame, view, {wait, rows, sizes, top, nameWidth, column}) {
  const theme = themeOf(frame);
  const chosen = view.state.mechanism;
  const cells = view.cells.filter((cell) => cell.wait === wait);
  const winners = winnersBySize({...view, cells});
  const drawn = rows.flatMap(
      ({name, entries}, index) => entries.map((entry, place) => {
        const {x, width} = column(place);
        const box = {x, y: top + index * ROW + 1, width, height: ROW - 2};
        return drawEntry(frame, view, {name, wait, entry, won: winners.get(entry.size), box});
      }),
  );
  const shown = drawn.filter(Boolean);
  return {
    nodes: [
      rows.map(
          ({name}, index) => label(
              nameWidth, top + index * ROW + ROW / 2 + 4, shorten(name, nameWidth / (name === chosen ? 1.1 : 1), 12),
              {size: 12, anchor: "end", fill: theme.text, weight: name === chosen ? 700 : null})),
      shown.map(({nodes}) => nodes),
    ],
    points: shown.map(({point}) => point),
  };
}

export function heat(view, frame) {
  const {report, state} = view;
  const title = `${capital(view.metric.title)} at every size: how many times worse than the best there`;
  const subtitle = describe(view, {size: false});
  const sizes = sizesOf(view.cells);
  if (sizes.length === 0) return emptyChart(frame, title, subtitle, "No mechanism was measured with these choices.");
  const reasons = reasonsOf(view, axesOf(report, state.pattern));
  const panels =
      sortWaits(view.cells.map(({wait}) => wait)).map((wait) => ({wait, rows: rowsOf(view, wait, reasons, sizes)}));
  const longest = Math.max(...panels.flatMap(({rows}) => rows.map(({name}) => textWidth(name, 12))));
  const nameWidth = Math.min(longest, frame.width * 0.3);
  const widest = textWidth(formatSize(sizes.at(-1)), TEXT);
  const fitting = (frame.width - nameWidth - 10) / sizes.length;
  // A head that is wider than its column reaches out of the last one.
  const step = Math.min(110, fitting > widest ? fitting : (frame.width - nameWidth - 10 - widest / 2) / sizes.length);
  const column = (index) => ({x: nameWidth + 9 + index * step, width: step - 2, step});
  const head = 36 + 13 * (headLines(sizes, step) - 1);
  let top = 0;
  const drawn = panels.map(({wait, rows}) => {
    const panel = drawPanel(frame, view, {wait, rows, sizes, top: top + head, nameWidth, column});
    const key = [
      mark(frame, wait, 6, top + 12),
      label(16, top + 16, lookOf(wait).word, {size: 13, weight: 700, fill: themeOf(frame).text})
    ];
    const nodes = [key, heads(frame, view, sizes, column, top + head - 6), panel.nodes];
    top += head + rows.length * ROW + 8;
    return {nodes, points: panel.points};
  });
  const hatched = reasons.size > 0 ? "; hatched: skipped or failed, the card says why" : "";
  return makeChart(frame, {
    title,
    subtitle: `${subtitle}. The stronger the shade, the worse; outlined: not to be told from the best${
        hatched}; blank: not measured`,
    height: top,
    children: drawn.map(({nodes}) => nodes),
    points: drawn.flatMap(({points}) => points),
    table: {
      head: ["mechanism", "waiting", ...sizes.map(formatSize)],
      rows: panels.flatMap(
          ({wait, rows}) => rows.map(
              ({name, entries}) =>
                  [name,
                   wait,
                   ...entries.map(({size, cell, reason}) => {
                     const metric = metricOf(state.pattern, size);
                     return cell && metric.of(cell) ? metric.format(metric.of(cell).value) : (reason ?? "");
                   }),
  ]),
          ),
    },
  });
}
