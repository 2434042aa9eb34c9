// What every chart returns: {title, subtitle, node, width, height, points, table, empty}.
//
// chart(view, frame): view of model.mjs's viewOf(); frame: {width in pixels, theme: "light" | "dark" | "print", font}.
// node: an svg element of svg.mjs. points: [{x, y, series, label, lines: [text], cell?, box?, set?}], what can be
// hovered over and reached by keyboard: x and y in the node; series: points of one name are walked with left and right;
// lines: the card's text; box {x, y, width, height}: the area that belongs to the point; set: the part of the state
// that a click changes. table: {head: [text], rows: [[text]]}, the chart's numbers. empty: why there is nothing to see,
// else null.
import {cardLines} from "../evidence.mjs";
import {svgRoot} from "../svg.mjs";

// A point of a cell with the cell's card, in which the lines of more() follow the head. The card is written when it is
// read: a page has a thousand points, and a reader looks at a few.
export const cellPoint = (cell, metric, point, more = () => []) => Object.defineProperty({...point, cell}, "lines", {
  get() {
    const [head, ...rest] = cardLines(cell, metric);
    return [head, ...more(), ...rest];
  },
  enumerable: true,
});

export function makeChart(frame, {title, subtitle, width = frame.width, height, children, points, table}) {
  const names = `${title}. ${subtitle}. ${points.length} points; the table has the numbers.`;
  return {
    title,
    subtitle,
    node: svgRoot(frame, width, height, {"aria-label": names}, children),
    width,
    height,
    points,
    table,
    empty: null
  };
}

export const emptyChart = (frame, title, subtitle, reason) => ({
  title,
  subtitle,
  node: null,
  width: frame.width,
  height: 0,
  points: [],
  table: {head: [], rows: []},
  empty: reason,
});
