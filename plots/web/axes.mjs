// Logarithmic axes with ticks in the steps of their unit: decades of seconds, powers of two of bytes.
import {scaleBand, scaleLinear, scaleLog} from "d3-scale";

import {formatSize} from "./format.mjs";
import {el, group, label, textWidth} from "./svg.mjs";
import {themeOf} from "./themes.mjs";

export {scaleBand, scaleLinear};

const finite = (values) => values.filter((value) => Number.isFinite(value) && value > 0);

// The smallest logarithmic domain around the values with a little room; never empty.
export function logDomain(values, room = 1.12) {
  const shown = finite(values);
  if (shown.length === 0) return [1, 10];
  const [low, high] = [Math.min(...shown) / room, Math.max(...shown) * room];
  return high / low < 2 ? [low / Math.SQRT2, high * Math.SQRT2] : [low, high];
}

export const logScale = (domain, range) => scaleLog().domain(domain).range(range);

const MANTISSAS = [[1], [1, 3], [1, 2, 5], [1, 2, 3, 5], [1, 1.5, 2, 3, 4, 5, 7]];

const valuesIn = ([low, high], mantissas) => {
  const values = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade += 1) {
    for (const mantissa of mantissas) {
      const value = mantissa * 10 ** decade;
      if (value >= low && value <= high) values.push(Number(value.toPrecision(6)));
    }
  }
  return values;
};

// Ticks of a decimal logarithmic axis: as many as have room, at least two if the domain allows.
export function decimalTicks(scale, room) {
  const [from, to] = scale.range();
  const most = Math.max(2, Math.floor(Math.abs(to - from) / room));
  const choices = MANTISSAS.map((mantissas) => valuesIn(scale.domain(), mantissas));
  const fitting = choices.filter(({length}) => length >= 2 && length <= most);
  if (fitting.length > 0) return fitting.at(-1);
  const decades = choices[0];
  if (decades.length <= most) return choices.find(({length}) => length >= 2) ?? decades;
  const step = Math.ceil(decades.length / most);
  return decades.filter((_, index) => index % step === 0);
}

// Sizes on a logarithmic axis. A token, of size 0, has a place left of all others, apart from them.
export function sizeScale(sizes, range) {
  const real = sizes.filter((size) => size > 0);
  const tokens = real.length < sizes.length;
  const low = real.length > 0 ? Math.min(...real) : 1;
  const high = real.length > 0 ? Math.max(...real) : 1;
  const gap = tokens ? Math.max(1, Math.log2(high / low || 1) / 10) : 0;
  const token = low / 2 ** gap;
  const domain = [tokens ? token : low, Math.max(high, low * 2)];
  const scale = scaleLog().base(2).domain(domain).range(range);
  const place = (size) => scale(size === 0 ? token : size);
  return {place, ticks: (room) => sizeTicks(low, Math.max(high, low), tokens, place, room)};
}

function sizeTicks(low, high, tokens, place, room) {
  const [first, last] = [Math.ceil(Math.log2(low)), Math.floor(Math.log2(high))];
  for (const step of [1, 2, 4, 8, 16, 32]) {
    const ticks = tokens ? [0] : [];
    for (let power = Math.ceil(first / step) * step; power <= last; power += step) ticks.push(2 ** power);
    const near = ticks.some((tick, index) => index > 0 && place(tick) - place(ticks[index - 1]) < room);
    if (!near) return ticks.length > 0 ? ticks : [low];
  }
  return [low];
}

// Drops labels that would touch the one before.
function thin(ticks, place, text, size) {
  let end = -Infinity;
  return ticks.filter((tick) => {
    const half = textWidth(text(tick), size) / 2;
    if (place(tick) - half < end + 6) return false;
    end = place(tick) + half;
    return true;
  });
}

const TICK_SIZE = 11;

// An axis below the plot: lines up through it, labels under it, and a title at its right end.
export function bottomAxis(frame, {place, ticks, text, top, bottom, left, right, title = null}) {
  const theme = themeOf(frame);
  const shown = thin(ticks, place, text, TICK_SIZE);
  return group(
      {class: "axis"},
      ticks.map((tick) => el("line", {x1: place(tick), x2: place(tick), y1: top, y2: bottom, stroke: theme.grid})),
      el("line", {x1: left, x2: right, y1: bottom, y2: bottom, stroke: theme.axis}),
      shown.map(
          (tick) =>
              label(place(tick), bottom + 15, text(tick), {size: TICK_SIZE, anchor: "middle", fill: theme.muted})),
      title && label(right, bottom + 31, `${title} →`, {size: TICK_SIZE, anchor: "end", fill: theme.muted}),
  );
}

// How wide the labels of leftAxis() are, with what lies between them and the plot.
export const leftRoom = (place, format, room = 26) =>
    Math.max(...decimalTicks(place, room).map((tick) => textWidth(format(tick, true), TICK_SIZE))) + 10;

// A logarithmic axis left of the plot, its title above it. room: pixels that a tick needs.
export function leftAxis(frame, {place, format, room = 26, top, bottom, left, right, title = null}) {
  const theme = themeOf(frame);
  const ticks = decimalTicks(place, room);
  const text = (tick) =>
      label(left - 6, place(tick) + 4, format(tick, true), {size: TICK_SIZE, anchor: "end", fill: theme.muted});
  return group(
      {class: "axis"},
      ticks.map((tick) => el("line", {x1: left, x2: right, y1: place(tick), y2: place(tick), stroke: theme.grid})),
      el("line", {x1: left, x2: left, y1: top, y2: bottom, stroke: theme.axis}),
      ticks.map(text),
      title && label(0, top - 8, `↑ ${title}`, {size: TICK_SIZE, fill: theme.muted}),
  );
}

export const sizeText = formatSize;
