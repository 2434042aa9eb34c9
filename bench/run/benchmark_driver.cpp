#include "bench/run/benchmark_driver.hpp"

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>
#include <exception>
#include <span>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "bench/cli/exit_code.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::string_view kSuffix = "/real_time";

// Prints nothing. (The library's reporters would also warn that Debian built it with assertions. That costs
// nothing here: none of its code runs within a timed phase.)
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

// Thrown in place of the library's exit(0) after --help.
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

// The library takes time quadratic in the number of registered benchmarks: two minutes for 30,000. So it gets
// few at a time.
std::vector<std::span<const std::string>> parts_of(std::span<const std::string> names) {
  constexpr std::size_t kAtOnce = 256;
  std::vector<std::span<const std::string>> parts;
  for (; names.size() > kAtOnce; names = names.subspan(kAtOnce)) parts.push_back(names.first(kAtOnce));
  parts.push_back(names);
  return parts;
}

// Adds the registered names that pass the library's filter and clears the registry. Returns why the filter is
// invalid, or nothing.
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

// RFC 3339 wants a colon in the offset, which strftime's %z lacks.
std::string local_date() {
  const std::tm now = fmt::localtime(std::time(nullptr));
  std::string offset = fmt::format("{:%z}", now);
  if (offset.size() == 5) offset.insert(3, ":");
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}", now, offset);
}

std::optional<bool> scaling_of(const benchmark::CPUInfo& cpus) {
  if (cpus.scaling == benchmark::CPUInfo::UNKNOWN) return std::nullopt;
  return cpus.scaling == benchmark::CPUInfo::ENABLED;
}

// Google Benchmark opens two files of /sys at once. If it cannot, it ends the program without a reason.
void need_descriptors() {
  std::array<Fd, 2> spare;
  for (Fd& fd : spare) {
    fd = Fd(checked(open("/", O_PATH | O_CLOEXEC), "this machine's CPUs cannot be looked at"));
  }
}

}  // namespace

void initialise_benchmark_library(const std::vector<std::string>& flags) {
  // Otherwise environment variables (BENCHMARK_FILTER, ...) would set these flags unseen.
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
      failure = std::current_exception();  // the library's frames do not expect one
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
        fmt::format("Google Benchmark made {} of {}", visited, counted(cell_names.size(), "launch")));
  }
}

BenchmarkContext benchmark_context(const std::filesystem::path& program) {
  need_descriptors();
  const benchmark::CPUInfo& cpus = benchmark::CPUInfo::Get();
  BenchmarkContext context;
  context.date = local_date();
  context.host_name = benchmark::SystemInfo::Get().name;
  context.executable = program.string();
  // The library reports -1 without /proc/cpuinfo.
  context.num_cpus =
      cpus.num_cpus > 0 ? cpus.num_cpus : static_cast<int>(std::thread::hardware_concurrency());
  context.mhz_per_cpu = static_cast<int>(std::lround(cpus.cycles_per_second / 1e6));
  context.cpu_scaling_enabled = scaling_of(cpus);
  for (const auto& cache : cpus.caches) {
    context.caches.push_back(
        {cache.type, cache.level, static_cast<std::uint64_t>(cache.size), cache.num_sharing});
  }
  context.load_avg = cpus.load_avg;
#ifdef NDEBUG
  context.library_build_type = "release";
#else
  context.library_build_type = "debug";
#endif
  return context;
}

}  // namespace ipcbench
