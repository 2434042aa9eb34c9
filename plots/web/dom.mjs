// The page's DOM helpers. Text from a report only ever becomes a text node.

export const byId = (id) => document.getElementById(id);

// element("th", {scope: "row"}, "pipe"): attributes by name, children nodes or text.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// A piece of a mechanism's line with its symbol, as the chart draws it.
export function swatch({ color, path, hollow, floor }) {
  const svg = shape("svg", { viewBox: "0 0 34 16", "aria-hidden": "true" });
  const line = { x1: 0, y1: 8, x2: 34, y2: 8, stroke: color, "stroke-width": 1.8 };
  if (floor) line["stroke-dasharray"] = "5 4";
  const size = floor ? 0.35 : 0.6;
  const symbol = {
    d: path,
    fill: hollow ? "var(--ground)" : color,
    stroke: color,
    "stroke-width": 1.6 / size,
    transform: `translate(${17 - 10 * size} ${8 - 10 * size}) scale(${size})`,
  };
  svg.append(shape("line", line), shape("path", symbol));
  return svg;
}
