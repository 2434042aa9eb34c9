// The flags of Google Benchmark that `ipcbench run` understands after "--".
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ipcbench {

// Google Benchmark's command-line flags, given after "--": each does what its user expects or is refused.
struct BenchmarkFlags {
  // Our arguments that a flag stands for, by name without dashes: --benchmark_repetitions=5 is
  // --repetitions=5.
  std::map<std::string, std::string, std::less<>> arguments;
  std::vector<std::string> for_library;  // flags that Google Benchmark itself handles
  bool filters = false;                  // --benchmark_filter is among them
  bool list_tests = false;
  bool json_on_stdout = false;  // --benchmark_format=json
  bool help = false;
};

// Throws UsageError, which names the flag and its replacement.
BenchmarkFlags parse_benchmark_flags(const std::vector<std::string>& flags);

// The text of `ipcbench run -- --help`.
std::string benchmark_flags_help();

}  // namespace ipcbench
