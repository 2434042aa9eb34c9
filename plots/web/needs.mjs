// What a user may need of a mechanism: report.needs, [{name, words, guarantees: [question], met: {MECHANISM: bytes}}],
// as the program judges it (plots/chart_data.hpp); met: for messages of up to so many bytes.
export const needsOf = (report) => report.needs ?? [];

export const wordsOf = (report, need) => needsOf(report).find(({name}) => name === need)?.words ?? need;

// Whether a mechanism meets a need for messages of a size in bytes: true, false, or null if the report does not say.
export function meets(report, mechanism, need, size) {
  const found = needsOf(report).find(({name}) => name === need);
  return found && Object.hasOwn(found.met, mechanism) ? size <= found.met[mechanism] : null;
}
