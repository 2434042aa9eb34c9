// Who is best, and who cannot be told from the best. Pure functions over a view (model.mjs, viewOf).
import {compareBy, metricOf} from "./metrics.mjs";
import {sortWaits} from "./themes.mjs";

const valueOf = (metric, cell) => metric.of(cell)?.value;

// The cells that have the metric's number, best first.
export const ranked = (cells, metric) =>
    cells.filter((cell) => metric.of(cell) !== null)
        .sort((a, b) => compareBy(metric)(valueOf(metric, a), valueOf(metric, b)) || a.index - b.index);

// The best of some cells that are compared with each other, and those of them that cannot be told from it, best first:
// {best, tied, of: number compared}, or null without cells. Cells without settings of their own come first among
// equals.
export function winner(cells, metric) {
  const order = ranked(cells, metric);
  if (order.length === 0) return null;
  const [best] = order;
  const equals = new Set(best.tied);
  return {best, tied: order.filter((cell) => equals.has(cell)), of: order.length};
}

// The winner of each way of waiting among a view's cells at its size: [{wait, best, tied, of}].
export const winners = ({here, metric}) =>
    sortWaits(here.map(({wait}) => wait))
        .map((wait) => ({wait, ...winner(here.filter((cell) => cell.wait === wait), metric)}))
        .filter(({best}) => best);

// A mechanism's cells as one row each, rows in the order of their best value: [{mechanism, parameters, cells}].
export function rowsOf(cells, metric) {
  const rows = new Map();
  for (const cell of ranked(cells, metric)) {
    const key = JSON.stringify([cell.mechanism, cell.parameters]);
    if (!rows.has(key)) rows.set(key, {mechanism: cell.mechanism, parameters: cell.parameters, cells: []});
    rows.get(key).cells.push(cell);
  }
  return [...rows.values()];
}

// The best value at each size: Map from size to {best, tied, of}.
export function winnersBySize({cells, state}) {
  const sizes = [...new Set(cells.map(({size_bytes}) => size_bytes))].sort((a, b) => a - b);
  const winners = new Map();
  for (const size of sizes) {
    const won = winner(cells.filter((cell) => cell.size_bytes === size), metricOf(state.pattern, size));
    if (won !== null) winners.set(size, won);
  }
  return winners;
}
