// Which point of a chart is meant by a place on it or by a key. Pure functions over chart.points (charts/chart.mjs).

const NEAR = 12;   // pixels: everything this close to the pointer is listed
const REACH = 40;  // pixels: farther points are not meant

const inside = ({box}, x, y) => box && x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

// The nearest point and all others within 12 pixels of the place, nearest first; none if all are far.
export function pointsAt(points, x, y) {
  const boxed = points.filter((point) => inside(point, x, y));
  if (boxed.length > 0) return boxed;
  const byDistance = points.filter(({box}) => !box)
                         .map((point) => ({point, distance: Math.hypot(point.x - x, point.y - y)}))
                         .sort((a, b) => a.distance - b.distance);
  if (byDistance.length === 0 || byDistance[0].distance > REACH) return [];
  return byDistance.filter(({distance}, index) => index === 0 || distance <= NEAR).map(({point}) => point);
}

const seriesOf = (points) => [...new Set(points.map(({series}) => series))];

function neighbour(points, current, step) {
  const own = points.filter(({series}) => series === current.series);
  return own[own.indexOf(current) + step] ?? current;
}

// The point of the series before or after that is nearest in x.
function across(points, current, step) {
  const names = seriesOf(points);
  const name = names[names.indexOf(current.series) + step];
  if (name === undefined) return current;
  const own = points.filter(({series}) => series === name);
  return own.reduce((best, point) => (Math.abs(point.x - current.x) < Math.abs(best.x - current.x) ? point : best));
}

const MOVES = {
  ArrowLeft: (points, current) => neighbour(points, current, -1),
  ArrowRight: (points, current) => neighbour(points, current, 1),
  ArrowUp: (points, current) => across(points, current, -1),
  ArrowDown: (points, current) => across(points, current, 1),
  Home: (points) => points[0],
  End: (points) => points.at(-1),
};

// Where a key leads: left and right along the series, up and down between series. Null: the key moves nothing.
export function moveBy(points, current, key) {
  if (!Object.hasOwn(MOVES, key) || points.length === 0) return null;
  return points.includes(current) ? MOVES[key](points, current) : points[0];
}
