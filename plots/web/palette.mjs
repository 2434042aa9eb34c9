// How each mechanism looks: a colour and a symbol that follow from its kind and name, not from its place in a
// chart, so that it looks the same in every chart and report.

// Okabe and Ito's colours (without black, the colour of the axes, and yellow, which drowns on white) with wine,
// olive and indigo after Paul Tol's "muted" scheme, each moved a little until all stay 18 apart in CIE Lab for
// every kind of colour vision (palette.test.mjs). The second of a pair is for a dark ground.
const COLORS = [
  ["#0069b5", "#4ca4db"],
  ["#d35c00", "#f26419"],
  ["#009b72", "#28d69a"],
  ["#c678ab", "#e2a3c4"],
  ["#e69f00", "#febb39"],
  ["#5bbaf2", "#a5d1ff"],
  ["#882255", "#cc5a9f"],
  ["#828e4c", "#b8b450"],
  ["#332288", "#9683f8"],
];

// Outlines in a box of 20 x 20, as SVG paths that ECharts and the page's own legend both draw.
const polygon = (points) => `M${points.map(([x, y]) => `${x},${y}`).join("L")}Z`;
const regular = (corners, turn, inner = 1) =>
  polygon(
    Array.from({ length: corners }, (_, i) => {
      const angle = (2 * Math.PI * i) / corners + turn;
      const radius = i % 2 === 1 ? 10 * inner : 10;
      return [10 + radius * Math.sin(angle), 10 - radius * Math.cos(angle)].map((c) => Number(c.toFixed(2)));
    }),
  );
const SHAPES = {
  circle: "M10,1A9,9 0 1,1 10,19A9,9 0 1,1 10,1Z",
  square: "M2,2H18V18H2Z",
  triangle: polygon([
    [10, 1],
    [19.5, 18],
    [0.5, 18],
  ]),
  diamond: polygon([
    [10, 0],
    [20, 10],
    [10, 20],
    [0, 10],
  ]),
  plus: "M7,1H13V7H19V13H13V19H7V13H1V7H7Z",
  star: regular(10, 0, 0.45),
  triangleDown: polygon([
    [10, 19],
    [19.5, 2],
    [0.5, 2],
  ]),
  cross: "M4.5,1L10,6.5L15.5,1L19,4.5L13.5,10L19,15.5L15.5,19L10,13.5L4.5,19L1,15.5L6.5,10L1,4.5Z",
};
// Filled shapes first, then the same ones hollow.
const SYMBOLS = [false, true].flatMap((hollow) => Object.keys(SHAPES).map((shape) => ({ shape, hollow })));
export const LOOKS = COLORS.length * SYMBOLS.length;

// FNV-1a, 32 bits (Fowler, Noll, Vo).
function hash(text) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

// Draws from the numbers below `count`. The returned function searches from `start` on and gives the first
// free number that was drawn least often so far.
function lots(count) {
  const drawn = new Array(count).fill(0);
  return (start, free = () => true) => {
    const around = drawn.map((_, step) => (start + step) % count);
    const open = around.filter(free);
    const least = (numbers) => numbers.reduce((best, each) => (drawn[each] < drawn[best] ? each : best));
    const picked = least(open.length > 0 ? open : around);
    drawn[picked] += 1;
    return picked;
  };
}

// name -> {color, symbol}, indices that a hash of the name proposes. Within a kind, no colour or symbol repeats
// until all are used. No two mechanisms share both while their colour has symbols left. Other kinds do not
// change a colour.
function assignLooks(mechanisms) {
  const taken = new Set();
  const looks = new Map();
  for (const kind of [...new Set(mechanisms.map((each) => each.kind))].sort()) {
    const [pickColor, pickSymbol] = [lots(COLORS.length), lots(SYMBOLS.length)];
    const members = mechanisms.filter((each) => each.kind === kind).map(({ name }) => name);
    for (const name of members.sort()) {
      const key = hash(name);
      const color = pickColor(key % COLORS.length);
      const symbol = pickSymbol((key >>> 16) % SYMBOLS.length, (each) => !taken.has(`${color} ${each}`));
      taken.add(`${color} ${symbol}`);
      looks.set(name, { color, symbol });
    }
  }
  return looks;
}

// All floors (the cost of a transfer without any mechanism) share one grey.
function floorLook(position, dark) {
  const shapes = Object.values(SHAPES);
  return {
    color: dark ? "#9aa3ad" : "#77808a",
    path: shapes[position % shapes.length],
    hollow: true,
    floor: true,
  };
}

// mechanisms: those of all reports shown, [{name, kind, floor}], each name once. Returns name -> {color,
// path (in a box of 20 x 20), hollow, floor}.
export function makePalette(mechanisms, dark = false) {
  const floors = mechanisms.filter(({ floor }) => floor).map(({ name }) => name);
  floors.sort();
  const looks = assignLooks(mechanisms.filter(({ floor }) => !floor));
  return (name) => {
    if (floors.includes(name)) return floorLook(floors.indexOf(name), dark);
    const { color, symbol } = looks.get(name);
    const { shape, hollow } = SYMBOLS[symbol];
    return { color: COLORS[color][dark ? 1 : 0], path: SHAPES[shape], hollow, floor: false };
  };
}
