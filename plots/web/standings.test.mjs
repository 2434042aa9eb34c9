import assert from "node:assert/strict";
import test from "node:test";

import {cell, nodesOf, report, textsOf, viewAt} from "../testing/cells.mjs";

import {standingsBody, standingsOf} from "./standings.mjs";

const table = (title, index) =>
    ({title, cell: index, head: ["mechanism", "64 B (CPUs)"], rows: [["pipe", "3 us (1.0)"]]});
const made = () => ({
  ...report([cell({}), cell({wait: "spin"}), cell({cpus: "llc"})]),
  standings: [table("sleeping", 0), table("spinning", 1), table("apart", 2)],
});
const titles = (view) => standingsOf(view).map(({title}) => title);

// Catches tables of another placement, and ways of waiting that the reader has not chosen.
test("standings: those with the choices of the state, in all its ways of waiting", () => {
  assert.deepEqual(titles(viewAt(made(), {cpus: "same"})), ["sleeping", "spinning"]);
  assert.deepEqual(titles(viewAt(made(), {cpus: "llc"})), ["apart"]);
  assert.deepEqual(titles(viewAt(made(), {cpus: "same", wait: "spin"})), ["spinning"]);
});

test("standings: a report of an older page has none, others a table each", () => {
  assert.deepEqual(standingsBody(viewAt(report([cell({})]))), []);
  const trees = standingsBody(viewAt(made(), {cpus: "same"})).flat(Infinity);
  assert.equal(trees.flatMap((tree) => nodesOf(tree, "table")).length, 2);
  assert.match(trees.flatMap(textsOf).join(" "), /3 us \(1\.0\)/);
});
