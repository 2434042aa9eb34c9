#include "bench/run/benchmark_context.hpp"

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>
#include <thread>

#include "harness/base/fd.hpp"

namespace ipcbench {
namespace {

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

// Google Benchmark opens two files of /sys at once and ends the program, without a reason, if it cannot.
void need_descriptors() {
  std::array<Fd, 2> spare;
  for (Fd& fd : spare) {
    fd = Fd(checked(open("/", O_PATH | O_CLOEXEC), "this machine's CPUs cannot be looked at"));
  }
}

}  // namespace

BenchmarkContext benchmark_context(const std::filesystem::path& program) {
  need_descriptors();
  const benchmark::CPUInfo& cpus = benchmark::CPUInfo::Get();
  BenchmarkContext context;
  context.date = local_date();
  context.host_name = benchmark::SystemInfo::Get().name;
  context.executable = program.string();
  // -1 without /proc/cpuinfo.
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
