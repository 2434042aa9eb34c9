// What does one byte more cost at the edge of a page or of a buffer? A row per mechanism, its neighbouring sizes
// joined.
import {bottomAxis, decimalTicks, logDomain, logScale, sizeText} from "../axes.mjs";
import {mark, waitKey} from "../marks.mjs";
import {metricOf, ratio} from "../metrics.mjs";
import {describe} from "../state.mjs";
import {el, group, label, shorten, textWidth} from "../svg.mjs";
import {colorOf, themeOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";
import {commandFor, seriesOf} from "./elsewhere.mjs";
import {drawPanels, panelTitle} from "./multiples.mjs";

const EDGES = [4096, 65536];
const ROW = 18;
const TEXT = 11;
const TOP = 26;

const valueOf = (cell) => metricOf(cell.pattern, cell.size_bytes).of(cell)?.value;

// The mechanisms measured on both sides of an edge, the largest step first: [{name, mechanism, wait, cells, step}].
// step: how many times worse the size beyond the edge is than the edge itself, or than the size before it.
export function stepsAt(view, edge) {
  const near = view.cells.filter((cell) => Math.abs(cell.size_bytes - edge) <= 1 && valueOf(cell) > 0);
  return seriesOf(near)
      .map((series) => ({...series, cells: series.cells.sort((a, b) => a.size_bytes - b.size_bytes)}))
      .filter(({cells}) => cells.length > 1)
      .map((series) => {
        const last = series.cells.at(-1);
        const before = series.cells.find(({size_bytes}) => size_bytes === Math.min(edge, last.size_bytes - 1));
        return {...series, step: ratio(view.metric, valueOf(last), valueOf(before ?? series.cells[0]))};
      })
      .sort((a, b) => b.step - a.step);
}

// "+3 %": how much more the byte beyond the edge costs.
export const formatStep = (step) => {
  const percent = (step - 1) * 100;
  const text = Math.abs(percent) < 9.95 ? percent.toFixed(1) : percent.toFixed(0);
  return `${percent < 0 ? "−" : "+"}${text.replace("-", "")} %`;
};

const SIDES = ["below", "at", "above"];
const sideOf = ({size_bytes}, edge) => SIDES[Math.sign(size_bytes - edge) + 1];

// Hollow below the edge, filled at it and beyond, where the symbol is larger.
function dot(frame, wait, x, y, side) {
  const ground = themeOf(frame).ground;
  if (side === "below")
    return mark(frame, wait, x, y, 3, {fill: ground, stroke: colorOf(frame, wait), "stroke-width": 1.2});
  return mark(frame, wait, x, y, side === "at" ? 2.6 : 4.4);
}

function drawRow(frame, panel, place, series, y, edge) {
  const {text, muted} = themeOf(frame);
  const at = series.cells.map((cell) => place.x(valueOf(cell)));
  return group(
      {},
      label(
          place.left - 8, y + 4, shorten(series.mechanism, place.left - 10 - panel.x, TEXT),
          {size: TEXT, anchor: "end", fill: text}),
      el("line", {
        x1: Math.min(...at),
        x2: Math.max(...at),
        y1: y,
        y2: y,
        stroke: colorOf(frame, series.wait),
        "stroke-width": 1.5
      }),
      series.cells.map((cell, index) => dot(frame, series.wait, at[index], y, sideOf(cell, edge))),
      label(
          panel.x + panel.width, y + 4, formatStep(series.step),
          {size: TEXT, anchor: "end", fill: series.step > 1.05 || series.step < 0.95 ? text : muted}),
  );
}

function drawPanel(frame, view, panel, {edge, rows}) {
  const names = Math.max(...rows.map(({mechanism}) => textWidth(mechanism, TEXT)));
  const left = panel.x + Math.min(names, panel.width * 0.36) + 10;
  const right = panel.x + panel.width - 52;
  const x = logScale(logDomain(rows.flatMap(({cells}) => cells.map(valueOf))), [left, right]);
  const y = (index) => panel.top + index * ROW + ROW / 2;
  const bottom = panel.top + rows.length * ROW + 2;
  return {
    node: group(
        {},
        panelTitle(frame, panel, `Across ${sizeText(edge)}`, "one byte more"),
        bottomAxis(frame, {
          place: x,
          ticks: decimalTicks(x, 56),
          text: (value) => view.metric.format(value, true),
          top: panel.top,
          bottom,
          left,
          right,
          title: view.metric.title
        }),
        rows.map((row, index) => drawRow(frame, panel, {x, left}, row, y(index), edge)),
        ),
    points: rows.flatMap(
        (row, index) => row.cells.map((cell) => cellPoint(cell, view.metric, {
                                        x: x(valueOf(cell)),
                                        y: y(index),
                                        series: `${row.name}, ${sizeText(edge)}`,
                                        label: `${row.name}, ${sizeText(cell.size_bytes)}`,
                                      })),
        ),
  };
}

export function cliffs(view, frame) {
  const title = "One byte more";
  const subtitle = describe(view, {size: false});
  const edges = EDGES.map((edge) => ({edge, rows: stepsAt(view, edge)})).filter(({rows}) => rows.length > 0);
  if (edges.length === 0) {
    const command = commandFor(
        view,
        `--pattern ${view.state.pattern} --size 4095..4097,65535..65537`.replace(
            /(\d+)\.\.(\d+)/g, (_, low) => `${low},${Number(low) + 1},${Number(low) + 2}`));
    return emptyChart(
        frame, title, subtitle,
        `No mechanism was measured on both sides of 4 KiB or 64 KiB with these choices. \`${command}\` measures them.`);
  }
  const panels = drawPanels(
      frame, edges, ({rows}) => rows.length * ROW + 4, {least: 380, top: TOP, foot: 46},
      (panel, edge) => drawPanel(frame, view, panel, edge));
  const series = edges.flatMap(({rows}) => rows);
  return makeChart(frame, {
    title,
    subtitle: `${
        subtitle}. Hollow: a byte less; small: the full page or buffer; large: a byte more, with the change at the right`,
    ...panels,
    children: [waitKey(frame, series), panels.children],
    table: {
      head: ["mechanism", "waiting", "edge", "a byte less", "at the edge", "a byte more", "change"],
      rows: edges.flatMap(
          ({edge, rows}) => rows.map(
              ({mechanism, wait, cells, step}) =>
                  [mechanism,
                   wait,
                   sizeText(edge),
                   ...SIDES.map((side) => cells.find((cell) => sideOf(cell, edge) === side))
                       .map((cell) => (cell ? view.metric.format(valueOf(cell)) : "")),
                   formatStep(step),
  ]),
          ),
    },
  });
}
