// A run that nothing is lost of: begun or gone on with, measured launch by launch into its journal, and
// written as a report in the end.
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
  Report report;              // before the first launch, and after measure() all of it
  JournalFile journal;
  std::vector<JournalledLaunch> made;  // before an interruption
};

// A new run, whose report is to be written to `out`. Throws what JournalFile does.
JournalledRun begin_run(Plan plan, const SessionOptions& options, const std::filesystem::path& out);

// The run of a journal, or of a report beside which there is one. Of `options`, command, seed, profile and
// rounds are the journal's. Throws ReportError for what is no journal, UsageError if program or machine are
// not what they were: then the rest could not be measured as the beginning was.
JournalledRun resume_run(const std::filesystem::path& file, SessionOptions options);

// Makes the launches that are missing and writes the report. True: the run has ended; false: it was
// interrupted, and its journal is kept. Throws std::runtime_error if report or journal cannot be written:
// then the journal is kept as well.
bool measure(JournalledRun& run, Progress& progress);

}  // namespace ipcbench
