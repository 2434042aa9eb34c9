// Small charts side by side with common axes, and the lines in them.
import {el, group, label, shorten, textWidth} from "../svg.mjs";
import {themeOf} from "../themes.mjs";

const GAP = 22;
const HEAD = 24;

// Where `heights.length` panels stand: as many beside each other as have room for `least` pixels each. heights: of the
// plot of each panel; those of a row get that of the highest. Gives {panels: [{x, y, width, top, bottom}], height}.
// `foot`: room below each plot.
export function panelsIn(frame, heights, {least = 300, foot = 34, top = 0} = {}) {
  const columns = Math.max(1, Math.min(heights.length, Math.floor((frame.width + GAP) / (least + GAP))));
  const width = (frame.width - GAP * (columns - 1)) / columns;
  const panels = [];
  let y = top;
  for (let first = 0; first < heights.length; first += columns) {
    const row = heights.slice(first, first + columns);
    const height = Math.max(...row);
    row.forEach(
        (_, column) => panels.push({x: column * (width + GAP), y, width, top: y + HEAD, bottom: y + HEAD + height}));
    y += HEAD + height + foot;
  }
  return {panels, height: y};
}

// A panel for each group, as parts of a chart: {children, points, height}. heightOf(group): of its plot; where: as of
// panelsIn(); draw(panel, group): {node, points}.
export function drawPanels(frame, groups, heightOf, where, draw) {
  const {panels, height} = panelsIn(frame, groups.map(heightOf), where);
  const drawn = groups.map((each, index) => draw(panels[index], each));
  return {height, children: drawn.map(({node}) => node), points: drawn.flatMap(({points}) => points)};
}

// A panel's name at the left, and what is to be known of it at the right. Bold letters are wider by a tenth.
const TITLE = 13;
const MORE = 11;
export function panelTitle(frame, panel, text, more = "") {
  const {text: ink, muted} = themeOf(frame);
  const most = (panel.width * (more ? 0.5 : 1)) / 1.1;
  const name = shorten(text, most, TITLE);
  const rest = panel.width - textWidth(name, TITLE) * 1.1 - 10;
  return group(
      {},
      label(panel.x, panel.y + 14, name, {size: TITLE, weight: 700, fill: ink}),
      more &&
          label(
              panel.x + panel.width, panel.y + 14, shorten(more, rest, MORE), {size: MORE, anchor: "end", fill: muted}),
  );
}

// The knees of a panel's series: "knee: 64 KiB", or, where they differ, "knee: block 64 KiB, spin 1 MiB".
export function kneesOf(series, text) {
  const texts = series.map(text);
  if (new Set(texts).size === 1) return `knee: ${texts[0]}`;
  // A unit that all have stands once, at the end.
  const unit = texts[0].match(/ \S+$/)?.[0] ?? "";
  const isShared = unit !== "" && texts.every((each) => each.endsWith(unit));
  const bare = isShared ? texts.map((each) => each.slice(0, -unit.length)) : texts;
  return `knee: ${series.map(({wait}, index) => `${wait} ${bare[index]}`).join(", ")}${isShared ? unit : ""}`;
}

// Points in ascending order of `at` as the pieces that a line may join: it bridges two missing octaves at most.
const MOST_OCTAVES = 3;
export function pieces(points, at = (point) => point.size) {
  const split = [];
  for (const point of points) {
    const last = split.at(-1)?.at(-1);
    const joined = last !== undefined && at(last) > 0 && Math.log2(at(point) / at(last)) <= MOST_OCTAVES;
    if (joined)
      split.at(-1).push(point);
    else
      split.push([point]);
  }
  return split;
}

// With fewer points there is nothing to follow: they are shown alone.
export const FEWEST_FOR_LINE = 4;
export const linesOf = (points, at) =>
    (points.length < FEWEST_FOR_LINE ? [] : pieces(points, at).filter(({length}) => length > 1));

// A thin line from the end of a series to its label, where the label had to move.
export const leader = (frame, x1, y1, x2, y2) =>
    Math.abs(y1 - y2) < 1.5 ? null : el("line", {x1, y1, x2, y2, stroke: themeOf(frame).faint, "stroke-width": 1});
