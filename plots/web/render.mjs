// Draws chart files under Node.js: render.mjs OUTDIR [--chart NAME] [--state STATE]. Reads the page's data as JSON from
// standard input, writes SVG files, and prints their names, one a line. Exits with 2 and a message if there is no such
// chart, or no measurement with such a state.
import {randomBytes} from "node:crypto";
import {readFileSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";

import {decode} from "./model.mjs";
import {drawPicture, picturesOf, Refusal} from "./pictures.mjs";

// Writes under a temporary name first: an error leaves no partial picture and does not touch an older one. The
// name is random, so that nobody can plant a link there.
function writeWhole(file, content) {
  const temporary = `${file}.${randomBytes(8).toString("hex")}.partial`;
  try {
    writeFileSync(temporary, content, {flag: "wx"});
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, {force: true});
    throw error;
  }
}

const option = (argv, name) => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : null);

function main([folder, ...argv]) {
  const reports = decode(JSON.parse(readFileSync(0, "utf8")));
  for (const picture of picturesOf(reports, option(argv, "--chart"), option(argv, "--state"))) {
    const svg = drawPicture(reports, picture);
    if (svg === null) continue;
    writeWhole(join(folder, `${picture.name}.svg`), svg);
    process.stdout.write(`${picture.name}.svg\n`);
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
