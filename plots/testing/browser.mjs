// Tests of the pages that plots_write_sample wrote (folder: IPCBENCH_SAMPLE) in a real browser. Run it in a
// folder with node_modules. Exits with 77 (skipped) without Chromium.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];
const chromiumFile = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => PROGRAMS.map((program) => join(folder, program)))
  .find((file) => existsSync(file));
if (!chromiumFile) {
  console.log(`skipped: none of ${PROGRAMS.join(", ")} is on PATH (Debian: apt-get install chromium)`);
  process.exit(77);
}

const { chromium } = createRequire(join(process.cwd(), "package.json"))("playwright-core");
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: chromiumFile, args: ARGUMENTS });
});
after(() => browser?.close());

// Opens a page and passes it to `body`. Fails on any error or message, and on any request other than the page's own.
async function withPage(file, body, settings = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    ...settings,
  });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const address = pathToFileURL(join(process.env.IPCBENCH_SAMPLE, file)).href;
  const complaints = [];
  page.on("console", (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const known = request.url() === address || request.url().startsWith("data:");
    if (!known) complaints.push(`request: ${request.url()}`);
  });
  try {
    await page.goto(address);
    await body(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

// chart.mjs draws mechanisms 1.8 wide, and floors 1.5 wide and dashed.
const lines = (page) => page.locator('#chart path[stroke-width="1.8"][fill="none"]').count();
const floors = (page) => page.locator('#chart path[stroke-width="1.5"][stroke-dasharray]').count();
const drawing = (page) => page.locator("#chart svg").innerHTML();
const tableText = (page) => page.locator("table").innerText();
const texts = (page) => page.locator("#chart svg text").allTextContents();
const choose = (page, name, value) => page.locator(`select[name="${name}"]`).selectOption(value);

// Fails unless `act` changes both the drawing and the table.
async function changesBoth(page, act) {
  const [picture, table] = [await drawing(page), await tableText(page)];
  await act();
  assert.notEqual(await drawing(page), picture, "the drawing stayed the same");
  assert.notEqual(await tableText(page), table, "the table stayed the same");
}

test("opens from a file and draws every mechanism, floor and guide", () =>
  withPage("sample.html", async (page) => {
    assert.equal(await page.locator("h1").innerText(), "ipcbench on sample-host");
    assert.equal(await lines(page), 15);
    assert.ok((await floors(page)) >= 2);
    const drawn = await texts(page);
    for (const label of ["1 B", "64 KiB", "16 MiB", "10 µs", "PIPE_BUF", "pipe capacity", "round trip"])
      assert.ok(drawn.includes(label), label);
  }));

// Catches a chart that is in the document but not on the screen.
test("what is drawn can be seen", () =>
  withPage("sample.html", async (page) => {
    const shown = await page.locator(".canvas").screenshot();
    await page.locator("#none").click();
    const blank = await page.locator(".canvas").screenshot();
    assert.ok(
      shown.length > 3 * blank.length,
      `${shown.length} bytes of picture against ${blank.length} blank`,
    );
  }));

test("doubts, an incomplete run, failed and skipped cells are shown", () =>
  withPage("sample.html", async (page) => {
    const doubts = await page.locator("#doubts-list li").allInnerTexts();
    assert.match(doubts[0], /^Invalid: CPU 1 was throttled\. Raise the limit/);
    assert.equal(doubts.length, 3);
    assert.match(await page.locator("#state-of-run").innerText(), /the time ran out/);
    await page.getByText("Failed launches (1)").click();
    assert.ok(await page.getByText("consumer killed by signal 9").isVisible());
    await page.getByText("Skipped cells (1)").click();
    assert.ok(await page.getByText(/raise .*msgsize_max/).isVisible());
  }));

test("each chooser changes drawing, table and subtitle", () =>
  withPage("sample.html", async (page) => {
    const subtitle = page.locator("#chart-choices");
    await changesBoth(page, () => choose(page, "cpus", "llc"));
    assert.match(await subtitle.innerText(), /one last-level cache/);
    await changesBoth(page, () => choose(page, "wait", "poll"));
    assert.match(await subtitle.innerText(), /waiting: poll/);
    assert.equal(await lines(page), 9, "those that poll");
    await choose(page, "wait", "block");
    await choose(page, "cpus", "same");
    await changesBoth(page, () => choose(page, "peers", "exec"));
    assert.equal(await lines(page), 11, "those with a name");
    await changesBoth(page, () => choose(page, "metric", "throughput"));
    assert.equal(
      await page.locator("#chart-heading").innerText(),
      "Throughput in bytes per second against message size",
    );
    await changesBoth(page, () => choose(page, "metric", "throughput-messages"));
    assert.ok((await texts(page)).includes("throughput, messages per second"));
  }));

// Catches a choice that leads to an empty chart, is silently undone, or cannot be made.
test("a choice that excludes other choices is marked, and the others give way", () =>
  withPage("sample.html", async (page) => {
    await choose(page, "peers", "exec");
    const spin = page.locator('select[name="wait"] option[value="spin"]');
    assert.equal(await spin.innerText(), "spin (busy): only with other choices");
    await changesBoth(page, () => choose(page, "wait", "spin"));
    assert.match(await page.locator("#chart-choices").innerText(), /waiting: spin .* peers: related/);
    assert.equal(await page.locator('select[name="peers"]').inputValue(), "fork");
  }));

test("mechanisms can be switched off and on, one by one and together", () =>
  withPage("sample.html", async (page) => {
    const pipe = page.locator('#legend input[value="pipe"]');
    await changesBoth(page, () => pipe.uncheck());
    assert.equal(await lines(page), 14);
    await choose(page, "wait", "spin");
    assert.equal(await pipe.isChecked(), false, "it stays off in another chart");
    await page.locator("#none").click();
    assert.equal(await lines(page), 0);
    assert.match(await page.locator("#empty").innerText(), /switched off/);
    await page.locator("#all").click();
    assert.equal(await lines(page), 15);
    assert.equal(await page.locator("#empty").isVisible(), false);
  }));

// 16 lines, 37 in the list. Catches an unreadable chart, and a mechanism that cannot be shown.
test("of many mechanisms the fastest of each kind are drawn, and the list has all", () =>
  withPage("crowd.html", async (page) => {
    const boxes = page.locator("#legend input[name=mechanism]");
    assert.equal(await boxes.count(), 38);
    const drawn = () => page.locator("#legend input[name=mechanism]:checked").count();
    assert.equal(await drawn(), 17, "16 and a floor");
    await changesBoth(page, () => page.locator('#legend input[value="tcp"]').check());
    await choose(page, "metric", "oneway");
    assert.ok(await page.locator('#legend input[value="tcp"]').isChecked());
    await page.locator("#all").click();
    assert.equal(await drawn(), 37);
    await page.locator("#fastest").click();
    assert.equal(await drawn(), 16);
  }));

test("a filter shortens the list, and the buttons act on the rest", () =>
  withPage("crowd.html", async (page) => {
    await page.locator("#none").click();
    await page.locator("#filter").fill("SEMA");
    const listed = page.locator("#legend label:visible");
    assert.equal(await listed.count(), 5);
    assert.equal(await page.getByText("Pipes", { exact: true }).isVisible(), false);
    await page.locator("#all").click();
    assert.equal(await listed.count(), 5, "the filter stays");
    assert.equal(await page.locator("#legend input[name=mechanism]:checked").count(), 5);
  }));

// Catches loads and fans that cannot be chosen, and choosers of other patterns.
test("loads and fans have choosers of their own", () =>
  withPage("crowd.html", async (page) => {
    assert.equal(await page.locator('select[name="rate"], select[name="fan"]').count(), 0);
    await choose(page, "metric", "paced");
    await changesBoth(page, () => choose(page, "rate", "80%"));
    assert.match(await page.locator("#chart-choices").innerText(), /80 % of capacity/);
    const heads = await page.locator("thead").innerText();
    for (const head of ["offered", "not sent before the end", "sent late"]) assert.ok(heads.includes(head), head);
    await choose(page, "metric", "fanout-messages");
    await changesBoth(page, () => choose(page, "fan", "4"));
    assert.match(await page.locator("#chart-choices").innerText(), /one producer to 4 consumers/);
  }));

test("tokens are drawn beside the sizes, and are in the table", () =>
  withPage("crowd.html", async (page) => {
    assert.ok((await texts(page)).includes("token"));
    await page.locator("#table-size").selectOption("0");
    const names = await page.locator("tbody th.name:nth-child(2)").allInnerTexts();
    assert.ok(names.includes("signal") && !names.includes("pipe"), names.join());
  }));

test("intervals can be hidden", () =>
  withPage("sample.html", async (page) => {
    const whiskers = () =>
      page
        .locator('#chart path[stroke-width="1.2"][stroke-opacity], #chart path[stroke-width="1.2"][opacity]')
        .count();
    assert.ok((await whiskers()) > 50);
    await page.getByLabel("Show intervals").uncheck();
    assert.equal(await whiskers(), 0);
  }));

test("the tooltip shows interval, launches and CPU time of both ends", () =>
  withPage("sample.html", async (page) => {
    await page.locator("#none").click();
    await page.locator('#legend input[value="tcp"]').check();
    const symbol = page.locator('#chart path[stroke="#e69f00"]:not([fill="none"])').first();
    await symbol.hover();
    const tip = page.locator("#chart > div").filter({ hasText: "launches" });
    await tip.waitFor();
    const text = await tip.innerText();
    for (const part of ["tcp", "round trip", "confidence", "producer", "consumer"])
      assert.ok(text.includes(part), part);
  }));

test("works from the keyboard, and the focus stays where it was", () =>
  withPage("sample.html", async (page) => {
    const focused = () => page.evaluate(() => document.activeElement.name);
    await page.locator('select[name="cpus"]').focus();
    await changesBoth(page, () => page.keyboard.press("ArrowDown"));
    assert.equal(await focused(), "cpus");
    await page.locator("#filter").focus();
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "mechanism");
    await changesBoth(page, () => page.keyboard.press("Space"));
    assert.equal(await focused(), "mechanism");
    assert.equal(await lines(page), 14);
  }));

test("the table is accessible, and can show one size", () =>
  withPage("sample.html", async (page) => {
    assert.match(await page.locator("#table-caption").innerText(), /Round-trip latency.*waiting: block/);
    const heads = page.locator('thead th[scope="col"]');
    assert.ok((await heads.count()) >= 9);
    await page.locator("#table-size").selectOption("64");
    assert.equal(await page.locator("tbody tr").count(), 17);
    const sizes = await page.locator('tbody th[scope="row"]:first-child').allInnerTexts();
    assert.deepEqual([...new Set(sizes)], ["64 B"]);
  }));

test("there is a chooser of reports, and markup in them does nothing", () =>
  withPage("reports.html", async (page) => {
    assert.equal(await lines(page), 15);
    await changesBoth(page, () => choose(page, "report", "1"));
    assert.equal(await lines(page), 1);
    assert.match(await page.locator("h1").innerText(), /^ipcbench on <\/script><script>/);
    assert.equal(await page.evaluate(() => window.broken), undefined);
    assert.equal(await page.locator("img").count(), 0);
  }));

test("follows the colour scheme and fits a narrow screen", () =>
  withPage(
    "sample.html",
    async (page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(await ground(), "rgb(23, 28, 36)");
      assert.equal(await page.locator('#chart rect[fill="#171c24"]').count(), 1);
      const [content, screen] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      assert.ok(content <= screen, `${content} pixels on a screen of ${screen}`);
      assert.equal(await lines(page), 15);
    },
    { colorScheme: "dark", viewport: { width: 390, height: 800 } },
  ));
