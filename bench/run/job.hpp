// Job files: what a command line of `ipcbench run` says, as JSON, and several selections in one run.
//
//   {"profile": "quick", "repetitions": 3, "threshold": "p99 < 1ms",
//    "selections": [{"mechanism": "pipe", "size": ["64", "4KiB"], "threshold": "p50 < 20us"},
//                   {"mechanism": "shm", "pattern": "paced", "rate": 200}]}
//
// The keys are the long options of `run`; job.schema.json lists them.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/run/run_arguments.hpp"

namespace ipcbench {

struct RunJob {
  RunArguments common;                   // of all selections
  std::vector<RunArguments> selections;  // empty: only one, that of `common`
};

// Throws ReportError, which names the file and the place.
RunJob read_job(const std::filesystem::path& file);
// The same from pieces of text, as results/report/json_document.hpp takes them.
RunJob parse_job(const std::function<std::string_view()>& next_piece, const std::string& origin);

// What a job and a command line ask for together. The command line's values replace the job's, a selection's
// those of all selections; thresholds add up. Throws UsageError.
RunRequest interpret(const RunJob& job, const RunArguments& arguments, const BenchmarkFlags& flags);

}  // namespace ipcbench
