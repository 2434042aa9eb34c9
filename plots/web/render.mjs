// The program that draws chart files. It reads chart data as JSON from standard input and prints the names of
// the files it wrote, one a line. Arguments: the folder to write to, then svg, png or both.
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { axesOf, metricsOf, settle } from "./model.mjs";
import { drawSvg } from "./picture.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const PLACEMENT = "cpus";

// The main charts of a report: each main metric at each placement, with the usual values of all other axes.
export function mainCharts(report) {
  return metricsOf(report)
    .filter(({ main }) => main)
    .flatMap(({ id: metric }) => {
      const placement = axesOf(report, { metric }).find(({ field }) => field === PLACEMENT);
      return placement.values
        .map(({ value }) => ({
          name: `${report.name}-${metric}-${value}`,
          placement: value,
          state: settle(report, { metric, [PLACEMENT]: value }, PLACEMENT),
        }))
        .filter(({ placement: value, state }) => state[PLACEMENT] === value); // measured there
    });
}

let fonts = null;
async function rasterise(svg) {
  if (fonts === null) {
    await initWasm(readFileSync(join(here, "resvg.wasm")));
    fonts = ["regular.ttf", "bold.ttf"].map((file) => new Uint8Array(readFileSync(join(here, file))));
  }
  // Only our own fonts, so that the picture is the same on every machine.
  const font = { fontBuffers: fonts, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans Condensed" };
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: 2 } }).render().asPng();
}

// Writes under a temporary name first: an error leaves no partial picture and does not touch an older one. The
// name is random, so that nobody can plant a link there.
function writeWhole(file, content) {
  const temporary = `${file}.${randomBytes(8).toString("hex")}.partial`;
  try {
    writeFileSync(temporary, content, { flag: "wx" });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

async function main([folder, ...formats]) {
  const { reports } = JSON.parse(readFileSync(0, "utf8"));
  const write = (file, content) => {
    writeWhole(join(folder, file), content);
    process.stdout.write(`${file}\n`);
  };
  for (const report of reports) {
    for (const { name, state } of mainCharts(report)) {
      const svg = drawSvg(report, state);
      if (svg === null) continue;
      if (formats.includes("svg")) write(`${name}.svg`, svg);
      if (formats.includes("png")) write(`${name}.png`, await rasterise(svg));
    }
  }
}

await main(process.argv.slice(2));
