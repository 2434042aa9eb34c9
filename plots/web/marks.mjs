// Marks that several charts share: symbols, intervals, direct labels, and the key of symbols.
import {line as lineOf, symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolTriangle, symbolWye} from "d3-shape";

import {el, group, label, textWidth} from "./svg.mjs";
import {colorOf, lookOf, sortWaits, themeOf} from "./themes.mjs";

const SHAPES = {
  circle: [symbolCircle, 1],
  diamond: [symbolDiamond, 1],
  square: [symbolSquare, 1],
  triangle: [symbolTriangle, 0.9],
  wye: [symbolWye, 0.9],
  cross: [symbolCross, 1],
};

// The symbol of a way of waiting, about 2 * radius wide.
export function mark(frame, wait, x, y, radius = 4.5, others = {}) {
  const [shape, share] = SHAPES[lookOf(wait).shape];
  const d = symbol().type(shape).size(Math.PI * radius * radius * share)();
  return el(
      "path", {d, transform: `translate(${x.toFixed(2)},${y.toFixed(2)})`, fill: colorOf(frame, wait), ...others});
}

// A horizontal interval behind its mark.
export const interval = (stroke, x1, x2, y) =>
    el("line", {x1, x2, y1: y, y2: y, stroke, "stroke-width": 4, "stroke-opacity": 0.35, "stroke-linecap": "round"});

// Makes a label legible on whatever it crosses.
export const halo = (frame) => ({stroke: themeOf(frame).ground, "stroke-width": 3, "paint-order": "stroke"});

export const path = (points, attributes) =>
    el("path", {d: lineOf()(points.map(({x, y}) => [x, y])), fill: "none", "stroke-linejoin": "round", ...attributes});

// Labels at given heights, moved as little as possible so that none touches another: [{y, ...}] -> the same with
// `at`, ascending. top, bottom: where labels may be. Too many for the room keep the least distance and overflow evenly.
export function spread(labels, gap, top, bottom) {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  // Blocks of touching labels, each at the mean of its wishes (pool adjacent violators).
  const blocks = [];
  for (const each of sorted) {
    blocks.push({members: [each], middle: each.y});
    while (blocks.length > 1) {
      const [before, last] = blocks.slice(-2);
      const reach = (gap * (before.members.length + last.members.length)) / 2;
      if (last.middle - before.middle >= reach) break;
      const members = [...before.members, ...last.members];
      blocks.splice(-2, 2, {members, middle: members.reduce((sum, {y}) => sum + y, 0) / members.length});
    }
    const block = blocks.at(-1);
    const half = (gap * (block.members.length - 1)) / 2;
    block.middle = Math.max(top + half, Math.min(bottom - half, block.middle));
  }
  const placed = blocks.flatMap(
      ({members, middle}) =>
          members.map((each, index) => ({...each, at: middle + gap * (index - (members.length - 1) / 2)})),
  );
  // Clamping to the bottom may have pushed a block onto the one before.
  for (let index = placed.length - 2; index >= 0; index -= 1) {
    placed[index].at = Math.min(placed[index].at, placed[index + 1].at - gap);
  }
  return placed;
}

// Whether a box of text is free of all boxes that were placed before; then it is kept. Boxes: {x, y, width, height}.
export function makeRoom() {
  const taken = [];
  const touches = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  return {
    block: (box) => taken.push(box),
    place(candidates) {
      const free = candidates.find((box) => !taken.some((other) => touches(box, other)));
      if (free) taken.push(free);
      return free ?? null;
    },
  };
}

// The key of a chart, in its first line: a symbol and a word for each way of waiting of its series or cells.
const KEY_TEXT = 12;
const entryWidth = (wait) => 29 + textWidth(lookOf(wait).word, KEY_TEXT);
const waitsOf = (series) => sortWaits(series.map(({wait}) => wait));
export function waitKey(frame, series, x = 0) {
  const y = 14;
  let at = x;
  const entries = waitsOf(series).map((wait) => {
    const word = label(at + 15, y, lookOf(wait).word, {size: KEY_TEXT, fill: themeOf(frame).text});
    const entry = group({}, mark(frame, wait, at + 6, y - 4), word);
    at += entryWidth(wait);
    return entry;
  });
  return group({class: "key"}, entries);
}
export const waitKeyWidth = (series) => waitsOf(series).reduce((sum, wait) => sum + entryWidth(wait), 0);
