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

// What is known before anything is launched: the session, the host, its doubts, what is skipped.
Report begin_report(const Plan& plan, const SessionOptions& options);

// Measures the plan and adds it to the report. Failed launches are in the report, not thrown; an interrupted
// session gives what it got to.
void run_session(Report& report, const Plan& plan, const SessionOptions& options, Progress& progress);

}  // namespace ipcbench
