// The arguments of `ipcbench run`: as text, as the command line gives them, and as what they mean.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/run/benchmark_flags.hpp"
#include "bench/run/profile.hpp"
#include "bench/run/selection.hpp"

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
  std::vector<std::string> mechanism;
  std::vector<std::string> pattern;
  std::vector<std::string> size;
  std::vector<std::string> wait;
  std::vector<std::string> peers;
  std::vector<std::string> cpus;
  std::vector<std::string> payload;
  std::vector<std::string> rate;
  std::vector<std::string> arrivals;
  std::vector<std::string> fan;
  std::vector<std::string> param;
  bool quiet = false;
  bool list_cells = false;
};

void declare_run_arguments(CLI::App& app, RunArguments& arguments);

// The arguments with those of `by` in place of theirs, where it has any.
RunArguments overridden(RunArguments arguments, const RunArguments& by);
// "--mechanism=pipe", "--time=20ms": what declare_run_arguments() parses into the same, but for the flags.
std::vector<std::string> command_line(const RunArguments& arguments);

struct RunRequest {
  Profile profile;  // with the user's launches, phases and budget in place of its own
  Selection selection;
  bool add_launches = false;  // while the budget lasts; not if the user set how many there are
  std::uint64_t seed = 0;
  std::chrono::nanoseconds time_limit{};  // of one launch
  std::filesystem::path out;              // empty: the default
  bool quiet = false;
  bool list_cells = false;
};

// Google Benchmark's flags count as the arguments that they stand for. Throws UsageError.
RunRequest interpret(RunArguments arguments, const BenchmarkFlags& flags);

}  // namespace ipcbench
