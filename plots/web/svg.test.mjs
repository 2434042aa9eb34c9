import assert from "node:assert/strict";
import test from "node:test";

import {el, shorten, textWidth, toMarkup} from "./svg.mjs";

// Catches a name of a report that becomes markup, in text or in an attribute.
test("everything is escaped", () => {
  const node = el("text", {title: `"><script>`}, `</text><script>alert('1')&`);
  assert.equal(
      toMarkup(node),
      `<text title="&quot;&gt;&lt;script&gt;">&lt;/text&gt;&lt;script&gt;alert(&#39;1&#39;)&amp;</text>`,
  );
});

// Catches a file that no XML reader takes: NUL and lone surrogates cannot be written.
test("characters that XML lacks are replaced", () => {
  assert.equal(toMarkup(el("t", {}, "a\u0000b\ud800c😀")), "<t>a\ufffdb\ufffdc😀</t>");
});

test("absent children and attributes leave no trace, and numbers are short", () => {
  assert.equal(
      toMarkup(el("g", {x: 1.23456, y: null, open: true}, null, false, [["a"], undefined], 0)),
      "<g x=\"1.23\" open=\"\">a0</g>");
});

test("a long text is cut to the width, a short one is not", () => {
  assert.equal(shorten("pipe", 100, 12), "pipe");
  const cut = shorten("a_mechanism_with_a_very_long_name", 100, 12);
  assert.ok(cut.endsWith("…") && textWidth(cut, 12) <= 100, cut);
});
