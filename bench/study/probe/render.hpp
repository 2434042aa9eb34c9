// What the probes found, as text, JSON and Markdown: pure functions of it.
#pragma once

#include <span>
#include <string>

#include "bench/study/probe/finding.hpp"

namespace ipcbench {

// Tables of at most 100 columns with the main answers, then what failed and what is not available; with
// `evidence`, each answer of each mechanism in full. Ends with a newline, as the others do.
std::string probe_text(std::span<const ProbedMechanism> mechanisms, bool evidence);

// {"version", "questions": {name: text}, "mechanisms": [{"name", "summary", "findings": [{"guarantee",
// "state", "answer", "evidence"}]}]}
std::string probe_json(std::span<const ProbedMechanism> mechanisms);

// One table with all answers but those that are long; with `evidence`, a list below it for each mechanism.
std::string probe_markdown(std::span<const ProbedMechanism> mechanisms, bool evidence);

}  // namespace ipcbench
