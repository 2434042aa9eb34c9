// One measuring session: everything that stands in its report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/plan.hpp"
#include "bench/progress.hpp"
#include "bench/rounds.hpp"
#include "results/report.hpp"

namespace ipcbench {

struct SessionOptions {
  std::string profile;               // its name
  std::vector<std::string> command;  // argv as given
  std::filesystem::path program;     // this program's file
  RoundsOptions rounds;
};

// Measures the plan, and what the harness and the machine add to it. Failed launches are in the report, not
// thrown; an interrupted session gives the report of what it got to.
Report run_session(const Plan& plan, const SessionOptions& options, Progress& progress);

}  // namespace ipcbench
