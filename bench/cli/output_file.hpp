// The option --out: where output goes. It is checked before the work starts.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/base/fd.hpp"

namespace ipcbench {

// Replaces the content of a file, compressed if its name ends so (results/report/compression.hpp), or writes
// to standard output if the name is empty. Constructed before the work, so that an impossible name is found
// early; the old content stays until write(). Throws UsageError, which names --out.
class OutputFile {
 public:
  explicit OutputFile(std::string file);
  // Writes all of the content; called once.
  void write(std::string_view text);

 private:
  std::string name_;
  Fd fd_;
};

// Where reports go: IPCBENCH_RESULTS_DIR, or results/runs below the current directory.
std::filesystem::path results_folder();

// The file for the report of a run: `wanted`, or <host>-<UTC time>.json in results_folder() if that is empty;
// creates that folder. Throws UsageError if no report can be written there, or one is there already; with
// `replaces` that one stays until the new one is written.
std::filesystem::path report_target(const std::filesystem::path& wanted, bool replaces = false);

}  // namespace ipcbench
