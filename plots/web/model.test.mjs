import assert from "node:assert/strict";
import test from "node:test";

import {cell, judged, report, viewAt} from "../testing/cells.mjs";

import {decode, histogramOf, mechanismsOf, quantilesOf} from "./model.mjs";

// Catches columns whose values go to other cells than in plots/columns.hpp.
test("cells in columns become records, and ties go both ways", () => {
  const packed = {
    ...report([]),
    cells: {
      count: 3,
      columns: {
        mechanism: {words: ["a", "b"], at: [0, 1, 0]},
        time_ns: {each: [[1], [2], [3]]},
        launches: {all: 9},
        ties: {each: [[2], [], []]},
      },
    },
  };
  const [{cells}] = decode({reports: [packed]});
  assert.deepEqual(
      cells.map(({mechanism, time_ns, launches, index}) => [mechanism, time_ns[0], launches, index]),
      [["a", 1, 9, 0], ["b", 2, 9, 1], ["a", 3, 9, 2]],
  );
  assert.deepEqual(cells.map(({tied}) => tied.map(({index}) => index)), [[2], [], [0]]);
});

// The text of distribution_test.cpp. Catches classes that are off by one, and zeros that are dropped.
test("a histogram is read back", () => {
  const classes = histogramOf({histogram: "96:i,,1"});
  assert.deepEqual(classes.map(({count}) => count), [18, 0, 1]);
  assert.equal(classes[0].low, 64);
  assert.ok(Math.abs(classes[0].high - 66.83) < 0.01);
  assert.deepEqual(histogramOf({histogram: ""}), []);
});

test("quantiles have their shares, and those without enough samples are absent", () => {
  const measured = report([]);
  assert.deepEqual(quantilesOf(measured, {quantiles_ns: [null, null, 100, 110, 120]}), [
    {share: 0.1, value: 100},
    {share: 0.25, value: 110},
    {share: 0.5, value: 120},
  ]);
  assert.deepEqual(quantilesOf(measured, {quantiles_ns: null}), []);
});

// Catches a chart that mixes cells of different choices: each differs from the chosen one in one axis.
test("a view has the cells that match every choice, in all ways of waiting", () => {
  const others = [{peers: "exec"}, {cpus: "llc"}, {parameters: "pipe_bytes=4096"}, {pattern: "throughput"}];
  const cells = [
    cell({}), cell({wait: "spin"}), ...others.map((other) => cell({mechanism: "other", ...other})),
    cell({size_bytes: 8})
  ];
  const view = viewAt(report(cells), {peers: "fork", cpus: "same"});
  assert.deepEqual(
      view.cells.map(({wait, size_bytes}) => [wait, size_bytes]), [["block", 64], ["spin", 64], ["block", 8]]);
  assert.equal(view.here.length, 2);
  assert.deepEqual(viewAt(report(cells), {wait: "spin"}).cells.map(({wait}) => wait), ["spin"]);
});

test("floors stand apart", () => {
  const view = viewAt(report([cell({}), cell({mechanism: "memcpy"})], {memcpy: "Floors"}));
  assert.deepEqual(view.cells.map(({mechanism}) => mechanism), ["pipe"]);
  assert.deepEqual(view.floors.map(({mechanism}) => mechanism), ["memcpy"]);
});

// Catches a mechanism that lacks what is needed, and one that is dropped because nobody asked it.
test("a need leaves out the mechanisms that lack it", () => {
  const measured = {
    ...report(["pipe", "udp", "new"].map((mechanism) => cell({mechanism}))),
    needs: judged({"whole-messages": {pipe: -1, udp: 64}})
  };
  const view = viewAt(measured, {needs: ["whole-messages"]});
  assert.deepEqual(view.cells.map(({mechanism}) => mechanism), ["udp", "new"]);
  assert.deepEqual(view.excluded, [{mechanism: "pipe", need: "whole-messages"}]);
});

test("mechanisms come in the report's order, the others by name", () => {
  const [measured] = decode({reports: [report([cell({mechanism: "z"}), cell({mechanism: "b"})], {pipe: "Pipes"})]});
  assert.deepEqual(mechanismsOf(measured).map(({name}) => name), ["pipe", "b", "z"]);
});

// Catches names that are keys of every object.
test("a mechanism may be called like a member of objects", () => {
  const view = viewAt(report([cell({mechanism: "__proto__"}), cell({mechanism: "constructor"})]));
  assert.deepEqual(view.here.map(({mechanism}) => mechanism), ["__proto__", "constructor"]);
});
