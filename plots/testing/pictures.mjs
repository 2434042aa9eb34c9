// Tests of the chart files that plots_write_sample wrote (folder: IPCBENCH_SAMPLE).
import assert from "node:assert/strict";
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import test from "node:test";
import {inflateSync} from "node:zlib";

const folder = process.env.IPCBENCH_SAMPLE;
const read = (file, encoding) => readFileSync(join(folder, file), encoding);

const files = readdirSync(folder).filter((file) => /\.(svg|png)$/.test(file));

// Catches a placement that is left out or drawn without measurements, and a report whose pictures are lost.
test("each report has pictures of each placement that it measured, and of no other", () => {
  const placements =
      (report) => [...new Set(
                       files.filter((file) => file.startsWith(`${report}-`)).map((file) => file.split(/[-.]/)[2]))]
                      .sort();
  assert.deepEqual(placements("sample"), ["llc", "same"]);
  assert.deepEqual(placements("crowd"), ["same"]);
  assert.deepEqual(placements("hostile"), ["free"]);
});

test("where PNG were asked for, each SVG has one", () => {
  const stems = (ending) => files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -4));
  assert.deepEqual(
      stems(".png"),
      stems(".svg").filter((stem) => !stem.startsWith("crowd-")),
  );
});

test("an SVG says in words what it shows, of which machine", () => {
  const svg = read("sample-ranking-llc-64B.svg", "utf8");
  assert.match(svg, /<title>[^<]*ound trip[^<]*sample-host/);
  assert.match(svg, /<desc>64 B[^<]*one last-level cache/);
});

// Catches a title that hides the placement or the machine, and mechanisms without names.
test("the picture itself names host, size, placement and every mechanism", () => {
  const svg = read("sample-ranking-same-64KiB.svg", "utf8");
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
  for (const text of ["pipe", "my_own_queue", "block", "spin"]) assert.ok(texts.includes(text), text);
  for (const part of ["64 KiB", "one CPU", "sample-host"]) assert.ok(texts.some((text) => text.includes(part)), part);
});

// Catches references to external fonts, scripts or pictures.
test("an SVG is self-contained", () => {
  const svg = read("sample-ranking-same-64B.svg", "utf8");
  const addresses = [...svg.matchAll(/https?:\/\/[^"' )]+/g)].map(([address]) => address);
  assert.deepEqual(
      [...new Set(addresses)].filter((address) => !address.startsWith("http://www.w3.org/")),
      [],
  );
  assert.doesNotMatch(svg, /<script|<image|@import|@font-face/);
});

test("markup in names stays text", () => {
  const svg = read("hostile-ranking-free-64B.svg", "utf8");
  assert.doesNotMatch(svg, /<script|<img/);
  assert.match(svg, /&lt;\/script&gt;/);
});

// Decodes a PNG of RGB or RGBA with all five row filters (PNG specification, section 9).
function decode(png) {
  assert.equal(png.toString("latin1", 1, 4), "PNG");
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  assert.equal(png[24], 8, "bits a channel");
  const bytes = {2: 3, 6: 4}[png[25]];
  assert.ok(bytes, "RGB or RGBA");
  const data = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * bytes;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x >= bytes ? pixels[y * stride + x - bytes] : 0;
      const up = y > 0 ? pixels[(y - 1) * stride + x] : 0;
      const corner = x >= bytes && y > 0 ? pixels[(y - 1) * stride + x - bytes] : 0;
      const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      const predicted = [0, left, up, (left + up) >> 1, paeth][filter];
      pixels[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predicted;
    }
  }
  return {
    width,
    height,
    at: (x, y) => pixels.subarray((y * width + x) * bytes, (y * width + x) * bytes + 3).toString("hex"),
  };
}

// Catches a blank picture, and one without marks or without text (no usable font).
test("a PNG is drawn at twice the size of its SVG, with marks in colour and a title in ink", () => {
  const svg = read("sample-ranking-same-64B.svg", "utf8");
  const [, wide, high] = /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg);
  const {width, height, at} = decode(read("sample-ranking-same-64B.png"));
  assert.deepEqual([width, height], [2 * wide, 2 * high]);
  const count = (x0, x1, y0, y1, color) => {
    let found = 0;
    for (let y = y0; y < y1; y += 1)
      for (let x = x0; x < x1; x += 1) found += at(x, y) === color ? 1 : 0;
    return found;
  };
  assert.equal(at(2, 2), "ffffff");
  const marks = new Set([...svg.matchAll(/<path [^>]*fill="#([0-9a-f]{6})"/g)].map(([, color]) => color));
  assert.ok(marks.size >= 2, "two ways of waiting");
  for (const color of marks) assert.ok(count(0, width, 160, height, color) > 500, color);
  assert.ok(count(40, 1000, 40, 90, "1b2430") > 500, "title");
});
