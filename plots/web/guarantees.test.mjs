import assert from "node:assert/strict";
import test from "node:test";

import {cell, judged, nodesOf, report, textsOf, viewAt} from "../testing/cells.mjs";

import {claimsBody, sortClaims} from "./claims.mjs";
import {chosenOf, guaranteesBody, probedOf} from "./guarantees.mjs";
import {toMarkup} from "./svg.mjs";

const found = (answer) => ({state: "found", answer});
const GUARANTEES = {
  questions: {
    boundaries: "does it keep message boundaries?",
    order: "do messages arrive in the order of sending?",
    unrelated: "can unrelated processes use it?"
  },
  mechanisms: {
    pipe: {unrelated: found("inherit"), boundaries: {state: "by_design", answer: "no"}, order: found("yes")},
    unix_seqpacket:
        {unrelated: found("yes"), boundaries: found("yes"), order: {state: "not_tried", answer: "not tried"}},
  },
};
const made = () => ({
  ...report([cell({}), cell({mechanism: "unix_seqpacket"})], {pipe: "Pipes", unix_seqpacket: "Sockets"}),
  guarantees: GUARANTEES,
  needs: judged({"whole-messages": {pipe: -1, unix_seqpacket: 64}})
});
const bodyOf = (view) =>
    guaranteesBody(view, null, (part) => `#${JSON.stringify(part)}`).flat(Infinity).filter(Boolean);
const rowsOf = (trees) =>
    trees.flatMap((tree) => nodesOf(tree, "tr")).map((row) => row.children.map((each) => textsOf(each).join("")));

// What guarantees does a pipe have?
test("a mechanism's guarantees are answered in full, in the order of the questions", () => {
  const [chosen] = bodyOf(viewAt(made(), {mechanism: "pipe"}));
  assert.match(textsOf(chosen).join(""), /What pipe guarantees/);
  assert.deepEqual(nodesOf(chosen, "dt").flatMap(textsOf), [
    "can unrelated processes use it?", "does it keep message boundaries?", "do messages arrive in the order of sending?"
  ]);
  assert.deepEqual(
      nodesOf(chosen, "strong").flatMap(textsOf),
      ["pipe", "inherit", "no (by design of what is built on the kernel's object)", "yes"]);
});

test("an unknown or hostile choice shows the first mechanism", () => {
  const {report: own} = viewAt(made());
  for (const mechanism of ["", "nonsense", "__proto__", "constructor"])
    assert.equal(chosenOf(own, {mechanism}), "pipe");
  assert.deepEqual(probedOf(own), ["pipe", "unix_seqpacket"]);
});

// Catches a table that does not show what a need excludes.
test("the needs of the state are marked in the table and counted", () => {
  const trees = bodyOf(viewAt(made(), {needs: ["whole-messages"]}));
  assert.deepEqual(rowsOf(trees), [
    ["mechanism", "open to strangers?", "keeps messages apart?", "in the order of sending?"],
    ["pipe", "inherit", "✗ no*", "yes"],
    ["unix_seqpacket", "yes", "✓ yes", "–"],
  ]);
  assert.match(trees.flatMap(textsOf).join(""), /message boundaries are kept \(1 of 2 lack it\)/);
});

test("a report without guarantees says how to get them", () => {
  assert.match(bodyOf(viewAt(report([cell({})]))).flatMap(textsOf).join(""), /ipcbench probe/);
});

const claim = (number, verdict, kind = "report") => ({
  number,
  statement: `Claim <${number}>.`,
  kind,
  verdict,
  finding: "faster in `3` of 4 pairs",
  evidence: verdict === "not_answerable" ? [] : ["a: 1 us"]
});

test("claims: those that the report answers come first, with folded evidence; the others are named", () => {
  const own = {
    ...report([cell({})]),
    claims: {
      claims: [
        claim(1, "not_answerable"), claim(2, "refuted"), claim(3, "untested", "experiment"), claim(4, "confirmed"),
        claim(5, "no_difference")
      ]
    }
  };
  const trees = claimsBody(viewAt(own)).flat(Infinity).filter(Boolean);
  assert.deepEqual(sortClaims(own.claims.claims).map(({number}) => number), [4, 2, 5, 1, 3]);
  assert.deepEqual(
      nodesOf(trees[0], "strong").flatMap(textsOf),
      ["✓ confirmed: ", "✗ refuted: ", "≈ no difference seen: ", "– not answerable with this report: "]);
  assert.equal(nodesOf(trees[0], "details").length, 3);
  assert.deepEqual(nodesOf(trees[0], "code").flatMap(textsOf), ["3", "3", "3", "3"]);
  assert.match(textsOf(trees[1]).join(""), /1 claim that no report answers/);
  assert.match(toMarkup(trees[0]), /Claim &lt;4&gt;/);
});

test("a page without claims names the command", () => {
  assert.match(claimsBody(viewAt(report([cell({})]))).flatMap(textsOf).join(""), /ipcbench claims/);
});
