// What the numbers come from: the machine, doubts about it, and what was skipped or failed. Trees of svg.mjs.
import {plural} from "./format.mjs";
import {el, folded} from "./svg.mjs";

const serious = ({doubts}) => doubts.filter(({level}) => level !== "info").length;

// One line on host and run.
export const originOf = (report) => [report.host,
                                     report.cpu,
                                     report.kernel,
                                     report.date,
                                     report.profile && `profile ${report.profile}`,
                                     report.version && `ipcbench ${report.version}`,
                                     report.note && "incomplete run",
                                     serious(report) > 0 && `${plural(serious(report), "doubt")} about this machine`,
].filter(Boolean).join(" · ");

const LEVELS = {
  invalid: "Invalid",
  warn: "Warning",
  info: "Note"
};

export function doubtsOf({doubts, note}) {
  const rank = Object.keys(LEVELS);
  const sorted = [...doubts].sort((a, b) => rank.indexOf(a.level) - rank.indexOf(b.level));
  const items = sorted.map(
      ({level, what, advice}) =>
          el("li", {class: rank.includes(level) ? level : "info"}, el("strong", {}, `${LEVELS[level] ?? level}: `),
             `${what} ${advice}`),
  );
  const incomplete = note ? [el("li", {class: "warn"}, el("strong", {}, "This run is incomplete: "), note)] : [];
  const all = [...incomplete, ...items];
  return all.length > 0 ? el("ul", {class: "doubts", "aria-label": "Doubts about this machine"}, all) : null;
}

// Cells that share a reason stand together: a limit often hits twenty sizes of one mechanism.
function byReason(omissions) {
  const groups = new Map();
  for (const {cell, reason} of omissions) groups.set(reason, [...(groups.get(reason) ?? []), cell]);
  return [...groups].map(([reason, cells]) => [reason, cells.join(", ")]);
}

const listed = (title, pairs, open = false) => pairs.length > 0 &&
    folded(title, open, el("dl", {}, pairs.map(([term, text]) => [el("dt", {}, term), el("dd", {}, text)])));

export function machineBody({report}) {
  const {facts, failed, skipped, command} = report;
  return [
    el("p", {}, originOf(report)),
    command && [el("p", {}, "The command that repeats the run:"), el("pre", {}, command)],
    listed(`Failed launches (${failed.length})`, byReason(failed), true),
    listed(`Skipped cells (${skipped.length})`, byReason(skipped)),
    listed(`Facts about this machine (${facts.length})`, facts.map(({name, value}) => [name, value])),
  ];
}
