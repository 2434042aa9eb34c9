import assert from "node:assert/strict";
import test from "node:test";

import {contrast, lookOf, sortWaits, THEMES, WAITS} from "./themes.mjs";

// Catches a mark that cannot be seen: WCAG asks 3:1 of graphics and 4.5:1 of text.
test("every mark has a contrast of 3:1 and every text of 4.5:1, on both grounds", () => {
  for (const [name, theme] of Object.entries(THEMES)) {
    const marks = {...theme.waits, better: theme.better, worse: theme.worse, axis: theme.axis};
    for (const [mark, color] of Object.entries(marks)) {
      assert.ok(contrast(color, theme.ground) >= 3, `${name} ${mark}: ${contrast(color, theme.ground).toFixed(2)}`);
    }
    for (const ink of ["text", "muted"]) assert.ok(contrast(theme[ink], theme.ground) >= 4.5, `${name} ${ink}`);
  }
});

test("contrast is that of WCAG", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.ok(Math.abs(contrast("#777777", "#ffffff") - 4.48) < 0.01);
});

test("each way of waiting has a colour and a shape of its own", () => {
  const shapes = Object.values(WAITS).map(({shape}) => shape);
  assert.equal(new Set(shapes).size, shapes.length);
  for (const theme of Object.values(THEMES)) {
    assert.deepEqual(Object.keys(theme.waits).sort(), Object.keys(WAITS).sort());
    assert.equal(new Set(Object.values(theme.waits)).size, shapes.length);
  }
});

test("a way of waiting that the page does not know is still drawn", () => {
  assert.equal(lookOf("dream").word, "dream");
  assert.deepEqual(sortWaits(["dream", "spin", "block", "spin"]), ["block", "spin", "dream"]);
  assert.equal(lookOf("constructor").word, "constructor");
});
