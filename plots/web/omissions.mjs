// Cells that were not measured, and why, by what their names say. Pure functions.

// "pipe/latency/size:64/wait:block/cpus:same" -> {mechanism, pattern, size: "64", wait: "block", ...}; a key that an
// axis does not have is a parameter.
export function readName(name) {
  const [mechanism, pattern, ...parts] = name.split("/");
  const read = new Map([
    ["mechanism", mechanism],
    ["pattern", pattern],
  ]);
  for (const part of parts) {
    const colon = part.indexOf(":");
    if (colon > 0) read.set(part.slice(0, colon), part.slice(colon + 1));
  }
  return read;
}

const KNOWN = new Set(["mechanism", "pattern", "size", "wait"]);

// The reasons for which cells of the view are missing: Map of reasonKey() -> "skipped: ..." or "failed: ...".
export const reasonKey = (mechanism, size, wait) => JSON.stringify([mechanism, Number(size), wait]);
export function reasonsOf({report, state}, axes) {
  const reasons = new Map();
  const fields = new Set(axes.map(({field}) => field));
  for (const [word, omissions] of [["skipped", report.skipped], ["failed", report.failed]]) {
    for (const {cell, reason} of omissions) {
      const read = readName(cell);
      const isHere = [...read].every(([key, value]) => KNOWN.has(key) || (fields.has(key) && state[key] === value));
      if (isHere && read.get("pattern") === state.pattern && !state.parameters) {
        reasons.set(reasonKey(read.get("mechanism"), read.get("size"), read.get("wait")), `${word}: ${reason}`);
      }
    }
  }
  return reasons;
}
