import assert from "node:assert/strict";
import test from "node:test";

import {makeRoom, spread} from "./marks.mjs";

const at = (labels) => labels.map((each) => each.at);

// Catches labels on top of each other, and labels that are moved without need.
test("labels keep their distance and move as little as possible", () => {
  assert.deepEqual(at(spread([{y: 10}, {y: 50}], 14, 0, 100)), [10, 50]);
  assert.deepEqual(at(spread([{y: 52}, {y: 50}], 14, 0, 100)), [44, 58]);
  const many = at(spread(Array.from({length: 9}, (_, y) => ({y: 90 + (y % 3)})), 10, 0, 100));
  for (let index = 1; index < many.length; index += 1)
    assert.ok(many[index] - many[index - 1] >= 10 - 1e-9, many.join());
  assert.ok(many.at(-1) <= 100 + 1e-9, many.join());
});

test("a box is placed where nothing else is, or not at all", () => {
  const room = makeRoom();
  const box = (x, y) => ({x, y, width: 10, height: 10});
  assert.deepEqual(room.place([box(0, 0)]), box(0, 0));
  assert.deepEqual(room.place([box(5, 5), box(10, 0)]), box(10, 0));
  assert.equal(room.place([box(1, 1), box(15, 5)]), null);
});
