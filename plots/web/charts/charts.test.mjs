import assert from "node:assert/strict";
import test from "node:test";

import {cell, FRAME, nodesOf, report, textsOf, viewAt} from "../../testing/cells.mjs";
import {moveBy, pointsAt} from "../reach.mjs";
import {SECTIONS} from "../sections.mjs";
import {toMarkup} from "../svg.mjs";
import {contrast} from "../themes.mjs";

import {heat} from "./heat.mjs";
import {front, price} from "./price.mjs";
import {ranking} from "./ranking.mjs";

const time = (mechanism, ns, others = {}) => cell({mechanism, time_ns: [ns, ns * 0.9, ns * 1.1, 0.95], ...others});
const drawn = (draw, cells, wanted = {}, frame = FRAME) => draw(viewAt(report(cells), wanted), frame);
const bold = (chart) =>
    nodesOf(chart.node, "text").filter(({attributes}) => attributes["font-weight"] === 700).flatMap(textsOf);

// Catches a ranking from worst to best: throughput is better when it is more.
test("ranking: rows go from best to worst by the best way of waiting", () => {
  const cells = [time("slow", 9000), time("fast", 5000), time("slow", 100, {wait: "spin"})];
  assert.deepEqual(drawn(ranking, cells).table.rows.map(([name]) => name), ["slow", "fast"]);
  const rate = (mechanism, bytes) =>
      cell({mechanism, pattern: "throughput", bytes_per_second: [bytes, bytes, bytes, 0.95]});
  assert.deepEqual(
      drawn(ranking, [rate("slow", 1e6), rate("fast", 1e9)]).table.rows.map(([name]) => name), ["fast", "slow"]);
});

// Catches a winner that is said to be better than its equals, and equals of another way of waiting.
test("ranking: the best and those tied with it are bold, and no others", () => {
  const cells = [time("a", 1000, {ties: [1]}), time("b", 1010), time("c", 2000), time("c", 3000, {wait: "spin"})];
  assert.deepEqual(bold(drawn(ranking, cells)), ["1.00 µs", "1.01 µs", "3.00 µs"]);
});

test("ranking: one mark and one point for each cell, all inside the drawing", () => {
  const cells = [time("a", 1000), time("b", 1e6), time("b", 10, {wait: "spin"})];
  for (const width of [300, 800]) {
    const chart = drawn(ranking, cells, {}, {...FRAME, width});
    assert.equal(chart.points.length, 3);
    for (const {x, y} of chart.points) assert.ok(x > 0 && x < width && y > 0 && y < chart.height, `${x} ${y}`);
  }
});

// Catches marks that stand at every row and so tell nothing.
test("ranking: doubtful medians are marked while they are few, and counted when they are many", () => {
  const doubtful = {bimodal: true};
  const few = drawn(ranking, [time("a", 1000, doubtful), ...["b", "c", "d"].map((name) => time(name, 2000))]);
  assert.ok(textsOf(few.node).includes("1.00 µs !"));
  const many = drawn(ranking, [time("a", 1000, doubtful), time("b", 2000)]);
  assert.ok(!textsOf(many.node).some((text) => text.includes("!")));
  assert.match(many.subtitle, /1 of 2 medians hide/);
});

const costly = (mechanism, ns, cpus_busy, others = {}) => time(mechanism, ns, {cpus_busy, ...others});

// a: best; b: cheaper and slower; c: beaten by b in both; d: as cheap as b within measurement error, and slower.
test("price: the front has what nothing beats in both", () => {
  const view =
      viewAt(report([costly("a", 100, 2), costly("b", 1000, 0.6), costly("c", 2000, 0.8), costly("d", 1100, 0.59)]));
  assert.deepEqual(front(view.here, view.metric).map(({mechanism}) => mechanism), ["b", "a"]);
  const chart = price(view, FRAME);
  assert.deepEqual(chart.table.rows.filter((row) => row[4] === "yes").map(([name]) => name).sort(), ["a", "b"]);
  assert.ok(textsOf(chart.node).includes("a, block"));
});

// Catches labels that collide: 40 mechanisms at nearly one place.
test("price: labels do not touch each other", () => {
  const cells = Array.from({length: 40}, (_, index) => costly(`mechanism_${index}`, 1000 + index, 0.6 + index / 1000));
  const labels = nodesOf(drawn(price, cells).node, "text")
                     .filter((node) => textsOf(node).some((text) => text.startsWith("mechanism_")));
  assert.ok(labels.length >= 2);
  const boxes = labels.map(({attributes: {x, y}}) => [x, y]);
  for (const [i, [x, y]] of boxes.entries()) {
    for (const [u, v] of boxes.slice(i + 1))
      assert.ok(Math.abs(y - v) >= 13.9 || Math.abs(x - u) > 70, `${x},${y} ${u},${v}`);
  }
});

const squares = (chart) => nodesOf(chart.node, "rect");
const outlined = (chart) => squares(chart).filter(({attributes}) => attributes.stroke !== null).length;

test("heat: ratio to the best of each size, ties outlined, the best with its value", () => {
  const cells = [
    time("a", 1000, {ties: [1]}), time("b", 1020), time("c", 3000), time("c", 500, {size_bytes: 4096}),
    time("a", 1000, {size_bytes: 4096})
  ];
  const chart = drawn(heat, cells);
  assert.equal(squares(chart).length, 5);
  assert.equal(outlined(chart), 3);
  const texts = textsOf(chart.node);
  for (const text of ["1.00 µs", "1.02×", "3.0×", "500 ns", "2.0×"]) assert.ok(texts.includes(text), text);
});

// Catches a number of one way of waiting compared with the best of another.
test("heat: each way of waiting has a panel and a best of its own", () => {
  const chart =
      drawn(heat, [time("a", 1000), time("b", 2000), time("a", 10, {wait: "spin"}), time("b", 30, {wait: "spin"})]);
  const texts = textsOf(chart.node);
  for (const text of ["1.00 µs", "2.0×", "10.0 ns", "3.0×"]) assert.ok(texts.includes(text), text);
});

test("heat: a skipped cell says why, and a click chooses the size", () => {
  const made = {
    ...report([time("a", 1000), time("b", 1000), time("a", 1000, {size_bytes: 4096})]),
    skipped: [
      {cell: "b/latency/size:4096/wait:block/peers:fork/cpus:same", reason: "longer than a message may be"},
      {cell: "b/latency/size:4096/wait:block/peers:fork/cpus:same/pipe_bytes:1", reason: "another setting"},
      {cell: "b/latency/size:4096/wait:block/peers:fork/cpus:llc", reason: "another placement"},
    ],
  };
  const chart = heat(viewAt(made), FRAME);
  const reasons = chart.points.filter(({cell: measured}) => !measured);
  assert.deepEqual(reasons.map(({lines}) => lines[1]), ["skipped: longer than a message may be"]);
  assert.deepEqual(reasons[0].set, {size: 4096});
  assert.deepEqual(chart.table.rows[1], ["b", "block", "1.00 µs", "skipped: longer than a message may be"]);
});

// Catches an attribute that is NaN or undefined for reports that lack parts, and charts that throw.
test("every chart and body takes reports that lack parts", () => {
  const bare = {time_ns: null, p99_ns: null, p99_low_ns: null, p99_high_ns: null, cpus_busy: 0};
  const odd = [
    report([]),
    report([cell({})]),
    report([cell(bare)]),
    report([cell({size_bytes: 0})]),
    report([cell({pattern: "throughput", size_bytes: 0, time_ns: null, messages_per_second: [1, 1, 1, 0]})]),
    report([cell({mechanism: "memcpy"})], {memcpy: "Floors"}),
    report([cell({launches: 1, time_ns: [5, 5, 5, 0]}), cell({mechanism: "x".repeat(300), wait: "dream"})]),
    report([cell({pattern: "unheard_of"})]),
    ...["oneway", "paced", "fanin", "fanout"].map((pattern) => report([cell({pattern})])),
  ];
  for (const made of odd) {
    for (const frame of [FRAME, {...FRAME, width: 280}, {...FRAME, theme: "dark"}, {...FRAME, theme: "print"}]) {
      const view = viewAt(made);
      for (const {id, charts = [], body} of SECTIONS) {
        for (const {draw} of charts) {
          const chart = draw(view, frame);
          assert.ok(chart.empty === null ? chart.node : chart.empty.length > 10, id);
          if (chart.node) assert.doesNotMatch(toMarkup(chart.node), /NaN|undefined|Infinity|null/, id);
        }
        const trees = (body?.(view, frame, () => "#") ?? []).flat(Infinity).filter(Boolean);
        assert.doesNotMatch(trees.map(toMarkup).join(""), /NaN|undefined|\[object/, id);
      }
    }
  }
});

const many = () => {
  const names = Array.from({length: 30}, (_, index) => `mechanism_${index}`);
  const sizes = [0, 64, 4095, 4096, 4097, 65536];
  const cellAt = (mechanism, index, size_bytes, wait) => time(
      mechanism, (1000 + size_bytes) * (1 + (index % 7) / 50),
      {size_bytes, wait, cpus_busy: wait === "spin" ? 2 : 0.6 + index / 500});
  return names.flatMap(
      (name, index) => sizes.flatMap((size) => ["block", "spin"].map((wait) => cellAt(name, index, size, wait))));
};

// Catches points that lie outside their drawing, or that no place on it and no key leads to.
test("every point of every chart can be reached, by pointing and by keys", () => {
  for (const width of [320, 1200]) {
    const view = viewAt(report(many()));
    for (const {name, draw} of SECTIONS.flatMap(({charts = []}) => charts)) {
      const chart = draw(view, {...FRAME, width});
      for (const point of chart.points) {
        assert.ok(
            point.x >= 0 && point.x <= chart.width && point.y >= 0 && point.y <= chart.height,
            `${name} ${point.label}`);
        assert.ok(pointsAt(chart.points, point.x, point.y).includes(point), `${name} ${point.label}`);
        assert.ok(
            point.label !== "" && point.lines.length > 0 && point.lines.every((line) => typeof line === "string"),
            name);
      }
      const reached = new Set();
      const next = [chart.points[0]].filter(Boolean);
      while (next.length > 0) {
        const current = next.pop();
        if (reached.has(current)) continue;
        reached.add(current);
        next.push(
            ...["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => moveBy(chart.points, current, key)));
      }
      assert.equal(reached.size, chart.points.length, name);
    }
  }
});

// The text of a square is black or white; 4.5:1 is what WCAG asks of text.
test("heat: every number has contrast with its square", () => {
  for (const theme of ["light", "dark"]) {
    for (let times = 1; times < 20; times *= 1.05) {
      const chart = drawn(heat, [time("a", 1000), time("b", 1000 * times)], {}, {...FRAME, theme});
      const fills = squares(chart).map(({attributes}) => attributes.fill);
      const inks = nodesOf(chart.node, "text")
                       .filter((node) => textsOf(node).some((text) => /×|1\.00 µs/.test(text)))
                       .map(({attributes}) => attributes.fill);
      fills.forEach(
          (fill, index) =>
              assert.ok(contrast(fill, inks[index]) >= 4.5, `${theme} ${times}: ${inks[index]} on ${fill}`));
    }
  }
});
