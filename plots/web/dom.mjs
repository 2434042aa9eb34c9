// From trees (svg.mjs) to nodes of the document. Text from a report only ever becomes a text node or an attribute.
import {attributesOf} from "./svg.mjs";

/** @type {(id: string) => HTMLElement | null} */
export const byId = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {any} node
 * @param {string | null} space the namespace of the node around it
 * @returns {any}
 */
export function toDom(node, space = null) {
  if (typeof node !== "object") return document.createTextNode(String(node));
  const inside = node.tag === "svg" ? SVG : space;
  const made = inside ? document.createElementNS(inside, node.tag) : document.createElement(node.tag);
  for (const [name, value] of attributesOf(node))
    if (name !== "xmlns") made.setAttribute(name, value);
  made.append(...node.children.map((child) => toDom(child, inside)));
  return made;
}

export const show = (place, ...nodes) =>
    place.replaceChildren(...nodes.flat(Infinity).filter(Boolean).map((node) => toDom(node)));
