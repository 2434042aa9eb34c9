// What the probes found, as text, JSON and Markdown. Each ends with a newline.
#pragma once

#include <span>
#include <string>

#include "bench/study/probe/finding.hpp"

namespace ipcbench {

// Tables of the main answers in at most 100 columns, then what failed and what was not tried; with
// `evidence`, every answer of every mechanism in full.
std::string probe_text(std::span<const ProbedMechanism> mechanisms, bool evidence);

// {"version", "questions": {name: text}, "mechanisms": [{"name", "summary", "findings": [{"guarantee",
// "state", "answer", "evidence"}]}]}
std::string probe_json(std::span<const ProbedMechanism> mechanisms);

// One table of the main answers; with `evidence`, a list below it for each mechanism.
std::string probe_markdown(std::span<const ProbedMechanism> mechanisms, bool evidence);

}  // namespace ipcbench
