// Reports for the tools of others: each export is a pure function that gives one row per cell, the median
// over its launches. Where a format has one direction, a cell counts by its time per message, of which less
// is better.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "results/report/report.hpp"

namespace ipcbench {

// What was measured, for the readers that keep a history by commit. Empty: not known.
struct Revision {
  std::string repository;  // its URL
  std::string branch;
  std::string commit;
  std::optional<std::int64_t> commit_time_s;  // since 1970
};

// Each throws std::invalid_argument for a report that no file can hold, with a row without messages or
// samples.
std::string export_google_benchmark(const Report& report, const Revision& revision);
std::string export_github_action_benchmark(const Report& report, const Revision& revision);
std::string export_bencher(const Report& report, const Revision& revision);
std::string export_conbench(const Report& report, const Revision& revision);
std::string export_nyrkio(const Report& report, const Revision& revision);
std::string export_csv(const Report& report, const Revision& revision);

struct ExportFormat {
  std::string_view name;     // as users write it
  std::string_view summary;  // what it is and who reads it, for help texts
  std::string (*write)(const Report& report, const Revision& revision) = nullptr;
  bool needs_revision = false;  // its reader refuses what has no repository, branch and commit
};

// In the order in which they are listed.
std::span<const ExportFormat> export_formats();

}  // namespace ipcbench
