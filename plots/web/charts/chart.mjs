// What every chart returns: {title, subtitle, node, width, height, points, table, empty}.
//
// chart(view, frame): view of model.mjs's viewOf(); frame: {width in pixels, theme: "light" | "dark" | "print", font}.
// node: an svg element of svg.mjs. points: [{x, y, series, label, lines: [text], cell?, box?, set?}], what can be
// hovered over and reached by keyboard: x and y in the node; series: points of one name are walked with left and right;
// lines: the card's text; box {x, y, width, height}: the area that belongs to the point; set: the part of the state
// that a click changes. table: {head: [text], rows: [[text]]}, the chart's numbers. empty: why there is nothing to see,
// else null.
import {el} from "../svg.mjs";

// A point whose card is written when it is asked for: a chart has hundreds.
export const withCard = (point, lines) => Object.defineProperty(point, "lines", {get: lines, enumerable: true});

export function makeChart(frame, {title, subtitle, width = frame.width, height, children, points, table}) {
  const names = `${title}. ${subtitle}. ${points.length} points; the table has the numbers.`;
  const node = el(
      "svg",
      {
        xmlns: "http://www.w3.org/2000/svg",
        width,
        height,
        viewBox: `0 0 ${width} ${height}`,
        "font-family": frame.font,
        role: "img",
        "aria-label": names
      },
      children,
  );
  return {title, subtitle, node, width, height, points, table, empty: null};
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
