// Tables as trees of svg.mjs in HTML.
import { el } from "./svg.mjs";

// {head: [text], rows: [[text]]}: the first column names the row and stays in sight.
export const tableTree = ({ head, rows }, caption) =>
  el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, head.map((text) => el("th", { scope: "col" }, text)))),
      el("tbody", {}, rows.map(([name, ...cells]) => el("tr", {}, el("th", { scope: "row" }, name), cells.map((text) => el("td", {}, text))))),
    ),
  );
