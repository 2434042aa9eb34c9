// A comparison in one line: what happened, how sure that is, and what to do.
#pragma once

#include <optional>
#include <string>

#include "results/comparison/comparison.hpp"

namespace ipcbench {

// "REGRESSED: 1 of 60 cells is slower; 59 unchanged. Geometric mean +0.4 %." What fails the gate begins with
// a word in capitals, and so does a comparison that was not judged. Printable.
std::string headline(const Comparison& comparison);

// What to do about it, as a sentence; empty if there is nothing to do, or if the headline says it.
std::string advice(const Comparison& comparison);

// "This comparison cannot see less than 14 % in 3 cells", without a full stop: what is unguarded in time, or,
// if time is guarded everywhere, in another metric. Empty if nothing is.
std::string blind_sentence(const Comparison& comparison);

// The geometric mean of the cells' ratios of time, of those that are gated if any is. Empty if none is known.
std::optional<double> geometric_mean(const Comparison& comparison);

}  // namespace ipcbench
