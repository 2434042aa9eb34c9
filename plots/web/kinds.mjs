// Mechanisms by kind, and the few of many that a chart can show at once.

// series: of select(). Returns [{kind, members}] in the order of each kind's first member. The kind of
// mechanisms that the report does not describe is empty.
export function byKind(series) {
  const groups = new Map(series.map(({ kind }) => [kind, []]));
  for (const each of series) groups.get(each.kind).push(each);
  return [...groups].map(([kind, members]) => ({ kind, members }));
}

// More lines than this cannot be told apart, whatever their colours.
export const MOST_LINES = 16;

// A key to sort by, best first: the value at the metric's ranking size, or at the measured size nearest to it.
function standing({ points }, metric) {
  const distance = ({ size }) => Math.abs(Math.log2((size || 0.5) / metric.rankSize));
  const measured = points.filter(({ value }) => value !== null);
  const nearest = measured.reduce((best, point) => (distance(point) < distance(best) ? point : best));
  return { far: distance(nearest), value: metric.better === "less" ? nearest.value : -nearest.value };
}

const sizesOf = ({ points }) => points.filter(({ value }) => value !== null).length;

// The names of at most `limit` mechanisms, not counting floors: the fastest of each kind, then the second of
// each, and so on. Those measured at less than half of the sizes of their kind, such as variants of another,
// come after the rest of it, since they show no line. All of them if there are no more.
export function fastestOfEachKind(series, metric, limit = MOST_LINES) {
  const compared = series.filter(({ floor }) => !floor);
  if (compared.length <= limit) return compared.map(({ mechanism }) => mechanism);
  const queues = byKind(compared).map(({ members }) => {
    const most = Math.max(...members.map(sizesOf));
    return members
      .map((each) => ({
        mechanism: each.mechanism,
        sparse: 2 * sizesOf(each) < most,
        ...standing(each, metric),
      }))
      .sort((a, b) => a.sparse - b.sparse || a.far - b.far || a.value - b.value);
  });
  const chosen = [];
  for (let place = 0; chosen.length < limit; place += 1) {
    for (const queue of queues) {
      if (place < queue.length && chosen.length < limit) chosen.push(queue[place].mechanism);
    }
  }
  return chosen;
}
