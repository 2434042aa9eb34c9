import assert from "node:assert/strict";
import test from "node:test";

import {cell, report} from "../testing/cells.mjs";

import {decode} from "./model.mjs";
import {drawPicture, picturesOf, Refusal} from "./pictures.mjs";

const time = (mechanism, others = {}) => cell({mechanism, ...others});
const reports =
    decode({reports: [report([time("a"), time("a", {cpus: "llc"}), time("a", {size_bytes: 65536, cpus: "llc"})])]});
const namesOf = (...wanted) => picturesOf(reports, ...wanted).map(({name}) => name);

// Catches a placement or a size that is left out, or drawn without measurements.
test("the default pictures are of each placement and of the sizes that were measured", () => {
  const names = namesOf();
  for (const name
           of ["test-heat-same", "test-heat-llc", "test-ranking-same-64B", "test-ranking-llc-64KiB",
               "test-price-llc-64B"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(!names.includes("test-ranking-same-64KiB"));
  assert.equal(new Set(names).size, names.length);
});

test("one chart can be asked for, at a state", () => {
  const [picture, ...others] = picturesOf(reports, "ranking", "size=65536&cpus=llc");
  assert.equal(others.length, 0);
  assert.deepEqual(
      [picture.name, picture.state.size, picture.state.cpus], ["test-ranking-cpus=llc,size=65536", 65536, "llc"]);
});

// Catches a picture of something else than was asked for.
test("what cannot be drawn is refused with the reason", () => {
  const refusal = (pattern, ...wanted) => assert.throws(
      () => picturesOf(reports, ...wanted), (error) => error instanceof Refusal && pattern.test(error.message));
  refusal(/no chart 'rank'; there are .*ranking/, "rank");
  refusal(/size=7: measured with the other choices: 64, 65536/, "ranking", "size=7&cpus=llc");
  refusal(/with a chart only/, null, "size=64");
  const empty = decode({reports: [report([])]});
  assert.throws(() => drawPicture(empty, picturesOf(empty, "ranking")[0]), /nothing to draw/);
});

// Catches a file that says not what it shows, names outside its frame, and references to the network.
test("a file is self-contained and says in words what it shows", () => {
  const svg = drawPicture(reports, picturesOf(reports, "ranking", "cpus=llc&size=64")[0]);
  assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  assert.match(svg, /<title>Ranking by round trip, host<\/title>/);
  assert.match(svg, /llc of cpus/);
  assert.deepEqual(
      [...svg.matchAll(/https?:\/\/[^"' )]+/g)]
          .map(([address]) => address)
          .filter((address) => !address.startsWith("http://www.w3.org/")),
      []);
  assert.doesNotMatch(svg, /<script|<image|@import|@font-face|href/);
});

test("markup in names stays text in a file", () => {
  const hostile = decode({reports: [report([time("</text><script>alert(1)</script>")])]});
  const svg = drawPicture(hostile, picturesOf(hostile, "heat")[0]);
  assert.doesNotMatch(svg, /<script/);
  assert.match(svg, /&lt;\/text&gt;/);
});
