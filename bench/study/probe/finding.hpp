// What the probes find, and how that is shown.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/report/guarantees.hpp"

namespace ipcbench {

struct ProbeFinding {
  using State = GuaranteeAnswer::State;

  Guarantee guarantee = Guarantee::unrelated;
  State state = State::found;
  std::string answer;    // a few words
  std::string evidence;  // what was done and what happened, or the reason of the state
};

struct ProbedMechanism {
  std::string name;
  std::string summary;
  std::vector<ProbeFinding> findings;  // by guarantee
};

// How a question is asked and tried. One for each, in display order.
struct ProbeQuestion {
  Guarantee guarantee;
  std::string heading;  // two lines
  std::string tried;
  std::string answers;
};
std::span<const ProbeQuestion> probe_questions();
const ProbeQuestion& question_of(Guarantee guarantee);
// A few lines: its heading, the question, how it is tried, what the answers mean.
std::string explained(const ProbeQuestion& question);

// An answer by design is marked with a star in the tables. The three texts end with a newline.

// Tables of the main answers in at most 100 columns, then the failures and the mechanisms that were not
// tried; with `evidence`, every answer of every mechanism in full.
std::string probe_text(std::span<const ProbedMechanism> mechanisms, bool evidence);

// {"version", "questions": {name: text}, "tried": {name: text}, "mechanisms": [{"name", "summary",
// "findings": [{"guarantee", "state", "answer", "evidence"}]}]}
std::string probe_json(std::span<const ProbedMechanism> mechanisms);

// One table of the main answers; with `evidence`, followed by a list for each mechanism.
std::string probe_markdown(std::span<const ProbedMechanism> mechanisms, bool evidence);

}  // namespace ipcbench
