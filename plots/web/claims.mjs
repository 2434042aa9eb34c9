// What the textbooks say, against this report. The verdicts are those of `ipcbench claims`. Trees of svg.mjs in HTML.
import {plural} from "./format.mjs";
import {coded, el} from "./svg.mjs";

const SIGNS = {
  confirmed: "✓",
  refuted: "✗",
  depends: "◐",
  no_difference: "≈",
  not_answerable: "–",
  untested: "–"
};
const signOf = (verdict) => (Object.hasOwn(SIGNS, verdict) ? SIGNS[verdict] : "?");

const LABELS = {
  no_difference: "no difference seen",
  not_answerable: "not answerable with this report"
};
const labelOf = (verdict) => (Object.hasOwn(LABELS, verdict) ? LABELS[verdict] : verdict);

const claim = ({statement, verdict, finding, evidence}) => el(
    "li",
    {class: verdict === "not_answerable" ? "untested" : null},
    el("p", {}, el("strong", {}, `${signOf(verdict)} ${labelOf(verdict)}: `), statement),
    el("p", {class: "hint"}, coded(finding)),
    evidence.length > 0 &&
        el("details", {}, el("summary", {}, `Evidence (${evidence.length})`),
           el("ul", {}, evidence.map((line) => el("li", {}, line)))),
);

const order = Object.keys(SIGNS);
export const sortClaims = (claims) => [...claims].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));

export function claimsBody({report}) {
  const claims = report.claims?.claims ?? [];
  if (claims.length === 0)
    return [
      el("p", {class: "empty"},
         coded(
             "`ipcbench claims REPORT` tells what this report says of the textbooks' claims; `ipcbench plot` writes it into its pages."))
    ];
  const fromReport = sortClaims(claims.filter(({kind}) => kind === "report"));
  const tried = claims.filter(({kind}) => kind !== "report");
  return [
    el("ul", {class: "claims"}, fromReport.map(claim)),
    tried.length > 0 &&
        el(
            "details",
            {},
            el("summary", {}, `${plural(tried.length, "claim")} that no report answers`),
            el("p", {class: "hint"},
               coded(
                   "Experiments on the kernel answer them in seconds, on the machine in question: `ipcbench claims`.")),
            el("ul", {class: "claims"},
               tried.map(({statement,
                           finding}) => el("li", {}, `${statement} `, el("span", {class: "hint"}, coded(finding))))),
            ),
  ];
}
