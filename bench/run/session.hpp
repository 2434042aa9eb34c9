// One measuring session, from the first fact of its report to the last.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
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
  std::map<std::string, Guarantees> guarantees = {};  // of the mechanisms, for the report
};

// The report before the first launch: the session, the host, its doubts, the floors, the skipped cells.
// Throws std::runtime_error if nothing can be launched here.
Report begin_report(const Plan& plan, const SessionOptions& options);

// Parts of a session, for sessions of another kind.
std::string utc_now();         // 2026-01-31T12:34:56Z
std::string new_session_id();  // 16 random hexadecimal digits
// The CPUs on which other work would disturb the plan: all allowed ones if any pair is unpinned.
std::vector<int> watched_cpus(const Plan& plan);
// Adds the machine's other activity during the session as facts and doubts.
void add_activity(Report& report, const HostActivity& before, const HostActivity& after);

// Measures the plan and adds the results to the report, failed launches included. An interrupted session adds
// its results so far.
void run_session(Report& report, const Plan& plan, const SessionOptions& options, Progress& progress);

}  // namespace ipcbench
