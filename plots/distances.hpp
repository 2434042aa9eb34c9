// How far apart the CPUs of a machine are, as far as a report's launches tell.
#pragma once

#include <nlohmann/json.hpp>

#include "results/report/report.hpp"

namespace ipcbench {

// [[CPU, CPU, ns, launches]], ascending, the lower CPU first: the median time of a cache line there and back
// over the launches whose ends were pinned to these two.
nlohmann::json distances_of(const Report& report);

}  // namespace ipcbench
