// Tests of the chart files that plots_write_sample wrote (folder: IPCBENCH_SAMPLE).
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { inflateSync } from "node:zlib";

const folder = process.env.IPCBENCH_SAMPLE;
const read = (file, encoding) => readFileSync(join(folder, file), encoding);

// Catches a placement or pattern that is left out, or drawn without measurements.
test("every main chart of each placement is there, as SVG and, where asked for, PNG", () => {
  const crowd = ["latency", "throughput", "oneway", "paced", "fanin", "fanout"].map(
    (metric) => `crowd-${metric}-same.svg`,
  );
  const charts = [
    "sample-latency-same",
    "sample-latency-llc",
    "sample-throughput-same",
    "sample-throughput-llc",
    "sample-throughput-buffer-llc",
    "hostile-latency-free",
  ];
  const expected = [...crowd, ...charts.flatMap((chart) => [`${chart}.svg`, `${chart}.png`])].sort();
  assert.deepEqual(
    readdirSync(folder)
      .filter((file) => /\.(svg|png)$/.test(file))
      .sort(),
    expected,
  );
});

test("an SVG says in words what it shows", () => {
  const svg = read("sample-latency-llc.svg", "utf8");
  assert.match(svg, /^<svg role="img" aria-labelledby="chart-title chart-desc" /);
  assert.match(
    svg,
    /<title id="chart-title">Round-trip latency against message size, sample-host, waiting: block[^<]*one last-level cache/,
  );
  assert.match(svg, /<desc id="chart-desc">[^<]*pipe: [0-9.]+ µs at 1 B, [0-9.]+ ms at 16 MiB/);
});

// Catches a title that hides the waiting, the placement or the machine, and a legend with names missing.
test("the picture itself names host, waiting, placement, guides and every mechanism", () => {
  const texts = [...read("sample-throughput-same.svg", "utf8").matchAll(/<text[^>]*>([^<]*)</g)].map(
    ([, text]) => text,
  );
  const wanted = [
    "PIPE_BUF",
    "pipe capacity",
    "message size",
    "throughput, bytes per second",
    "64 KiB",
    "1 GB/s",
    "pipe",
    "my_own_queue",
    "memcpy",
  ];
  for (const text of wanted) assert.ok(texts.includes(text), text);
  const subtitle = texts.find((text) => text.startsWith("sample-host"));
  for (const part of ["waiting: block", "placement: both on one CPU", "peers: related"])
    assert.ok(subtitle.includes(part), part);
});

// Catches a legend with a floor that lies outside the axes: null takes 30 ns, the others microseconds.
test("a floor out of sight is not in the legend", () => {
  assert.match(read("sample-throughput-same.svg", "utf8"), />memcpy</);
  assert.doesNotMatch(read("sample-latency-same.svg", "utf8"), />null</);
});

// Catches a picture of forty lines, and one that does not say that it leaves lines out.
test("of many mechanisms a picture shows some of each kind and says so", () => {
  const svg = read("crowd-latency-same.svg", "utf8");
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
  assert.ok(texts.some((text) => text.startsWith("16 of 37 mechanisms: the fastest of each kind at 64 B")));
  for (const text of ["ring_spin", "pipe", "posix_queue", "signal", "token", "memcpy"])
    assert.ok(texts.includes(text), text);
  for (const text of ["sysv_composite", "tcp"]) assert.ok(!texts.includes(text), text);
  assert.doesNotMatch(read("sample-latency-same.svg", "utf8"), /of each kind/);
});

test("a picture of a load or a fan states it", () => {
  assert.match(read("crowd-paced-same.svg", "utf8"), /offered load: 50 % of capacity · arrivals: at random/);
  assert.match(read("crowd-fanin-same.svg", "utf8"), /ends: 2 producers to one consumer/);
});

// Catches references to external fonts, scripts or pictures.
test("an SVG is self-contained", () => {
  const svg = read("sample-latency-same.svg", "utf8");
  const addresses = [...svg.matchAll(/https?:\/\/[^"' )]+/g)].map(([address]) => address);
  assert.deepEqual(
    [...new Set(addresses)].filter((address) => !address.startsWith("http://www.w3.org/")),
    [],
  );
  assert.doesNotMatch(svg, /<script|<image|@import|@font-face/);
});

test("markup in names stays text", () => {
  const svg = read("hostile-latency-free.svg", "utf8");
  assert.doesNotMatch(svg, /<script|<img/);
  assert.match(svg, /&lt;\/script&gt;/);
});

// Decodes an RGBA PNG with all five row filters (PNG specification, section 9).
function decode(png) {
  assert.equal(png.toString("latin1", 1, 4), "PNG");
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  assert.deepEqual([png[24], png[25]], [8, 6], "8-bit RGBA");
  const data = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * 4;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x >= 4 ? pixels[y * stride + x - 4] : 0;
      const up = y > 0 ? pixels[(y - 1) * stride + x] : 0;
      const corner = x >= 4 && y > 0 ? pixels[(y - 1) * stride + x - 4] : 0;
      const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      const predicted = [0, left, up, (left + up) >> 1, paeth][filter];
      pixels[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predicted;
    }
  }
  return {
    width,
    height,
    at: (x, y) => pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 3).toString("hex"),
  };
}

// Catches a blank picture, and one without lines or without text (no usable font).
test("a PNG is drawn at twice the size, with lines in colour and a title in ink", () => {
  const { width, height, at } = decode(read("sample-latency-same.png"));
  assert.deepEqual([width, height], [2400, 1600]);
  const count = (x0, x1, y0, y1, color) => {
    let found = 0;
    for (let y = y0; y < y1; y += 1) for (let x = x0; x < x1; x += 1) found += at(x, y) === color ? 1 : 0;
    return found;
  };
  assert.equal(at(2, 2), "ffffff");
  for (const line of ["d35c00", "009b72", "5bbaf2"]) assert.ok(count(192, 2000, 224, 1432, line) > 500, line);
  assert.ok(count(48, 1000, 30, 90, "1b2430") > 1000, "title");
});
