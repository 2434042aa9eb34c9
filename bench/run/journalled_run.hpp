// A crash-safe run. Each launch is journalled before the next starts, so an interrupted run can be resumed.
#pragma once

#include <filesystem>
#include <vector>

#include "bench/run/journal_file.hpp"
#include "bench/run/plan.hpp"
#include "bench/run/progress.hpp"
#include "bench/run/session.hpp"
#include "results/report/journal.hpp"

namespace ipcbench {

struct JournalledRun {
  Plan plan;
  SessionOptions options;
  std::filesystem::path out;  // where the report goes
  Report report;              // complete after measure()
  JournalFile journal;
  std::vector<JournalledLaunch> made;  // before the interruption
};

// Begins a run whose report goes to `out`. Throws like JournalFile.
JournalledRun begin_run(Plan plan, const SessionOptions& options, const std::filesystem::path& out);

// Resumes the run of a journal, given by its name or by that of the report beside it. The journal replaces
// command, seed, profile and rounds of `options`. Throws ReportError if it is not a journal, UsageError if
// program or machine have changed: the rest would not be comparable with the beginning.
JournalledRun resume_run(const std::filesystem::path& file, SessionOptions options);

// Makes the missing launches and writes the report. False: it was interrupted, and its journal is kept.
// Throws FileError if report or journal cannot be written; the journal is kept then, too.
bool measure(JournalledRun& run, Progress& progress);

}  // namespace ipcbench
