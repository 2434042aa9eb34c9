// Whether two sessions measured the same thing: what has to be equal on both sides, and what is not.
#pragma once

#include <string>
#include <vector>

#include "results/report/samples.hpp"

namespace ipcbench {

// One line for each fact that differs and is not among those that may (`across`, patterns in which * stands
// for any text): "kernel_release: 6.1.0 in base.json, 6.18.0 in new.json".
std::vector<std::string> differing_facts(const SampledReport& base, const SampledReport& candidate,
                                         const std::vector<std::string>& across);

}  // namespace ipcbench
