// The program that draws chart files: chart data as JSON on standard input, the names of the files written
// on standard output, one a line. Arguments: the folder to write to, and what to write (svg, png or both).
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { AXES, metricsOf, settle } from "./model.mjs";
import { drawSvg } from "./picture.mjs";

const here = dirname(fileURLToPath(import.meta.url));
// The main charts of a report: each main metric at each placement, blocking where that was measured.
export function mainCharts(report) {
  const placement = AXES.find(({ field }) => field === "cpus");
  const measured = metricsOf(report).filter(({ main }) => main);
  return measured.flatMap(({ id, pattern }) => {
    const cells = report.cells.filter((cell) => cell.pattern === pattern);
    const placements = Object.keys(placement.values).filter((value) =>
      cells.some(({ cpus }) => cpus === value),
    );
    return placements.map((cpus) => ({
      name: `${report.name}-${id}-${cpus}`,
      state: settle({ cells: cells.filter((cell) => cell.cpus === cpus) }, { metric: id }),
    }));
  });
}

let fonts = null;
async function rasterise(svg) {
  if (fonts === null) {
    await initWasm(readFileSync(join(here, "resvg.wasm")));
    fonts = ["regular.ttf", "bold.ttf"].map((file) => new Uint8Array(readFileSync(join(here, file))));
  }
  // Only the fonts brought along: the same picture on every machine.
  const font = { fontBuffers: fonts, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans Condensed" };
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: 2 } }).render().asPng();
}

// Under a temporary name first: after an error there is no half picture, and an older one is untouched. Nobody
// can foresee that name and have a link wait there.
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
