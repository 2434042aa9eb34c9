#include "bench/run/benchmark_driver.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <exception>
#include <span>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "bench/cli/exit_code.hpp"

namespace ipcbench {
namespace {

constexpr std::string_view kSuffix = "/real_time";

// Prints nothing. (The library's own reporters also warn that Debian built it with assertions, which costs
// nothing here: none of its code runs inside of what is timed.)
class SilentReporter : public benchmark::BenchmarkReporter {
 public:
  SilentReporter() {
    SetOutputStream(&output_);
    SetErrorStream(&errors_);
  }
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}

  [[nodiscard]] std::string output() const { return output_.str(); }
  [[nodiscard]] std::string first_error() const { return errors_.str().substr(0, errors_.str().find('\n')); }

 private:
  std::ostringstream output_;
  std::ostringstream errors_;
};

// The library prints its help and calls exit(0) for --help; we have our own.
struct HelpWanted {};

void initialise(std::vector<std::string> flags) {
  flags.insert(flags.begin(), "ipcbench");
  std::vector<char*> argv;
  argv.reserve(flags.size() + 1);
  for (std::string& flag : flags) argv.push_back(flag.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(flags.size());
  try {
    benchmark::Initialize(&argc, argv.data(), [] { throw HelpWanted{}; });
  } catch (const HelpWanted&) {
    throw UsageError("Google Benchmark refuses these flags; see `ipcbench run -- --help`.");
  }
  if (argc > 1)
    throw UsageError(fmt::format("{}: not a flag, or not a value, that Google Benchmark knows.", argv[1]));
}

template <class Function>
void register_cell(const std::string& cell_name, Function function) {
  benchmark::RegisterBenchmark(cell_name.c_str(), std::move(function))->UseRealTime();
}

// The library makes room for its benchmarks one by one, which takes the square of their number: two minutes
// for 30,000. So it is given few at a time.
std::vector<std::span<const std::string>> parts_of(std::span<const std::string> names) {
  constexpr std::size_t kAtOnce = 256;
  std::vector<std::span<const std::string>> parts;
  for (; names.size() > kAtOnce; names = names.subspan(kAtOnce)) parts.push_back(names.first(kAtOnce));
  parts.push_back(names);
  return parts;
}

// Adds the names that the library's filter lets through, and registers none any more. Returns why it is no
// filter, or nothing.
std::string append_matching(std::vector<std::string>& kept) {
  SilentReporter reporter;
  const std::size_t matched = benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
  if (matched == 0 && reporter.first_error().find("Could not compile") != std::string::npos)
    return reporter.first_error();
  std::istringstream lines(matched == 0 ? "" : reporter.output());
  for (std::string line; std::getline(lines, line);)
    kept.push_back(line.substr(0, line.size() - kSuffix.size()));
  return "";
}

}  // namespace

void initialise_benchmark_library(const std::vector<std::string>& flags) {
  // Of all that could come from the environment (BENCHMARK_FILTER, ...), which nobody sees in the command
  // line.
  std::vector<std::string> all{"--benchmark_filter=",
                               "--benchmark_min_time=0",
                               "--benchmark_min_warmup_time=0",
                               "--benchmark_repetitions=1",
                               "--benchmark_enable_random_interleaving=false",
                               "--benchmark_report_aggregates_only=false",
                               "--benchmark_list_tests=false",
                               "--benchmark_out=",
                               "--benchmark_perf_counters="};
  all.insert(all.end(), flags.begin(), flags.end());
  initialise(std::move(all));
}

std::vector<std::string> benchmark_names(const std::vector<std::string>& cell_names) {
  std::vector<std::string> names;
  names.reserve(cell_names.size());
  for (const std::string& name : cell_names) names.push_back(fmt::format("{}{}", name, kSuffix));
  return names;
}

std::vector<std::string> filtered_by_library(const std::vector<std::string>& cell_names) {
  std::vector<std::string> kept;
  std::string error;
  initialise({"--benchmark_list_tests=true"});
  for (const std::span part : parts_of(cell_names)) {
    for (const std::string& name : part) register_cell(name, [](benchmark::State&) {});
    error = append_matching(kept);
    if (!error.empty()) break;
  }
  initialise({"--benchmark_list_tests=false"});
  if (error.empty()) return kept;
  throw UsageError(fmt::format("--benchmark_filter: '{}' is not a regular expression: {}",
                               benchmark::GetBenchmarkFilter(), error));
}

void run_round(const std::vector<std::string>& cell_names, const std::function<void(std::size_t)>& visit) {
  std::exception_ptr failure;
  std::size_t visited = 0;
  const auto visit_cell = [&](std::size_t i) {
    try {
      if (!failure) visit(i);
    } catch (...) {
      failure = std::current_exception();  // not through the library's frames, which do not expect one
    }
    ++visited;
  };
  std::size_t registered = 0;
  for (const std::span part : parts_of(cell_names)) {
    for (const std::string& name : part) {
      register_cell(name, [&visit_cell, i = registered++](benchmark::State& state) {
        for ([[maybe_unused]] auto iteration : state) visit_cell(i);
      });
    }
    SilentReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    benchmark::ClearRegisteredBenchmarks();
    if (failure) std::rethrow_exception(failure);
  }
  if (visited != cell_names.size()) {
    throw std::logic_error(
        fmt::format("Google Benchmark made {} launches of {}", visited, cell_names.size()));
  }
}

}  // namespace ipcbench
