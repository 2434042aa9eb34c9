// Numbers as text: the one place that picks units and digits for axes, tooltips and tables.

const BINARY_UNITS = ["B", "KiB", "MiB", "GiB"];

// 1 -> "1 B", 4096 -> "4 KiB", 4097 -> "4097 B": exact, since the neighbours of a power of two are measured too.
export function formatBytes(bytes) {
  let unit = 0;
  while (unit < BINARY_UNITS.length - 1 && bytes >= 1024 && bytes % 1024 === 0) {
    bytes /= 1024;
    unit += 1;
  }
  return `${bytes} ${BINARY_UNITS[unit]}`;
}

// The size of a message. A message without payload is a token.
export const formatSize = (bytes) => (bytes === 0 ? "token" : formatBytes(bytes));

// Three significant digits without an exponent. `trim` drops trailing zeros, for axis labels.
function threeDigits(value, trim) {
  const text = value >= 100 ? value.toFixed(0) : value.toPrecision(3);
  return trim && text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function scaled(value, units, trim) {
  let chosen = units[0];
  for (const unit of units) {
    // From 999.5 on, the smaller unit would show 1000.
    if (value / unit.scale >= 0.9995) chosen = unit;
  }
  return `${threeDigits(value / chosen.scale, trim)} ${chosen.name}`;
}

const DURATIONS = [
  {scale: 1, name: "ns"},
  {scale: 1e3, name: "µs"},
  {scale: 1e6, name: "ms"},
  {scale: 1e9, name: "s"},
];
const BYTE_RATES = [
  {scale: 1, name: "B/s"},
  {scale: 1e3, name: "kB/s"},
  {scale: 1e6, name: "MB/s"},
  {scale: 1e9, name: "GB/s"},
  {scale: 1e12, name: "TB/s"},
];
const MESSAGE_RATES = [
  {scale: 1, name: "msg/s"},
  {scale: 1e3, name: "k msg/s"},
  {scale: 1e6, name: "M msg/s"},
  {scale: 1e9, name: "G msg/s"},
];

export const formatDuration = (ns, trim = false) => scaled(ns, DURATIONS, trim);
export const formatByteRate = (rate, trim = false) => scaled(rate, BYTE_RATES, trim);
export const formatMessageRate = (rate, trim = false) => scaled(rate, MESSAGE_RATES, trim);

export const formatCpus = (cpus, trim = false) => threeDigits(cpus, trim);

export const formatShare = (share) => `${(share * 100).toFixed(share > 0 && share < 0.001 ? 3 : 1)} %`;

// How many times: "1.04×", "288×".
export const formatRatio = (ratio) => `${
    ratio >= 9.95      ? ratio.toFixed(0) :
        ratio >= 1.995 ? ratio.toFixed(1) :
                         ratio.toFixed(2)}×`;

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
