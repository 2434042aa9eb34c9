// A crash-safe run. Each launch is journalled before the next starts, so an interrupted run can be resumed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/run/plan.hpp"
#include "bench/run/progress.hpp"
#include "bench/run/session.hpp"
#include "bench/run/thresholds.hpp"
#include "harness/base/fd.hpp"
#include "results/report/journal.hpp"

namespace ipcbench {

// The file of a run's journal, beside its report. Each line is on disk before the next launch begins.
class JournalFile {
 public:
  // Creates it. Throws UsageError if it exists: a run is writing it, or an interrupted run left it.
  static JournalFile create(const std::filesystem::path& file);
  // Opens it behind its last whole line. Throws UsageError if a run is writing to it.
  static JournalFile go_on(const std::filesystem::path& file, const Journal& journal);

  // Throws FileError with the remedy and keeps the earlier lines intact.
  void append(std::string line);
  // Called once the report is written.
  void remove() const noexcept;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  JournalFile(std::filesystem::path path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::filesystem::path path_;
  Fd fd_;
  std::size_t whole_bytes_ = 0;
};

struct JournalledRun {
  Plan plan;
  SessionOptions options;
  std::filesystem::path out;  // where the report goes
  Report report;              // complete after measure()
  JournalFile journal;
  std::vector<CellsThreshold> thresholds;   // by which it is judged, also after an interruption
  std::vector<JournalledLaunch> made = {};  // before the interruption
};

// Begins a run whose report goes to `out`. Throws like JournalFile.
JournalledRun begin_run(Plan plan, const SessionOptions& options, const std::filesystem::path& out,
                        std::vector<CellsThreshold> thresholds = {});

// Resumes the run of a journal, given by its name or by that of the report beside it. The journal replaces
// command, seed, profile and rounds of `options`. Throws ReportError if it is not a journal, UsageError if
// program or machine have changed: the rest would not be comparable with the beginning.
JournalledRun resume_run(const std::filesystem::path& file, SessionOptions options);

// The report, if the file is one and no journal lies beside it, so that there is nothing to resume.
std::optional<Report> report_without_journal(const std::filesystem::path& file);

// Makes the missing launches and writes the report. Counted launches are not journalled: a resumed run makes
// them all. False: it was interrupted, and its journal is kept.
// Throws FileError if the report or the journal cannot be written, and keeps the journal.
bool measure(JournalledRun& run, Progress& progress);

// Options for run_rounds() that replay the outcomes of the launches already `made`, then make new ones with
// `options`. Everything that depends on the outcomes (the order, the remaining time, which medians are
// uncertain) is the same as without the interruption. `record` is called after each new launch that was not
// interrupted. The clock stands still between launches, so that decisions based on it can be repeated.
RoundsOptions replayed(const RoundsOptions& options, std::vector<JournalledLaunch> made,
                       std::function<void(const JournalledLaunch&)> record);

}  // namespace ipcbench
