// May I use it at all? What each mechanism guarantees, as `ipcbench probe` found by trying. Trees of svg.mjs in HTML.
import {mechanismsOf} from "./model.mjs";
import {meets, needsOf, wordsOf} from "./needs.mjs";
import {coded, el} from "./svg.mjs";

// The heads of the columns in their order, shorter than the questions, which they have as titles.
const HEADS = {
  unrelated: "open to strangers?",
  connection: "needs a connection?",
  opening: "what if an end is alone?",
  duplex: "both ways over one?",
  boundaries: "keeps messages apart?",
  order: "in the order of sending?",
  reliable: "all that it took arrive?",
  when_full: "what if it is full?",
  capacity: "holds how much?",
  largest: "longest message?",
  senders: "several senders' messages whole?",
  updates: "updates at once all kept?",
  priorities: "can a message overtake?",
  selection: "can a receiver choose?",
  writer_gone: "the last writer is killed?",
  reader_gone: "the last reader is killed?",
  holder_crash: "the holder is killed?",
  lifetime: "lives as long as?",
  rights: "open to another user?",
  visible: "seen where?",
  limits: "which limits?",
};
// The questions that someone answers, in the order of the heads: [[name, question]].
function questionsOf({guarantees}) {
  const answered = new Set(Object.values(guarantees.mechanisms).flatMap((answers) => Object.keys(answers)));
  const place = (name) => (Object.keys(HEADS).includes(name) ? Object.keys(HEADS).indexOf(name) : Infinity);
  return Object.entries(guarantees.questions)
      .filter(([name]) => answered.has(name))
      .sort(([a], [b]) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}
const headOf = (question) => (Object.hasOwn(HEADS, question) ? HEADS[question] : question);

// The mechanisms that were probed, in the report's order, then others by name.
export function probedOf(report) {
  const probed = report.guarantees?.mechanisms ?? {};
  const known = mechanismsOf(report).map(({name}) => name).filter((name) => Object.hasOwn(probed, name));
  const others = Object.keys(probed).filter((name) => !known.includes(name)).sort();
  return [...known, ...others];
}

const answerOf = (report, mechanism, question) => {
  const answers = report.guarantees.mechanisms[mechanism];
  return Object.hasOwn(answers, question) ? answers[question] : null;
};
const textOf = (answer) =>
    (answer === null                  ? "" :
         answer.state === "found"     ? answer.answer :
         answer.state === "by_design" ? `${answer.answer}*` :
         answer.state === "failed" ? "probe failed" :
                                     "–");
// In reports of older programs, "not tried" may also say that the question does not apply.
const fullTextOf = (answer) =>
    (answer.state === "by_design" ? `${answer.answer} (by design of what is built on the kernel's object)` :
         answer.state === "not_applicable" ? "does not apply" :
         answer.state === "not_tried"      ? "not tried" :
                                             textOf(answer));

// The mechanism whose guarantees are shown in full: the chosen one, otherwise the first.
export const chosenOf = (report, {mechanism}) =>
    (probedOf(report).includes(mechanism) ? mechanism : probedOf(report)[0]);

const needsOn = (report, question) => needsOf(report).filter(({guarantees}) => guarantees.includes(question));

// "met" or "not met" if one of the state's needs hangs on this question; otherwise empty.
function judgement(report, mechanism, question, {needs, size}) {
  const asked = needsOn(report, question).filter(({name}) => needs.includes(name));
  const answers = asked.map(({name}) => meets(report, mechanism, name, size));
  if (answers.includes(false)) return "not met";
  return answers.length > 0 && answers.every((each) => each === true) ? "met" : "";
}

function inFull(report, mechanism, state, link) {
  const questions = questionsOf(report).filter(([name]) => answerOf(report, mechanism, name) !== null);
  const kind = mechanismsOf(report).find(({name}) => name === mechanism);
  const others = probedOf(report).filter((name) => name !== mechanism);
  return el(
      "div",
      {class: "guarantees", id: "guarantees-chosen"},
      others.length > 0 &&
          el("p", {class: "hint"}, "Show ",
             probedOf(report).flatMap(
                 (name, index) =>
                     [index > 0 && ", ",
                      name === mechanism ? el("strong", {}, name) : el("a", {href: link({mechanism: name})}, name)])),
      el("h3", {}, `What ${mechanism} guarantees`,
         kind?.kind ? el("span", {class: "hint"}, ` ${kind.kind.toLowerCase()}`) : null),
      el(
          "dl",
          {},
          questions.map(([name, question]) => {
            const judged = judgement(report, mechanism, name, state);
            const answer = answerOf(report, mechanism, name);
            return [
              el("dt", {}, question),
              el("dd", {}, el("strong", {}, fullTextOf(answer)), judged && ` (your need: ${judged})`),
            ];
          }),
          ),
  );
}

const MOST_SHOWN = 30;  // longer answers may be cut in the table

function table(report, state, link) {
  const questions = questionsOf(report).map(([name]) => name);
  const wanted =
      new Set(needsOf(report).filter(({name}) => state.needs.includes(name)).flatMap(({guarantees}) => guarantees));
  const row = (mechanism) => {
    const lacks = state.needs.some((need) => meets(report, mechanism, need, state.size) === false);
    return el(
        "tr",
        {class: lacks ? "lacks" : null},
        el("th", {scope: "row"}, el("a", {href: link({mechanism})}, mechanism)),
        questions.map((question) => {
          const judged = judgement(report, mechanism, question, state);
          const text = textOf(answerOf(report, mechanism, question));
          return el(
              "td", {class: wanted.has(question) ? "wanted" : null, title: text.length > MOST_SHOWN ? text : null},
              `${
                  judged === "not met" ? "✗ " :
                      judged === "met" ? "✓ " :
                                         ""}${text}`);
        }),
    );
  };
  return el(
      "div",
      {class: "scroll", tabindex: 0, role: "region", "aria-label": "What each mechanism guarantees"},
      el(
          "table",
          {class: "words"},
          el("thead", {},
             el("tr", {}, el("th", {scope: "col"}, "mechanism"),
                questions.map(
                    (question) =>
                        el("th", {scope: "col", title: report.guarantees.questions[question]}, headOf(question))))),
          el("tbody", {}, probedOf(report).map(row)),
          ),
  );
}

// How many mechanisms each of the state's needs leaves.
function filtered(report, {needs, size}) {
  if (needs.length === 0)
    return el(
        "p", {class: "hint"},
        "The needs that you choose in the sentence on top are answered by this table; a mechanism that lacks one leaves the sections above.");
  const probed = probedOf(report);
  const lacking = needs.map(
      (need) => `${wordsOf(report, need)} (${
          probed.filter((name) => meets(report, name, need, size) === false).length} of ${probed.length} lack it)`);
  return el("p", {class: "hint"}, `Your needs: ${lacking.join("; ")}. ✓ met, ✗ not met.`);
}

export function guaranteesBody({report, state}, frame, link) {
  if (probedOf(report).length === 0) {
    return [
      el("p", {class: "empty"},
         coded(
             "This report does not say what its mechanisms guarantee: it was made by an older program. `ipcbench run` with this one probes them; `ipcbench probe` shows them now, with what was tried.")),
    ];
  }
  return [
    inFull(report, chosenOf(report, state), state, link), filtered(report, state), table(report, state, link),
    el("p", {class: "hint"},
       coded(
           "*: by design of what the program builds on the kernel's object. –: does not apply, or not tried. `ipcbench probe --evidence` shows what was tried and what happened."))
  ];
}
