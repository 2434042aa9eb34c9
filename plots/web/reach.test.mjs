import assert from "node:assert/strict";
import test from "node:test";

import {moveBy, pointsAt} from "./reach.mjs";

const point = (x, y, series, others = {}) => ({x, y, series, label: `${series} ${x}`, ...others});

// Catches points that cannot be pointed at because another is near.
test("the nearest point comes first, and all within 12 pixels are listed", () => {
  const points = [point(0, 0, "a"), point(10, 0, "b"), point(30, 0, "c")];
  assert.deepEqual(pointsAt(points, 8, 0).map(({series}) => series), ["b", "a"]);
  assert.deepEqual(pointsAt(points, 22, 0).map(({series}) => series), ["c", "b"]);
  assert.deepEqual(pointsAt(points, 200, 0), []);
});

test("a point that has an area is meant inside it only", () => {
  const points = [
    point(50, 10, "a", {box: {x: 0, y: 0, width: 100, height: 20}}),
    point(50, 30, "b", {box: {x: 0, y: 20, width: 100, height: 20}})
  ];
  assert.deepEqual(pointsAt(points, 2, 19).map(({series}) => series), ["a"]);
  assert.deepEqual(pointsAt(points, 120, 10), []);
});

// Catches points that no sequence of arrow keys reaches.
test("arrow keys reach every point", () => {
  const points = [point(0, 0, "a"), point(50, 0, "a"), point(60, 9, "b"), point(1, 20, "c"), point(99, 20, "c")];
  const reached = new Set();
  const walk = (current) => {
    if (reached.has(current)) return;
    reached.add(current);
    for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) walk(moveBy(points, current, key));
  };
  walk(moveBy(points, null, "ArrowRight"));
  assert.equal(reached.size, points.length);
  assert.equal(moveBy(points, points[1], "ArrowDown"), points[2]);
  assert.equal(moveBy(points, points[1], "End"), points[4]);
  assert.equal(moveBy(points, points[4], "ArrowRight"), points[4]);
});

test("other keys are the page's, and an empty chart has none", () => {
  assert.equal(moveBy([point(0, 0, "a")], null, "Tab"), null);
  assert.equal(moveBy([], null, "ArrowRight"), null);
});
