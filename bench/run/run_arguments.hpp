// The arguments of `ipcbench run`, as texts from the command line, and what they mean.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench/run/selection.hpp"
#include "bench/run/session.hpp"

namespace CLI {
class App;
}

namespace ipcbench {

// An empty string or list: not given.
struct RunArguments {
  std::string profile;
  std::string repetitions;
  std::string seed;
  std::string out;
  std::string time;
  std::string warm_up;
  std::string budget;
  std::string timeout;
  std::string filter;
  std::map<std::string, std::vector<std::string>, std::less<>> axes;  // the texts of --size and so on
  std::vector<std::string> param;
  bool quiet = false;
  bool list_cells = false;

  // Whether the axis has a value here.
  [[nodiscard]] bool sets(std::string_view axis) const {
    const auto found = axes.find(axis);
    return found != axes.end() && !found->second.empty();
  }
};

void declare_run_arguments(CLI::App& app, RunArguments& arguments);

// `arguments` with every setting of `by` in place of its own.
RunArguments overridden(RunArguments arguments, const RunArguments& by);
// The inverse of declare_run_arguments(): "--size=64", "--time=20ms". Omits the flags --quiet and
// --list-cells.
std::vector<std::string> command_line(const RunArguments& arguments);

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

struct RunRequest {
  Profile profile;  // with the launches, phases and budget that the user set
  Selection selection;
  SessionOptions session;        // without command, program and interrupt flag
  std::filesystem::path out;     // empty: the default
  bool lengthens_paced = false;  // the timed phase was not given, so paced cells may have a longer one
};

// Flags of Google Benchmark set the arguments that they stand for. Throws UsageError.
RunRequest interpret(RunArguments arguments, const BenchmarkFlags& flags);

}  // namespace ipcbench
