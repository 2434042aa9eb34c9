// Colours and shapes. A colour means the way of waiting and nothing else (on a page of several machines, the machine);
// verdicts have a sign and a word besides theirs. Every mark has a contrast of 3:1 or more on its ground
// (themes.test.mjs).
export const THEMES = {
  light: {
    text: "#1b2430",
    muted: "#5a6675",
    axis: "#8b95a1",
    grid: "#e3e7ec",
    band: "#eef1f5",
    ground: "#ffffff",
    faint: "#c3cad2",
    heat: ["#f2f4f7", "#44546a"],
    better: "#0b62b4",
    worse: "#b85300",
    waits: {block: "#0f766e", spin: "#b0279c", poll: "#8f5f00", epoll: "#a83c32", adaptive: "#5b4bc4"},
  },
  dark: {
    text: "#e6eaf0",
    muted: "#a3adba",
    axis: "#7a8594",
    grid: "#2c3542",
    band: "#222a35",
    ground: "#171c24",
    faint: "#465160",
    heat: ["#222a35", "#b4c2d4"],
    better: "#5aa9f0",
    worse: "#f29a4a",
    waits: {block: "#2dd4bf", spin: "#f472d0", poll: "#e0b341", epoll: "#ff8f80", adaptive: "#a99bff"},
  },
};
THEMES.print = THEMES.light;

// The ways of waiting by the axis's values. `sleeps`: the end leaves its CPU to others while it waits.
export const WAITS = {
  block: {word: "block", sleeps: true, shape: "circle"},
  poll: {word: "poll", sleeps: true, shape: "triangle"},
  epoll: {word: "epoll", sleeps: true, shape: "wye"},
  adaptive: {word: "adaptive", sleeps: false, shape: "square"},
  spin: {word: "spin", sleeps: false, shape: "diamond"},
};
// Machines side by side have the same looks, by the letter before their names: "B node-2".
const LETTERS = {
  A: "block",
  B: "spin",
  C: "poll",
  D: "adaptive"
};
const twinOf = (wait) => (/^[A-D] /.test(wait) ? LETTERS[wait[0]] : wait);
const UNKNOWN_WAIT = {
  word: "",
  sleeps: true,
  shape: "cross"
};
export const lookOf = (wait) => {
  const twin = twinOf(wait);
  if (twin !== wait) return {...WAITS[twin], word: wait};
  return Object.hasOwn(WAITS, wait) ? WAITS[wait] : {...UNKNOWN_WAIT, word: wait};
};

// Wait values in the order in which they are listed.
export const sortWaits = (waits) => {
  const order = Object.keys(WAITS);
  const place = (wait) => (order.includes(wait) ? order.indexOf(wait) : order.length);
  return [...new Set(waits)].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
};

export const themeOf = (frame) => THEMES[frame.theme] ?? THEMES.light;
export const colorOf = (frame, wait) => {
  const {waits, text} = themeOf(frame);
  const twin = twinOf(wait);
  return Object.hasOwn(waits, twin) ? waits[twin] : text;
};

// Relative luminance and contrast (WCAG 2.2).
const channel = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const luminance = (hex) => {
  const [red, green, blue] = [1, 3, 5].map((at) => channel(parseInt(hex.slice(at, at + 2), 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
export function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
