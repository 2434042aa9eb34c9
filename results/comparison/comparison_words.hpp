// How the parts of a comparison are put into words and figures, alike in every format.
#pragma once

#include <string>
#include <string_view>

#include "results/comparison/comparison.hpp"

namespace ipcbench {

// A ratio as a change: "+12.3 %", "-4.0 %"; from ten on as a factor, "x12.3". "?" if it is not known.
std::string change_text(double ratio);
// "[+9.8, +14.9]", in per cent as change_text().
std::string interval_text(const Ratio& ratio);
// A share: "5.0 %"; ">1000 %" beyond that, "?" if it is not known.
std::string share_text(double share);
// The corrected p-value of the direction in which the estimate points: "0.0012", "<0.0001".
std::string p_text(const Finding& finding);

// "time +12.3 % [+9.8, +14.9], counts from 5.0 %, p 0.0012", and the reason if there is one.
std::string finding_sentence(const Finding& finding);

// "regressed", and what has to be known with it: "regressed (not gated)".
std::string verdict_text(const Finding& finding);

// What was compared with what: version, host and time of each side.
std::string sides_sentence(const Comparison& comparison);
// How: paired or not, with how many launches, or why it is only informational.
std::string method_sentence(const Comparison& comparison);
// "Verdict: regressed (of 12 cells: 2 regressed, 1 missing, 9 unchanged)".
std::string verdict_sentence(const Comparison& comparison);

}  // namespace ipcbench
