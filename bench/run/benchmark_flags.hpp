// Google Benchmark's command-line flags, given behind "--": each does what its user expects or is refused.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

struct BenchmarkFlags {
  // Arguments of our own that a flag stands for: --repetitions=5 for --benchmark_repetitions=5. By the
  // argument's name without the dashes.
  std::map<std::string, std::string, std::less<>> arguments;
  std::vector<std::string> for_library;  // what Google Benchmark itself understands
  bool list_tests = false;
  bool json_on_stdout = false;  // --benchmark_format=json
  bool help = false;
};

// Throws UsageError that names the flag and what to use instead.
BenchmarkFlags parse_benchmark_flags(const std::vector<std::string>& flags);

// The text of `ipcbench run -- --help`.
std::string benchmark_flags_help();

}  // namespace ipcbench
