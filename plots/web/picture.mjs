// A chart as a file of its own: the chart between its title and a line on the machine.
import {originOf} from "./machine.mjs";
import {el, label, svgRoot, textWidth, toMarkup} from "./svg.mjs";
import {themeOf} from "./themes.mjs";

const MARGIN = 24;
const LINE = 17;

// Words in lines of at most `width` pixels.
export function wrap(text, width, size) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && textWidth(longer, size) <= width)
      lines[lines.length - 1] = longer;
    else
      lines.push(word);
  }
  return lines;
}

// The markup of an SVG file.
export function pictureOf(chart, report, frame) {
  const theme = themeOf(frame);
  const width = chart.width + 2 * MARGIN;
  const heading = wrap(chart.title, chart.width, 20);
  const under = wrap(chart.subtitle, chart.width, 12);
  const origin = wrap(originOf(report), chart.width, 11);
  const top = MARGIN + 26 * heading.length + LINE * under.length + 8;
  const height = top + chart.height + 14 + LINE * origin.length + 8;
  const text = (lines, y, gap, style) => lines.map((line, index) => label(MARGIN, y + index * gap, line, style));
  const node = svgRoot(
      frame,
      width,
      height,
      {},
      el("title", {}, `${chart.title}, ${report.host}`),
      el("desc", {}, `${chart.subtitle}. ${originOf(report)}`),
      el("rect", {width, height, fill: theme.ground}),
      text(heading, MARGIN + 16, 26, {size: 20, weight: 700, fill: theme.text}),
      text(under, MARGIN + 26 * heading.length + 8, LINE, {size: 12, fill: theme.muted}),
      {...chart.node, attributes: {...chart.node.attributes, x: MARGIN, y: top, role: null, "aria-label": null}},
      text(origin, top + chart.height + 20, LINE, {size: 11, fill: theme.muted}),
  );
  return `${toMarkup(node)}\n`;
}
