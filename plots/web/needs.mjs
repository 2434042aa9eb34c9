// What a user may need of a mechanism, and which guarantee answers it. `met` gets the answer of the probe in lower case.
// The guarantees of a report come from `ipcbench probe`.
const yes = (answer) => answer.startsWith("yes");
const notNothing = (answer) => answer !== "nothing";

export const NEEDS = [
  { name: "unrelated", words: "unrelated processes", guarantees: ["unrelated"], met: yes },
  { name: "both-ways", words: "both ways in one object", guarantees: ["duplex"], met: yes },
  { name: "whole-messages", words: "whole messages", guarantees: ["boundaries"], met: yes },
  { name: "order", words: "order", guarantees: ["order"], met: yes },
  { name: "reliable", words: "no loss", guarantees: ["reliable"], met: yes },
  { name: "notice-dead-peer", words: "notice of a dead peer", guarantees: ["writer_gone", "reader_gone"], met: notNothing },
];

const answerOf = (report, mechanism, guarantee) => {
  const answers = report.guarantees?.mechanisms;
  if (!answers || !Object.hasOwn(answers, mechanism)) return null;
  return Object.hasOwn(answers[mechanism], guarantee) ? answers[mechanism][guarantee] : null;
};

// Whether a mechanism meets a need: true, false, or null if the report does not say.
export function meets(report, mechanism, need) {
  const found = NEEDS.find(({ name }) => name === need);
  if (!found) return null;
  const answers = found.guarantees.map((guarantee) => answerOf(report, mechanism, guarantee));
  const told = answers.filter((answer) => answer?.state === "found");
  if (told.some(({ answer }) => !found.met(answer.toLowerCase()))) return false;
  return told.length === answers.length ? true : null;
}

export const wordsOf = (need) => NEEDS.find(({ name }) => name === need)?.words ?? need;
