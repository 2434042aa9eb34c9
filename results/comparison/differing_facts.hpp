// The facts of the host that have to be equal for two sessions to be comparable.
#pragma once

#include <string>
#include <vector>

#include "results/report/samples.hpp"

namespace ipcbench {

// One line for each fact that differs: "kernel_release: 6.1.0 in base.json, 6.18.0 in new.json". Leaves out
// the facts that may differ: those matched by `across`, patterns in which * stands for any text.
std::vector<std::string> differing_facts(const SampledReport& base, const SampledReport& candidate,
                                         const std::vector<std::string>& across);

}  // namespace ipcbench
