// The text around the chart: the origin of the numbers, doubts about them, failed launches and skipped cells.
import { byId, element } from "./dom.mjs";

const LEVELS = { invalid: "Invalid", warn: "Warning", info: "Note" };

function showDoubts(doubts) {
  const rank = Object.keys(LEVELS);
  const sorted = [...doubts].sort((a, b) => rank.indexOf(a.level) - rank.indexOf(b.level));
  const items = sorted.map(({ level, what, advice }) =>
    element(
      "li",
      { class: level },
      element("span", { class: "level" }, `${LEVELS[level] ?? level}: `),
      `${what} ${advice}`,
    ),
  );
  byId("doubts").hidden = items.length === 0;
  byId("doubts-list").replaceChildren(...items);
}

function list(title, pairs) {
  const entries = pairs.flatMap(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]);
  return element("details", {}, element("summary", {}, title), element("dl", {}, ...entries));
}

// Groups cells that share a reason: a limit often hits twenty sizes of one mechanism.
function byReason(omissions) {
  const groups = new Map();
  for (const { cell, reason } of omissions) groups.set(reason, [...(groups.get(reason) ?? []), cell]);
  return [...groups].map(([reason, cells]) => [reason, cells.join(", ")]);
}

export function showFacts(report) {
  document.title = `ipcbench: ${report.host}, ${report.date}`;
  byId("heading").textContent = `ipcbench on ${report.host}`;
  const origin = [
    report.cpu,
    report.kernel,
    report.date,
    `profile ${report.profile}`,
    `ipcbench ${report.version}`,
  ];
  byId("origin").textContent = origin.filter(Boolean).join(" · ");
  byId("state-of-run").hidden = report.note === "";
  byId("state-of-run").textContent = `This run is incomplete: ${report.note}`;
  showDoubts(report.doubts);
  const details = [
    list(
      "This machine",
      report.facts.map(({ name, value }) => [name, value]),
    ),
  ];
  const { failed, skipped } = report;
  if (failed.length > 0) details.push(list(`Failed launches (${failed.length})`, byReason(failed)));
  if (skipped.length > 0) details.push(list(`Skipped cells (${skipped.length})`, byReason(skipped)));
  byId("details").replaceChildren(...details);
}
