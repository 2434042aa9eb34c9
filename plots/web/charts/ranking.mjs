// How far apart are the mechanisms at this size? A row each, a mark and an interval per way of waiting.
import {bottomAxis, decimalTicks, logDomain, logScale} from "../axes.mjs";
import {doubtful} from "../evidence.mjs";
import {interval, mark, waitKey, waitKeyWidth} from "../marks.mjs";
import {nameOf} from "../model.mjs";
import {rowsOf, winners} from "../ranks.mjs";
import {describe} from "../state.mjs";
import {el, label, shorten, textWidth} from "../svg.mjs";
import {colorOf, sortWaits, themeOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";

const ROW = 20;
const TEXT = 12;
const NARROW = 560;

const spanOf = (metric, cells) => cells.flatMap((cell) => {
  const {value, low, high} = metric.of(cell);
  return [value, low, high];
});

// Where everything stands: names left, plot in the middle, a column of values for each way of waiting right.
function layout(rows, waits, metric, frame) {
  const names = Math.max(...rows.map((row) => textWidth(nameOf(row), TEXT)));
  const nameWidth = Math.min(names, frame.width * (frame.width < NARROW ? 0.4 : 0.28));
  const column = Math.max(...rows.flatMap(
                     ({cells}) => cells.map((cell) => textWidth(`${metric.format(metric.of(cell).value)} !`, TEXT)))) +
      14;
  const columns = frame.width < NARROW ? 1 : waits.length;
  const top = 34;
  return {
    nameWidth,
    column,
    columns,
    top,
    left: nameWidth + 12,
    right: frame.width - columns * column - 4,
    bottom: top + rows.length * ROW + 4,
    y: (index) => top + index * ROW + ROW / 2,
  };
}

// The range of the winner and of those that cannot be told from it.
function band(frame, {wait, best, tied}, metric, x, place) {
  if (tied.length === 0) return null;
  const values = [best, ...tied].map((cell) => x(metric.of(cell).value));
  const [low, high] = [Math.min(...values) - 5, Math.max(...values) + 5];
  return el("rect", {
    x: low,
    y: place.top,
    width: high - low,
    height: place.bottom - place.top,
    fill: colorOf(frame, wait),
    "fill-opacity": 0.11
  });
}

// The values right of the plot: one column per way of waiting, or the row's best alone where room is short.
function values(frame, row, y, waits, {metric, place, best, marked}) {
  const theme = themeOf(frame);
  const shown = place.columns === 1 ? [row.cells[0]] : row.cells;
  return shown.map((cell) => {
    const column = place.columns === 1 ? 0 : waits.indexOf(cell.wait);
    const text = `${metric.format(metric.of(cell).value)}${marked.has(cell) ? " !" : ""}`;
    const right = frame.width - (place.columns - 1 - column) * place.column - 2;
    return label(
        right, y + 4, text, {size: TEXT, anchor: "end", fill: theme.text, weight: best.has(cell) ? 700 : null});
  });
}

// Marks that stood everywhere would tell nothing: where most cells are doubtful, words say so.
function doubtsOf(cells) {
  const all = cells.filter(doubtful);
  if (all.length === 0) return {marked: new Set(), words: ""};
  if (3 * all.length > cells.length)
    return {marked: new Set(), words: `; ${all.length} of ${cells.length} medians hide two modes or distances`};
  return {marked: new Set(all), words: "; !: two modes or distances, see its card"};
}

// Behind the row of the chosen mechanism.
const chosenBand = (frame, rows, place) => rows.map(
    ({mechanism}, index) => mechanism === place.chosen &&
        el("rect", {x: 0, y: place.y(index) - ROW / 2, width: frame.width, height: ROW, fill: themeOf(frame).band}));

function heads(frame, waits, place) {
  if (place.columns === 1) return null;
  return waits.map(
      (wait, column) => label(
          frame.width - (waits.length - 1 - column) * place.column - 2, place.top - 10, wait,
          {size: 11, anchor: "end", fill: themeOf(frame).muted}),
  );
}

function drawRow(frame, row, y, x, metric, place) {
  const theme = themeOf(frame);
  const weight = row.mechanism === place.chosen ? 700 : null;
  return [
    label(
        place.nameWidth, y + 4, shorten(nameOf(row), place.nameWidth / (weight ? 1.1 : 1), TEXT),
        {size: TEXT, anchor: "end", fill: theme.text, weight}),
    row.cells.map((cell) => {
      const {value, low, high, confidence} = metric.of(cell);
      return [
        confidence > 0 && interval(colorOf(frame, cell.wait), x(low), x(high), y),
        mark(frame, cell.wait, x(value), y, 4.5),
      ];
    }),
  ];
}

const tableOf = (rows, waits, metric) => ({
  head: ["mechanism", ...waits.flatMap((wait) => [wait, "from", "to"])],
  rows: rows.map(
      (row) =>
          [nameOf(row),
           ...waits.flatMap((wait) => {
             const cell = row.cells.find((each) => each.wait === wait);
             if (!cell) return ["", "", ""];
             const {value, low, high, confidence} = metric.of(cell);
             return [value, confidence > 0 ? low : null, confidence > 0 ? high : null].map(
                 (each) => (each === null ? "" : metric.format(each)));
           }),
]),
});

export function ranking(view, frame) {
  const {here, metric} = view;
  const title = `Ranking by ${metric.title}`;
  const rows = rowsOf(here, metric);
  const subtitle = describe(view);
  if (rows.length === 0)
    return emptyChart(frame, title, subtitle, "No mechanism has this number at this size with these choices.");
  const waits = sortWaits(here.map(({wait}) => wait));
  const place = {...layout(rows, waits, metric, frame), chosen: view.state.mechanism};
  const x = logScale(logDomain(spanOf(metric, rows.flatMap(({cells}) => cells))), [place.left + 6, place.right - 6]);
  const won = winners(view);
  const best = new Set(won.flatMap((each) => [each.best, ...each.tied]));
  const axis = {
    place: x,
    ticks: decimalTicks(x, frame.width < NARROW ? 46 : 64),
    text: (value) => metric.format(value, true),
    ...place,
    title: metric.title,
  };
  const doubts = doubtsOf(rows.flatMap(({cells}) => cells));
  return makeChart(frame, {
    title,
    subtitle: `${subtitle}. ${metric.statistic}; bold and shaded: not to be told from the best${doubts.words}`,
    height: place.bottom + 38,
    children: [
      chosenBand(frame, rows, place),
      bottomAxis(frame, axis),
      won.map((each) => band(frame, each, metric, x, place)),
      waitKey(frame, here, Math.max(0, Math.min(place.left, frame.width - waitKeyWidth(here)))),
      heads(frame, waits, place),
      rows.map((row, index) => drawRow(frame, row, place.y(index), x, metric, place)),
      rows.map((row, index) => values(frame, row, place.y(index), waits, {metric, place, best, marked: doubts.marked})),
    ],
    points: rows.flatMap(
        (row, index) => row.cells.map(
            (cell) => cellPoint(cell, metric, {
              x: x(metric.of(cell).value),
              y: place.y(index),
              series: nameOf(row),
              label: `${nameOf(row)}, ${cell.wait}`,
            }),
            ),
        ),
    table: tableOf(rows, waits, metric),
  });
}
