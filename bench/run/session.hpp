// One measuring session: everything that stands in its report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/run/plan.hpp"
#include "bench/run/progress.hpp"
#include "bench/run/rounds.hpp"
#include "harness/host/activity.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

struct SessionOptions {
  std::string profile;               // its name
  std::vector<std::string> command;  // argv as given
  std::filesystem::path program;     // this program's file
  RoundsOptions rounds;
};

// What is known before the first launch: the session, the host, its doubts, what the harness costs, what is
// skipped.
Report begin_report(const Plan& plan, const SessionOptions& options);

// What a session is made of, for sessions of another kind.
std::string utc_now();         // 2026-01-31T12:34:56Z
std::string new_session_id();  // 16 random hexadecimal digits
// The CPUs whose other work would disturb the plan: all that are allowed, if any pair is not pinned.
std::vector<int> watched_cpus(const Plan& plan);
// What else happened on the machine meanwhile, as facts and doubts.
void add_activity(Report& report, const HostActivity& before, const HostActivity& after);

// Measures the plan and adds it to the report. Failed launches are in the report, not thrown; an interrupted
// session gives what it got to.
void run_session(Report& report, const Plan& plan, const SessionOptions& options, Progress& progress);

}  // namespace ipcbench
