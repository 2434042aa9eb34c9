import assert from "node:assert/strict";
import test from "node:test";

import {cell, report, viewAt} from "../testing/cells.mjs";

import {decode} from "./model.mjs";
import {describe, fileStem, hashOf, problems, readHash, settle} from "./state.mjs";

const made = (...cells) => decode({reports: [report(cells)]});

// Catches a page that opens empty because its first choice was never measured.
test("settling keeps what exists and replaces what does not", () => {
  const reports = made(cell({cpus: "llc", peers: "exec"}), cell({cpus: "same", size_bytes: 4096}));
  assert.equal(settle(reports, {cpus: "llc", size: "64"}).size, 64);
  assert.equal(settle(reports, {cpus: "llc", peers: "fork"}, "cpus").peers, "exec");
  assert.equal(settle(reports, {cpus: "llc", peers: "fork"}, "peers").cpus, "same");
  assert.equal(settle(reports, {pattern: "paced"}).pattern, "latency");
});

// Catches a size that is not measured: the nearest by ratio is 4096, by difference 64.
test("the nearest measured size is taken", () => {
  const reports = made(cell({size_bytes: 64}), cell({size_bytes: 4096}));
  assert.equal(settle(reports, {size: "1000"}).size, 4096);
  assert.equal(settle(reports, {size: "nonsense"}).size, 64);
  assert.equal(settle(reports, {size: "-5"}).size, 64);
});

test("an empty report has a state", () => {
  const state = settle(made());
  assert.deepEqual([state.pattern, state.size, state.report], ["latency", 64, 0]);
  assert.equal(hashOf(made(), state), "#");
});

// Catches a link that leads elsewhere than where it was taken, for every field.
test("an address leads back to its state", () => {
  const reports = decode({
    reports: [
      report([cell({})]), {
        ...report([
          cell({}), cell({size_bytes: 8, wait: "spin"}), cell({pattern: "throughput", cpus: "llc"}), cell({cpus: "llc"})
        ]),
        name: "b&c=d"
      }
    ],
  });
  const wanted = [
    {},
    {report: 1, size: 8, wait: "spin"},
    {report: "b&c=d", pattern: "throughput"},
    {
      report: 1,
      cpus: "llc",
      needs: ["unrelated", "order"],
      per_second: "50000",
      burn: "1",
      sort: "-p99_ns",
      rows: "all"
    },
  ];
  for (const each of wanted) {
    const state = settle(reports, each);
    assert.deepEqual(settle(reports, readHash(hashOf(reports, state))), state, JSON.stringify(each));
  }
  assert.equal(settle(reports, wanted[3]).per_second, 50000);
  assert.equal(hashOf(reports, settle(reports, {}), {size: 8}), "#size=8");
});

// Catches an address that reaches into objects, or whose text is taken without bound.
test("a hostile address is only text", () => {
  const reports = made(cell({}));
  const state = settle(
      reports, readHash(`#__proto__=1&constructor=2&wait=<script>&burn=9&need=order,x&sort=${"x".repeat(9999)}`));
  assert.deepEqual([state.wait, state.burn, state.needs], ["", "", ["order"]]);
  assert.ok(state.sort.length <= 300);
  assert.equal({}.polluted, undefined);
});

// Catches pictures that overwrite each other, and names that lead out of the folder or are longer than a file system
// takes.
test("a file is named after what differs from the usual", () => {
  const reports = made(cell({}), cell({cpus: "llc"}), cell({cpus: "llc", size_bytes: 4096}));
  const stem = (wanted) => fileStem(reports, settle(reports, wanted), "heat");
  assert.equal(stem({}), "test-heat");
  assert.equal(stem({size: 64, cpus: "same", at: "heat"}), "test-heat");
  assert.equal(stem({cpus: "llc", size: 4096}), "test-heat-cpus=llc,size=4096");
  assert.match(stem({mechanism: "../a b"}), /^test-heat-mechanism=.._a_b-[0-9a-z]+$/);
  assert.notEqual(stem({mechanism: "../a b"}), stem({mechanism: "../a/b"}));
  assert.ok(stem({mechanism: "é".repeat(299)}).length < 110);
  assert.notEqual(stem({mechanism: "x".repeat(298)}), stem({mechanism: "x".repeat(299)}));
});

// Catches `--state` that draws something else than was asked for.
test("a written state that cannot be shown is explained", () => {
  const reports = made(cell({}), cell({size_bytes: 4096}));
  assert.deepEqual(problems(reports, readHash("size=64&cpus=same&wait=block&need=order")), []);
  const said = problems(reports, readHash("size=100&cpus=llc&colour=red&need=speed")).join("\n");
  assert.match(said, /size=100: measured with the other choices: 64, 4096/);
  assert.match(said, /cpus=llc: measured with the other choices: same/);
  assert.match(said, /no choice called 'colour'/);
  assert.match(said, /need=speed: known are whole-messages/);
});

test("the state in words names what was chosen", () => {
  const text = describe(viewAt(report([cell({})]), {needs: ["order"], per_second: "1000", burn: "1"}));
  assert.equal(text, "64 B, round trip, fork of peers, same of cpus, needs: order, 1000 a second, at most 1 CPU busy");
});
