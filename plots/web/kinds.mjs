// Mechanisms by kind, and the few of many that a chart can show at once.

// By name, so that a new mechanism finds its kind; the first that fits. A wish, not a list of what exists.
const KINDS = [
  ["Shared memory", /ring|composite|fd_passing/],
  ["Pipes", /^(pipe|fifo)/],
  ["Sockets", /socket|^unix_|^tcp|^udp/],
  ["Message queues", /queue/],
  ["Signals", /signal/],
  ["Locks", /lock|mutex|flag/],
  ["Semaphores and events", /semaphore|futex|eventfd/],
  ["Files", /^file|offset/],
];
const OTHERS = "Others";
const FLOORS = "Floors";

export const kindOf = (name) => KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? OTHERS;

// series: of select(). Returns [{kind, members}], in the order above; others and floors last.
export function byKind(series) {
  const groups = new Map([...KINDS.map(([kind]) => kind), OTHERS, FLOORS].map((kind) => [kind, []]));
  for (const each of series) groups.get(each.floor ? FLOORS : kindOf(each.mechanism)).push(each);
  return [...groups].filter(([, members]) => members.length > 0).map(([kind, members]) => ({ kind, members }));
}

// More lines than these cannot be told apart, whatever their colours.
export const MOST_LINES = 16;

// How well a mechanism does, as a key to sort by: at the metric's ranking size, or else at the size next to it.
function standing({ points }, metric) {
  const distance = ({ size }) => Math.abs(Math.log2((size || 0.5) / metric.rankSize));
  const measured = points.filter(({ value }) => value !== null);
  const nearest = measured.reduce((best, point) => (distance(point) < distance(best) ? point : best));
  return { far: distance(nearest), value: metric.better === "less" ? nearest.value : -nearest.value };
}

// The names of at most `limit` mechanisms, floors not counted: the fastest of each kind, then the second of
// each, and so on. All of them if there are no more.
export function fastestOfEachKind(series, metric, limit = MOST_LINES) {
  const compared = series.filter(({ floor }) => !floor);
  if (compared.length <= limit) return compared.map(({ mechanism }) => mechanism);
  const queues = byKind(compared).map(({ members }) =>
    members
      .map((each) => ({ mechanism: each.mechanism, ...standing(each, metric) }))
      .sort((a, b) => a.far - b.far || a.value - b.value),
  );
  const chosen = [];
  for (let place = 0; chosen.length < limit; place += 1) {
    for (const queue of queues) {
      if (place < queue.length && chosen.length < limit) chosen.push(queue[place].mechanism);
    }
  }
  return chosen;
}
