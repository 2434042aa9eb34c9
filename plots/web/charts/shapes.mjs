// One mode or two? A strip per mechanism with the histogram of all its messages, and a tick for each launch's median.
import {bottomAxis, decimalTicks, logDomain, logScale} from "../axes.mjs";
import {formatDuration, formatShare} from "../format.mjs";
import {waitKey} from "../marks.mjs";
import {histogramOf, nameOf} from "../model.mjs";
import {ranked} from "../ranks.mjs";
import {describe} from "../state.mjs";
import {el, group, label, shorten, textWidth} from "../svg.mjs";
import {colorOf, themeOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";
import {whyUntimed} from "./elsewhere.mjs";

const ROW = 24;
const BAR = 15;
const TEXT = 12;
const TOP = 34;
// This share of the messages is left out at either end, so that one slow message does not squeeze all others. The
// percentiles show the tail.
const ENDS = 0.005;

export function middleOf(classes, all) {
  let before = 0;
  return classes.filter(({count}) => {
    before += count;
    return before > ENDS * all && before - count < (1 - ENDS) * all;
  });
}

const shapesOf = ({here, metric}) =>
    ranked(here, metric)
        .map((cell) => {
          const classes = histogramOf(cell);
          const all = classes.reduce((sum, {count}) => sum + count, 0);
          return {cell, all, most: Math.max(...classes.map(({count}) => count)), classes: middleOf(classes, all)};
        })
        .filter(({all}) => all > 0);

// The height of a class is the square root of its share of the fullest: a second mode of a tenth is a third as high.
function strip(frame, {cell, classes, most}, y, x) {
  const fill = colorOf(frame, cell.wait);
  return classes.filter(({count}) => count > 0).map(({low, high, count}) => {
    const height = BAR * Math.sqrt(count / most);
    return el(
        "rect",
        {x: x(low), y: y - height, width: Math.max(0.8, x(high) - x(low) - 0.2), height, fill, "fill-opacity": 0.75});
  });
}

const launches = (frame, {cell}, y, x) => cell.figures.map(
    (figure) =>
        el("line", {x1: x(figure), x2: x(figure), y1: y, y2: y + 5, stroke: themeOf(frame).text, "stroke-width": 1.2}));

export function shapes(view, frame) {
  const {metric} = view;
  const title = "The times of all messages, and each launch's median";
  const rows = metric.timed ? shapesOf(view) : [];
  if (rows.length === 0) {
    return emptyChart(frame, title, describe(view), whyUntimed(view));
  }
  const name = ({cell}) => nameOf(cell);
  const names = Math.min(Math.max(...rows.map((row) => textWidth(name(row), TEXT) * 1.1)), frame.width * 0.3);
  const left = names + 12;
  const right = frame.width - 78;
  const ends = rows.flatMap(({classes, cell}) => [classes[0].low, classes.at(-1).high, ...cell.figures]);
  const x = logScale(logDomain(ends), [left + 4, right]);
  const y = (index) => TOP + index * ROW + BAR + 1;
  const bottom = TOP + rows.length * ROW + 2;
  const {text, muted} = themeOf(frame);
  return makeChart(frame, {
    title,
    subtitle: `${
        describe(
            view)}. Height: square root of the number of messages, without half a per cent at either end; ticks below: launches; “two modes” where the launches fall into two groups`,
    height: bottom + 40,
    children: [
      waitKey(frame, rows.map(({cell}) => cell), left),
      bottomAxis(frame, {
        place: x,
        ticks: decimalTicks(x, 56),
        text: (value) => formatDuration(value, true),
        top: TOP,
        bottom,
        left,
        right,
        title: metric.title
      }),
      rows.map(
          (row, index) => group(
              {},
              label(names, y(index), shorten(name(row), names / 1.1, TEXT), {
                size: TEXT,
                anchor: "end",
                fill: text,
                weight: row.cell.mechanism === view.state.mechanism ? 700 : null
              }),
              strip(frame, row, y(index), x),
              launches(frame, row, y(index) + 1, x),
              row.cell.bimodal && label(frame.width, y(index), "two modes", {size: 11, anchor: "end", fill: muted}),
              ),
          ),
    ],
    points: rows.map(
        (row, index) => cellPoint(
            row.cell, metric, {
              x: x(metric.of(row.cell).value),
              y: y(index),
              box: {x: 0, y: y(index) - BAR - 3, width: frame.width, height: ROW},
              series: "all",
              label: `${name(row)}, ${row.cell.wait}`,
              set: {mechanism: row.cell.mechanism},
            },
            () => [`launches: ${row.cell.figures.map((figure) => formatDuration(figure)).join(", ")}`])),
    table: {
      head: ["mechanism", "waiting", "messages", "fullest class, from", "to", "its share", "launches"],
      rows: rows.map((row) => {
        const fullest = row.classes.find(({count}) => count === row.most);
        return [
          name(row), row.cell.wait, String(row.all), formatDuration(fullest.low), formatDuration(fullest.high),
          formatShare(row.most / row.all), row.cell.figures.map((figure) => formatDuration(figure)).join(" ")
        ];
      }),
    },
  });
}
