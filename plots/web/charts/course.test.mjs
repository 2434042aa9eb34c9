import assert from "node:assert/strict";
import test from "node:test";

import {cell, FRAME, report, textsOf, viewAt} from "../../testing/cells.mjs";
import {courseOf} from "../model.mjs";

import {course, coursesOf} from "./course.mjs";

const close = (actual, expected) => assert.ok(Math.abs(actual / expected - 1) < 1e-9, `${actual} is not ${expected}`);

// '0' is the lowest of 64 steps and '_' the highest; 'L' is the 21st of 63, a third of the way from 100 to 800.
test("parts lie between the extremes on a logarithmic scale", () => {
  const [first, none, last] = courseOf({course: "100:800:0L_,,.0"});
  [100, 200, 800].forEach((expected, index) => close(first[index], expected));
  assert.deepEqual(none, []);
  assert.deepEqual(last, [null, 100]);
  assert.deepEqual(courseOf({course: ""}), []);
  assert.deepEqual(courseOf({}), []);
});

const pair = () => report([
  cell({mechanism: "pipe", course: "100:400:0_,_0", time_ns: [300, 290, 310, 0.95]}),
  cell({mechanism: "pipe", wait: "spin", course: "10:40:0_", time_ns: [30, 29, 31, 0.95]}),
  cell({mechanism: "fifo", course: "100:400:0_", time_ns: [900, 890, 910, 0.95]}),
]);

// Catches a chosen mechanism that another one hides, and a panel for each mechanism at once.
test("the chosen mechanism is followed, otherwise the best", () => {
  const followed = (state) => coursesOf(viewAt(pair(), state)).map(({cell}) => `${cell.mechanism} ${cell.wait}`);
  assert.deepEqual(followed({}), ["pipe spin", "pipe block"]);
  assert.deepEqual(followed({mechanism: "fifo"}), ["fifo block"]);
  assert.deepEqual(followed({mechanism: "tcp"}), ["pipe spin", "pipe block"]);
});

// A launch of 400 ns a message of 64 B carries 160 MB/s.
test("where messages are counted, the parts are rates", () => {
  const made = report(
      [cell({pattern: "throughput", course: "200:400:_0", time_ns: null, bytes_per_second: [2e8, 1e8, 3e8, 0.95]})]);
  const [{launches: [{parts}]}] = coursesOf(viewAt(made));
  close(parts[0].value, 1.6e8);
  close(parts[1].value, 3.2e8);
});

// Catches parts in another's place, and a launch that drifted without a word.
test("each part can be reached and read, and drifting is told", () => {
  const made = report([cell({course: "100:400:0.,_0", not_steady: 1, launches: 2})]);
  const chart = course(viewAt(made), FRAME);
  assert.equal(chart.points.length, 3);
  assert.match(chart.points[0].lines[1], /launch 1 of 2, at 25.0 %: 100 ns/);
  assert.match(chart.points[1].lines[1], /launch 2 of 2, at 25.0 %: 400 ns/);
  assert.ok(chart.points[1].y < chart.points[2].y, "slower is higher");
  assert.ok(textsOf(chart.node).includes("1 of 2 launches drifted"));
  assert.equal(chart.table.rows.length, 2);
  assert.match(course(viewAt(report([cell({})])), FRAME).empty, /followed/);
});
