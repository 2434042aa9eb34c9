import assert from "node:assert/strict";
import test from "node:test";

import {cell, FRAME, judged, report, textsOf, viewAt} from "../testing/cells.mjs";

import {answerBody, bestOfBoth, busyAt, candidates, capacityOf} from "./answer.mjs";

const time = (mechanism, ns, others = {}) => cell({mechanism, time_ns: [ns, ns * 0.9, ns * 1.1, 0.95], ...others});
const streamed = (mechanism, rate, others = {}) => cell({
  mechanism,
  pattern: "throughput",
  time_ns: null,
  messages_per_second: [rate, rate, rate, 0.95],
  bytes_per_second: [rate * 64, 0, 0, 0.95],
  ...others
});
const said = (made, wanted) =>
    answerBody(viewAt(made, wanted), FRAME, () => "#").flat(Infinity).filter(Boolean).flatMap(textsOf).join("");
const SPIN = {
  wait: "spin",
  cpus_busy: 2
};

test("the best asleep and the best awake are named, with ties as ties", () => {
  const made = report(
      [time("a", 34000, {ties: [1]}), time("b", 35000), time("c", 90000), time("a", 120, SPIN), time("b", 500, SPIN)]);
  const text = said(made);
  assert.match(
      text, /If the ends may sleep: a 34\.0 µs .*1 of 2 others cannot be told from it, so choose by guarantee: b\./);
  assert.match(text, /If CPUs may burn: a 120 ns \(2\.00 CPUs busy\), 283 times faster\. Better than all 1 others\./);
});

// Catches a transport that its author cannot find beside the others: 70 is 3.5 times 20, and third of three.
test("a chosen mechanism is told beside the best of each way of waiting", () => {
  const made = report([time("a", 20), time("b", 40), time("mine", 70), time("mine", 5, SPIN), time("a", 4, SPIN)]);
  const text = said(made, {mechanism: "mine"});
  assert.match(
      text, /mine: block 70\.0 ns, 3\.5× the best, a \(3 of 3\); spin 5\.00 ns, 1\.25× the best, a \(2 of 2\)\./);
  assert.match(text, /What it guarantees/);
  assert.match(said(made, {mechanism: "a"}), /a: block 20\.0 ns, the best \(1 of 3\)/);
  assert.match(said(made, {mechanism: "other"}), /other: not measured with these choices/);
  assert.doesNotMatch(said(made), /What it guarantees/);
});

// Catches a recommendation that cannot carry the rate: a round trip of 100 us is at least 10,000 a second, and the
// throughput says that 20,000 is all of it.
test("at a rate, what cannot carry it is left out, and what is not known is said", () => {
  const made = report([
    time("slow", 100_000), streamed("slow", 20_000), time("fast", 110_000), streamed("fast", 90_000),
    time("unknown", 90_000)
  ]);
  const view = viewAt(made, {per_second: "50000"});
  assert.deepEqual(bestOfBoth(view).map(({best}) => best.mechanism), ["fast"]);
  const {slow, unknown} = candidates(view);
  assert.deepEqual([slow, unknown], [1, 1]);
  assert.match(
      said(made, {per_second: "50000"}), /Left out: 1 cannot carry 50\.0 k msg\/s; for 1 the report has no throughput/);
  assert.deepEqual(candidates(viewAt(made, {per_second: "9000"})).cells.length, 3);
});

// Each message costs both ends 2.9 us: 0.145 CPUs at 50,000 a second. Spinning costs all the same whatever the rate.
test("CPUs busy at a rate follow from the CPU time of a message, unless the ends spin", () => {
  assert.ok(Math.abs(busyAt(cell({}), 50_000) - 0.145) < 1e-9);
  assert.equal(busyAt(cell(SPIN), 50_000), 2);
  assert.equal(busyAt(cell({}), 1e9), 0.96);
});

test("where no CPU may be kept busy, only ends that sleep are left", () => {
  const made = report([time("a", 34000), time("a", 120, SPIN)]);
  assert.deepEqual(bestOfBoth(viewAt(made, {burn: "0"})).map(({sleeping}) => sleeping), [true]);
  assert.equal(bestOfBoth(viewAt(made, {burn: "2"})).length, 2);
  assert.match(said(made, {burn: "1"}), /Left out: 1 keeps more CPUs busy/);
});

test("what a need leaves out is named", () => {
  const made = {...report([time("a", 1000), time("b", 2000)]), needs: judged({order: {a: -1, b: 64}})};
  assert.match(
      said(made, {needs: ["order"]}),
      /may sleep: b .*It is the only one measured\..*Left out: 1 does not meet "messages arrive in the order of sending" \(a\)/);
  assert.match(said(report([time("a", 1000)]), {needs: ["order"]}), /does not say what mechanisms guarantee/);
});

test("nothing that fits, and nothing measured, are said", () => {
  assert.match(said(report([])), /no measurement/);
  assert.match(said(report([time("a", 120, SPIN)]), {burn: "0"}), /Nothing measured fits/);
});

// Catches a mechanism that counts as its own competitor because it was measured in two ways of waiting.
test("a mechanism stands for its best way of waiting", () => {
  const made = report([time("a", 100, SPIN), time("a", 110, {wait: "adaptive"})]);
  assert.match(said(made), /It is the only one measured/);
});

// Catches the rate of batches, or of several links, promised to a reader whose messages go one by one.
test("a capacity is that of messages that are handed over alike", () => {
  const made = report([
    time("a", 1000), streamed("a", 9e6, {batch: "16"}), streamed("a", 8e6, {pairs: "4"}),
    streamed("a", 2e6, {batch: "1", pairs: "1"})
  ]);
  assert.equal(capacityOf(made, {}, made.cells[0]).rate, 2e6);
});
