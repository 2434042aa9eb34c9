// What does the speed cost? The metric against the CPUs that both ends keep busy, with the front of those that
// nothing beats in both.
import {scaleLinear} from "d3-scale";

import {bottomAxis, leftAxis, logDomain, logScale} from "../axes.mjs";
import {capital, formatCpus} from "../format.mjs";
import {halo, makeRoom, mark, path, waitKey} from "../marks.mjs";
import {compareBy} from "../metrics.mjs";
import {ranked} from "../ranks.mjs";
import {describe} from "../state.mjs";
import {el, label, textWidth} from "../svg.mjs";
import {themeOf} from "../themes.mjs";

import {cellPoint, emptyChart, makeChart} from "./chart.mjs";

const TEXT = 12;
const LINE = 14;

// Differences in CPUs busy below this share are no price.
const SAME_PRICE = 1.05;

// The cells that no other beats in the metric at the same price or less, by CPUs busy.
export function front(cells, metric) {
  const better = (a, b) => compareBy(metric)(metric.of(a).value, metric.of(b).value) < 0;
  const beaten = (cell) => cells.some((other) => better(other, cell) && other.cpus_busy <= cell.cpus_busy * SAME_PRICE);
  return cells.filter((cell) => !beaten(cell)).sort((a, b) => a.cpus_busy - b.cpus_busy);
}

// Places for a label beside its mark, best first.
const around = (x, y, width) =>
    [{x: x + 8, y: y - LINE / 2, width, height: LINE},
     {x: x - 8 - width, y: y - LINE / 2, width, height: LINE},
     {x: x - width / 2, y: y - 9 - LINE, width, height: LINE},
     {x: x - width / 2, y: y + 9, width, height: LINE},
     {x: x + 8, y: y - LINE - 6, width, height: LINE},
     {x: x + 8, y: y + 6, width, height: LINE},
     {x: x - 8 - width, y: y - LINE - 6, width, height: LINE},
     {x: x - 8 - width, y: y + 6, width, height: LINE},
];

// Labels where there is room: the front's first, then the others from best to worst.
function labels(frame, cells, named, at, place) {
  const room = makeRoom();
  for (const cell of cells) room.block({x: at(cell).x - 4, y: at(cell).y - 4, width: 8, height: 8});
  const first = [...cells.filter(({mechanism}) => mechanism === place.chosen), ...named];
  const order = [...new Set([...first, ...cells])];
  return order.map((cell) => {
    const {x, y} = at(cell);
    const inFront = named.includes(cell);
    const text = inFront ? `${cell.mechanism}, ${cell.wait}` : cell.mechanism;
    const width = textWidth(text, TEXT) * (inFront ? 1.08 : 1);
    const inside = (box) => box.x >= place.left && box.x + box.width <= frame.width && box.y >= place.top - 6 &&
        box.y + box.height <= place.bottom;
    const box = room.place(around(x, y, width).filter(inside));
    if (!box) return null;
    const {text: ink, muted} = themeOf(frame);
    return label(
        box.x, box.y + LINE - 3, text,
        {size: TEXT, fill: inFront ? ink : muted, weight: inFront ? 700 : null, ...halo(frame)});
  });
}

export function price(view, frame) {
  const {here, metric} = view;
  const title = `${capital(metric.title)} against its price`;
  const subtitle = describe(view);
  const cells = ranked(here, metric).filter(({cpus_busy}) => Number.isFinite(cpus_busy));
  if (cells.length === 0)
    return emptyChart(frame, title, subtitle, "No mechanism has this number at this size with these choices.");
  const place = {
    chosen: view.state.mechanism,
    left: 64,
    right: frame.width - 16,
    top: 50,
    bottom: 50 + Math.min(360, Math.max(260, frame.width * 0.4))
  };
  const most = Math.max(1, ...cells.map(({cpus_busy}) => cpus_busy)) * 1.05;
  const x = scaleLinear().domain([0, most]).range([place.left, place.right]);
  const y = logScale(logDomain(cells.map((cell) => metric.of(cell).value), 1.4), [place.bottom, place.top]);
  const at = (cell) => ({x: x(cell.cpus_busy), y: y(metric.of(cell).value)});
  const named = front(cells, metric);
  const theme = themeOf(frame);
  return makeChart(frame, {
    title,
    subtitle: `${
        subtitle}. CPUs busy: CPU time of all ends over the elapsed time; dashed and bold: nothing is better without keeping more CPUs busy; ${
        metric.better === "less" ? "lower" : "upper"} left is better`,
    height: place.bottom + 38,
    children: [
      bottomAxis(frame, {
        place: x,
        ticks: x.ticks(frame.width < 560 ? 4 : 8),
        text: (cpus) => String(cpus),
        ...place,
        title: "CPUs kept busy"
      }),
      leftAxis(frame, {place: y, format: metric.format, room: 34, ...place, title: metric.title}),
      waitKey(frame, cells, place.left),
      named.length > 1 && path(named.map(at), {stroke: theme.muted, "stroke-dasharray": "5 4"}),
      cells.map(
          (cell) => mark(
              frame, cell.wait, at(cell).x, at(cell).y, 4.5,
              {"fill-opacity": 0.8, stroke: theme.ground, "stroke-width": 0.7})),
      cells.filter(({mechanism}) => mechanism === place.chosen)
          .map((cell) => el("circle", {cx: at(cell).x, cy: at(cell).y, r: 7, fill: "none", stroke: theme.text})),
      labels(frame, cells, named, at, place),
    ],
    points: cells
                .map(
                    (cell) => cellPoint(
                        cell, metric, {...at(cell), series: cell.wait, label: `${cell.mechanism}, ${cell.wait}`}))
                .sort((a, b) => a.x - b.x),
    table: {
      head: ["mechanism", "waiting", metric.title, "CPUs busy", "nothing better for less"],
      rows: cells.map(
          (cell) =>
              [cell.mechanism, cell.wait, metric.format(metric.of(cell).value), formatCpus(cell.cpus_busy),
               named.includes(cell) ? "yes" : ""]),
    },
  });
}
