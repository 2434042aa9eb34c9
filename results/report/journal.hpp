// The journal of a run: one line of JSON for its start and one for each launch. Whatever ends the run, its
// measurements are kept and it can be resumed. A line that was cut off does not count.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/base/measurement.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// How a run launches. A resumed run has to launch in the same way.
struct JournalledPlan {
  std::vector<Cell> cells;          // in the order of the plan
  std::vector<std::string> placed;  // by cell: "cpus 0,1"
  std::uint32_t launches = 1;       // planned for each cell
  std::chrono::nanoseconds warm_up{};
  std::chrono::nanoseconds timed{};
  std::optional<std::chrono::nanoseconds> longest_timed = std::nullopt;  // of paced cells at an absolute rate
  std::optional<std::vector<std::string>> brief = std::nullopt;  // names of those that are not; empty: none
  std::chrono::nanoseconds time_limit{};
  std::optional<std::chrono::nanoseconds> budget;
  bool add_launches = false;
  std::optional<bool> counts = std::nullopt;  // empty: no
};

// A limit by which the run is judged, as it was given, and the names of the cells that it is about.
struct JournalledThreshold {
  std::string text;
  std::vector<std::string> cells;
};

struct JournalStart {
  JournalledPlan plan;
  std::vector<JournalledThreshold> thresholds;  // none in journals of older programs
  std::filesystem::path out;                    // where the report goes, absolute
  Report report;                                // as it was before the first launch: no rows
};

struct JournalledLaunch {
  Cell cell;
  LaunchOutcome outcome;
  std::chrono::nanoseconds elapsed{};  // the run's time at the end of the launch
};

struct Journal {
  JournalStart start;
  std::vector<JournalledLaunch> launches;
  std::size_t whole_bytes = 0;  // the file's length without a last line that was cut off
};

// One line without its line end.
std::string journal_line(const JournalStart& start);
std::string journal_line(const JournalledLaunch& launch);

// Throws ReportError, which names file and line.
Journal read_journal(const std::filesystem::path& file);
Journal parse_journal(const std::string& text, const std::string& origin);

}  // namespace ipcbench
