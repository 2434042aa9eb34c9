// A grid of changes: colour for slower or faster, its sign in the text, bold and outlined where the verdict is certain.
import {interpolateRgb} from "d3-interpolate";

import {formatChange, isChange, verdictOf} from "../comparisons.mjs";
import {mark} from "../marks.mjs";
import {el, group, label, shorten, textWidth} from "../svg.mjs";
import {themeOf} from "../themes.mjs";

import {inkOn, toHex} from "./heat.mjs";

const ROW = 20;
const TEXT = 11;
const HEAD = 22;
const TILTED = 78;                // at most
const OVERHANG = 40;              // of the last tilted head
const LEAST_APART = 13;           // between tilted heads
const STRONGEST = Math.log(1.5);  // a change of this size has the full colour

const NOTICED = 0.02;  // below this, an uncertain change has no sign of its own where its number has no room

export function shade(frame, ratio) {
  const {band, better, worse} = themeOf(frame);
  const depth = Math.min(1, Math.abs(Math.log(ratio)) / STRONGEST);
  return toHex(interpolateRgb(band, ratio > 1 ? worse : better)(depth));
}

function drawEntry(frame, entry, box) {
  if (!entry) return null;
  const {ratio, verdict} = entry;
  const fill = shade(frame, ratio);
  const {sign} = verdictOf(verdict);
  const certain = isChange(entry);
  const choices = certain ? [`${sign} ${formatChange(ratio)}`, sign] :
                            [formatChange(ratio),
                             Math.abs(Math.log(ratio)) < NOTICED ? "" :
                                 ratio > 1                       ? "+" :
                                                                   "−"];
  const text = choices.find((each) => textWidth(each, TEXT) <= box.width - 4);
  return group(
      {},
      el("rect", {...box, fill, stroke: certain ? themeOf(frame).text : null, "stroke-width": 1.5}),
      text &&
          label(
              box.x + box.width / 2, box.y + box.height / 2 + 4, text,
              {size: TEXT, anchor: "middle", fill: inkOn(fill), weight: certain ? 700 : null}),
  );
}

// rows: [{name, wait}], wait may be missing; columns: [text]; entries: rows of columns of {ratio, verdict, lines, set}
// or null. Gives {children, points, height}.
export function drawGrid(frame, {rows, columns, entries, top = 0}) {
  const theme = themeOf(frame);
  const names = Math.min(Math.max(...rows.map(({name}) => textWidth(name, TEXT))) + 16, frame.width * 0.36);
  const left = names + 8;
  const fitting = Math.min(90, (frame.width - left) / columns.length);
  const tilted = columns.some((column) => textWidth(column, TEXT) > fitting - 4);
  const width = tilted ? Math.min(90, (frame.width - left - OVERHANG) / columns.length) : fitting;
  const longest = Math.max(...columns.map((column) => textWidth(column, TEXT)));
  const head = top + (tilted ? Math.min(TILTED, longest * 0.78 + 14) : HEAD);
  const every = tilted ? Math.ceil(LEAST_APART / width) : 1;
  const boxOf = (row, column) =>
      ({x: left + column * width + 1, y: head + row * ROW + 1, width: width - 2, height: ROW - 2});
  const columnHead = (column, index) => {
    const x = left + (index + 0.5) * width;
    if (!tilted) return label(x, head - 7, column, {size: TEXT, anchor: "middle", fill: theme.muted});
    return label(
        0, 0, shorten(column, 96, TEXT),
        {size: TEXT, fill: theme.muted, transform: `translate(${(x + 2).toFixed(1)},${head - 6}) rotate(-50)`});
  };
  const children = [
    columns.map((column, index) => index % every === 0 && columnHead(column, index)),
    rows.map(
        ({name, wait}, row) =>
            [label(
                 names - (wait ? 14 : 0), head + row * ROW + 14, shorten(name, names - 16, TEXT),
                 {size: TEXT, anchor: "end", fill: theme.text}),
             wait && mark(frame, wait, names - 5, head + row * ROW + 10, 3.4),
             entries[row].map((entry, column) => drawEntry(frame, entry, boxOf(row, column))),
  ]),
  ];
  const points = rows.flatMap(
      ({name}, row) => entries[row].flatMap((entry, column) => {
        if (!entry) return [];
        const box = boxOf(row, column);
        return [{
          x: box.x + box.width / 2,
          y: box.y + box.height / 2,
          box,
          series: `${row} ${name}`,
          label: `${name}, ${columns[column]}`,
          lines: entry.lines,
          set: entry.set
        }];
      }),
  );
  return {children, points, height: head + rows.length * ROW + 4};
}
