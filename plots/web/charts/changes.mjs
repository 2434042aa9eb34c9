// What changed between two reports? A row per finding with its interval: the whole and the families, then the cells
// that changed, the worst first.
import {bottomAxis, logScale} from "../axes.mjs";
import {findingsOf, formatChange, inkOf, isChange, pairOf, verdictOf} from "../comparisons.mjs";
import {formatDuration, formatSize} from "../format.mjs";
import {interval} from "../marks.mjs";
import {el, group, label, shorten, textWidth} from "../svg.mjs";
import {themeOf} from "../themes.mjs";

import {emptyChart, makeChart} from "./chart.mjs";

const ROW = 18;
const TEXT = 11;
const TOP = 12;
// More rows than this are no view; the rest is counted, and the table and the heat map have them.
const MOST_ROWS = 60;
const MOST_UNCERTAIN = 24;
const FARTHEST = 4;  // intervals may reach past the axis, which otherwise shows no change of a few per cent

const LEVELS = ["whole", "family", "cell"];
const rank = ({level}) => LEVELS.indexOf(level);
const size = ({ratio}) => Math.abs(Math.log(ratio));

// The findings of a chart, in its order: the whole, the families that changed, the cells that changed. Without any
// change, the largest differences, so that there is something to judge by.
export function rowsOf(findings) {
  const known = findings.filter(({ratio}) => ratio > 0);
  const whole = known.filter(({level}) => level === "whole");
  const others = known.filter(({level}) => level !== "whole");
  const changed = others.filter(isChange).sort((a, b) => rank(a) - rank(b) || Math.log(b.ratio) - Math.log(a.ratio));
  const rest =
      others.filter((each) => each.level === "cell" && each.metric === "time").sort((a, b) => size(b) - size(a));
  const shown = changed.length > 0 ? changed.slice(0, MOST_ROWS) : rest.slice(0, MOST_UNCERTAIN);
  return {
    rows: [...whole, ...shown],
    left: (changed.length > 0 ? changed : rest).length - shown.length,
    changed: changed.length
  };
}

// "pipe/latency/size:64/wait:block" -> the words in which the rows differ; the metric unless it is the time.
export function namesOf(rows) {
  const parts = rows.map(({level, name}) => (level === "whole" ? null : name.split("/")));
  const named = parts.filter(Boolean);
  const shared = (part) => named.length > 1 && named.every((others) => others.includes(part));
  return rows.map(({name, metric}, index) => {
    const own = parts[index]?.filter((part, place) => place === 0 || !shared(part)) ?? [name];
    const text = own.map(
                        (part) => part.replace(/^size:(\d+)$/, (_, size) => formatSize(Number(size)))
                                      .replace(/^(wait|peers|cpus):/, ""))
                     .join(" ");
    return metric === "time" ? text : `${text}: ${metric}`;
  });
}

// Ratios on a logarithmic axis with 1 in sight.
function scaleOf(rows, range) {
  const far = (value) => (value > 0 && Number.isFinite(value) ? Math.max(value, 1 / value) : 1);
  const ratios = Math.max(1.05, ...rows.map(({ratio}) => far(ratio)));
  const most = Math.max(
      ratios * 1.05, Math.min(FARTHEST, Math.max(...rows.map(({low, high}) => Math.max(far(low), far(high))))));
  return logScale([1 / most, most], range).clamp(true);
}
const TICKS = [0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2, 4, 10];
const TICK_ROOM = 48;  // pixels

// From "same", which always has its label, outwards, as far as there is room.
function ticksOf(x) {
  const [low, high] = x.domain();
  const kept = [1];
  for (const tick of [...TICKS.filter((each) => each < 1).reverse(), ...TICKS.filter((each) => each > 1)]) {
    if (tick >= low && tick <= high && kept.every((other) => Math.abs(x(other) - x(tick)) >= TICK_ROOM))
      kept.push(tick);
  }
  return kept.sort((a, b) => a - b);
}

// The change and the verdict; where room is short, only the verdict's sign.
const NARROW = 560;
function wordsOf(frame, {ratio, verdict}) {
  const told = `${formatChange(ratio)}  ${verdictOf(verdict).sign}`;
  return frame.width < NARROW ? told : `${told} ${verdict}`;
}

function drawRow(frame, finding, name, y, place) {
  const theme = themeOf(frame);
  const ink = inkOf(theme, finding.verdict);
  const {x} = place;
  const bounded = finding.low > 0 && Number.isFinite(finding.high);
  const bold = finding.level === "cell" ? null : 700;
  return group(
      {},
      label(
          place.names, y + 4, shorten(name, place.names, TEXT),
          {size: TEXT, anchor: "end", fill: theme.text, weight: bold}),
      bounded && interval(ink, x(finding.low), x(finding.high), y),
      el("circle", {cx: x(finding.ratio), cy: y, r: isChange(finding) ? 4.2 : 3, fill: ink}),
      label(
          place.words, y + 4, wordsOf(frame, finding), {size: TEXT, fill: ink, weight: isChange(finding) ? 700 : null}),
  );
}

const cardOf =
    (finding) => [finding.name,
                  `${finding.metric}: ${formatChange(finding.ratio)}, ${finding.verdict}`,
                  finding.low > 0 ? `interval: ${formatChange(finding.low)} to ${formatChange(finding.high)}` : "",
                  finding.base_ns > 0 ?
                      `${formatDuration(finding.base_ns)} before, ${formatDuration(finding.new_ns)} after` :
                      "",
                  `what counts: ${formatChange(1 + finding.smallest_effect)}`,
                  finding.reason,
].filter(Boolean);

const tableOf = (findings) => ({
  head: ["what", "level", "metric", "verdict", "change", "from", "to", "before", "after", "reason"],
  rows: findings.map(
      (each) =>
          [each.name,
           each.level,
           each.metric,
           each.verdict,
           formatChange(each.ratio),
           formatChange(each.low),
           formatChange(each.high),
           each.base_ns > 0 ? formatDuration(each.base_ns) : "",
           each.new_ns > 0 ? formatDuration(each.new_ns) : "",
           each.reason,
]),
});

export function changes(view, frame) {
  const pair = pairOf(view);
  const title = "Changes of time per message";
  if (pair === null || pair.error) return emptyChart(frame, title, "", pair?.error ?? "There is one report only.");
  const findings = findingsOf(pair);
  const {rows, left, changed} = rowsOf(findings);
  if (rows.length === 0) return emptyChart(frame, title, "", "Nothing could be compared.");
  const names = namesOf(rows);
  const width = Math.min(Math.max(...names.map((name) => textWidth(name, TEXT) * 1.06)), frame.width * 0.42);
  const words = Math.max(...rows.map((row) => textWidth(wordsOf(frame, row), TEXT) * 1.08));
  const place = {names: width, left: width + 12, words: frame.width - words};
  place.x = scaleOf(rows, [place.left + 6, place.words - 16]);
  const bottom = TOP + rows.length * ROW + 4;
  const y = (index) => TOP + index * ROW + ROW / 2;
  const theme = themeOf(frame);
  const what = changed > 0 ? "families in bold, then cells that changed, slowest first" :
                             "no cell changed with certainty: the largest differences";
  return makeChart(frame, {
    title,
    subtitle:
        `${pair.new} against ${pair.base}; ${what}${left > 0 ? `; ${left} more are in the table` : ""}. Right: slower`,
    height: bottom + 38,
    children: [
      bottomAxis(frame, {
        place: place.x,
        ticks: ticksOf(place.x),
        text: (tick) => (tick === 1 ? "same" : formatChange(tick)),
        top: TOP,
        bottom,
        left: place.left,
        right: place.words - 10,
        title: "change of time"
      }),
      el("line", {x1: place.x(1), x2: place.x(1), y1: TOP, y2: bottom, stroke: theme.axis, "stroke-width": 1.5}),
      rows.map((row, index) => drawRow(frame, row, names[index], y(index), place)),
    ],
    points: rows.map((row, index) => ({
                       x: place.x(row.ratio),
                       y: y(index),
                       box: {x: 0, y: y(index) - ROW / 2, width: frame.width, height: ROW},
                       series: "changes",
                       label: names[index],
                       lines: cardOf(row),
                     })),
    table: tableOf(findings),
  });
}
