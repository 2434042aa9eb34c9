// Builds the page template and the renderer. Run it in a folder with node_modules; the argument is the folder to
// write to. Sources and dependencies may lie in different folders, so that the source tree stays untouched.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const source = join(dirname(fileURLToPath(import.meta.url)), "web");
const modules = join(process.cwd(), "node_modules");
const out = process.argv[2] ?? "dist";
const esbuild = createRequire(join(process.cwd(), "package.json"))("esbuild");

const common = {
  bundle: true,
  minify: true,
  nodePaths: [modules],
  legalComments: "eof",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
};

async function buildPage() {
  const script = await esbuild.build({
    ...common,
    entryPoints: [join(source, "page.mjs")],
    format: "iife",
    target: "es2021",
    write: false,
  });
  const style = await esbuild.build({ ...common, entryPoints: [join(source, "page.css")], write: false });
  // The replacement is a function, since String.replace interprets $ in a text, and code is full of it.
  const inline = (text) => () => text.replace(/<\/(script|style)/gi, "<\\/$1");
  const page = readFileSync(join(source, "page.html"), "utf8")
    .replace("/*STYLE*/", inline(style.outputFiles[0].text))
    .replace("/*SCRIPT*/", inline(script.outputFiles[0].text));
  writeFileSync(join(out, "page.html"), page);
}

async function buildRenderer() {
  await esbuild.build({
    ...common,
    entryPoints: [join(source, "render.mjs")],
    outfile: join(out, "render.mjs"),
    platform: "node",
    format: "esm",
    target: "node18",
  });
  const fonts = join(modules, "dejavu-fonts-ttf", "ttf");
  copyFileSync(join(modules, "@resvg", "resvg-wasm", "index_bg.wasm"), join(out, "resvg.wasm"));
  copyFileSync(join(fonts, "DejaVuSansCondensed.ttf"), join(out, "regular.ttf"));
  copyFileSync(join(fonts, "DejaVuSansCondensed-Bold.ttf"), join(out, "bold.ttf"));
}

const legalFiles = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => /^(licen[cs]e|notice|copyright)/i.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? legalFiles(path) : [path];
    })
    .sort();

// The licences require their texts to be distributed with the parts.
function collectLicences() {
  const parts = ["echarts", "zrender", "tslib", "@resvg/resvg-wasm", "dejavu-fonts-ttf"];
  const texts = parts.flatMap((part) => {
    const folder = join(modules, part);
    const { version, license, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const origin = repository?.url ?? repository ?? "";
    const body = legalFiles(folder).map((file) => readFileSync(file, "utf8").trim());
    return [`${"=".repeat(78)}\n${part} ${version}, licence: ${license}\nsource: ${origin}\n`, ...body];
  });
  writeFileSync(join(out, "THIRD_PARTY.txt"), `${texts.join("\n\n")}\n`);
}

mkdirSync(out, { recursive: true });
await buildPage();
await buildRenderer();
collectLicences();
