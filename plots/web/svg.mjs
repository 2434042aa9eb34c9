// A tree of markup as plain objects: the charts, and the text around them, before they become DOM nodes or a file.
// Contents of reports are untrusted. They become text or attribute values here, never markup.

// A child is a node or text; null and false are left out, and arrays are spread. So is an attribute of null or false.
export const el = (tag, attributes = {}, ...children) => ({
  tag,
  attributes,
  children: children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
});

// Prose with `commands` as children in HTML.
export const coded = (text) =>
    String(text).split("`").map((part, index) => (index % 2 === 1 ? el("code", {}, part) : part));

export const group = (attributes, ...children) => el("g", attributes, ...children);

// The root of a drawing: width and height in pixels, in the frame's font. others: further attributes.
export const svgRoot = (frame, width, height, others, ...children) => el(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      "font-family": frame.font,
      role: "img",
      ...others
    },
    ...children,
);

// A part of the page that a click unfolds.
export const folded = (title, open, ...children) => el("details", {open}, el("summary", {}, title), ...children);

const ENTITIES = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
};
// XML has no way to write most control characters.
const FORBIDDEN =
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
export const escapeMarkup = (text) =>
    String(text).replace(FORBIDDEN, "\ufffd").replace(/[&<>"']/g, (character) => ENTITIES[character]);

const round = (value) => (typeof value === "number" ? Math.round(value * 100) / 100 : value);
export const attributesOf = ({attributes}) =>
    Object.entries(attributes)
        .filter(([, value]) => value !== null && value !== undefined && value !== false)
        .map(([name, value]) => [name, value === true ? "" : String(round(value))]);

// The text of an SVG file or of a part of one.
export function toMarkup(node) {
  if (typeof node !== "object") return escapeMarkup(node);
  const attributes = attributesOf(node).map(([name, value]) => ` ${name}="${escapeMarkup(value)}"`);
  const head = `<${node.tag}${attributes.join("")}`;
  return node.children.length === 0 ? `${head}/>` : `${head}>${node.children.map(toMarkup).join("")}</${node.tag}>`;
}

// How wide a text is drawn at most, in pixels: advances of DejaVu Sans, which is wider than the fonts of most screens.
const NARROW = /[ijl.,:;'|!()[\] ]/;
const WIDE = /[mwMW@%×→µ]/;
export function textWidth(text, size) {
  let units = 0;
  for (const character of String(text)) units += NARROW.test(character) ? 0.36 : WIDE.test(character) ? 0.96 : 0.62;
  return units * size;
}

// The text, cut to `width` pixels with an ellipsis. Charts put the whole of it into the point's card.
export function shorten(text, width, size) {
  const whole = String(text);
  if (textWidth(whole, size) <= width) return whole;
  let kept = [...whole];
  while (kept.length > 1 && textWidth(`${kept.join("")}…`, size) > width) kept = kept.slice(0, -1);
  return `${kept.join("")}…`;
}

// Text with the theme's font settings. anchor: start, middle or end.
/** @type {(x: number, y: number, content: any, style?: Record<string, any>) => any} */
export const label = (x, y, content, {size = 12, anchor = "start", fill, weight = null, ...others} = {}) =>
    el("text", {
      x,
      y,
      "font-size": size,
      "text-anchor": anchor === "start" ? null : anchor,
      fill,
      "font-weight": weight,
      ...others
    },
       content);
