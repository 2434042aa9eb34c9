// How far apart are the CPUs? A square for each pair on which a launch was measured: a cache line there and back.
import {interpolateRgb} from "d3-interpolate";

import {formatDuration, plural} from "../format.mjs";
import {el, label, textWidth} from "../svg.mjs";
import {themeOf} from "../themes.mjs";

import {emptyChart, makeChart} from "./chart.mjs";
import {inkOn, toHex} from "./heat.mjs";

const TEXT = 11;
const MOST_SIDE = 64;
const HEAD = 24;

// The darkest shade is of the longest time.
const shadeOf = (frame, times) => {
  const [light, full] = themeOf(frame).heat;
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return (ns) => toHex(interpolateRgb(light, full)(most > least ? Math.log(ns / least) / Math.log(most / least) : 0));
};

export function distances({report}, frame) {
  const title = "Distances of CPUs";
  const pairs = report.distances ?? [];
  if (pairs.length === 0)
    return emptyChart(
        frame, title, "",
        "No launch had its ends pinned to two CPUs: `ipcbench run --cpus smt,llc,socket,node` measures those that this machine has.");
  const cpus = [...new Set(pairs.flatMap(([a, b]) => [a, b]))].sort((a, b) => a - b);
  const left = textWidth(`CPU ${cpus.at(-1)}`, TEXT) + 16;
  const side = Math.min(MOST_SIDE, (frame.width - left) / cpus.length);
  const shade = shadeOf(frame, pairs.map(([, , ns]) => ns));
  const {text} = themeOf(frame);
  // Both orders of a pair, so that a row has all distances of its CPU.
  const squares = pairs.flatMap(([a, b, ns, launches]) => [[a, b], [b, a]].map(([row, column]) => {
    const box =
        {x: left + cpus.indexOf(column) * side, y: HEAD + cpus.indexOf(row) * side, width: side - 2, height: side - 2};
    const said = `CPU ${row} and CPU ${column}`;
    return {
      row,
      column,
      ns,
      launches,
      box,
      point: {
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
        box,
        series: `CPU ${row}`,
        label: said,
        lines: [
          said, `a cache line there and back: ${formatDuration(ns)}`,
          `median of ${plural(launches, "launch", "launches")}`
        ],
      }
    };
  }));
  const every = Math.ceil((textWidth(String(cpus.at(-1)), TEXT) + 4) / side);
  return makeChart(frame, {
    title,
    subtitle:
        "A cache line there and back, median over the launches whose ends were on these two CPUs; blank: none was",
    height: HEAD + cpus.length * side + 4,
    children: [
      cpus.map(
          (cpu, index) =>
              (index % every === 0 &&
               [
                 label(left + (index + 0.5) * side, HEAD - 8, String(cpu), {size: TEXT, anchor: "middle", fill: text}),
                 label(left - 8, HEAD + (index + 0.5) * side + 4, `CPU ${cpu}`, {size: TEXT, anchor: "end", fill: text})
               ])),
      squares.map(({ns, box, point}) => {
        const fill = shade(ns);
        const words = formatDuration(ns);
        return [
          el("rect", {...box, fill, rx: 2}),
          textWidth(words, TEXT) < box.width &&
              label(point.x, point.y + 4, words, {size: TEXT, anchor: "middle", fill: inkOn(fill)}),
        ];
      }),
    ],
    points: squares.map(({point}) => point),
    table: {
      head: ["CPU", "CPU", "there and back, ns", "launches"],
      rows: pairs.map((pair) => pair.map(String)),
    },
  });
}
