// Reads everything below /proc, /sys and /etc on a host with arbitrary contents. The input is a list of
// files: a line "@PATH" with one of the paths below, and the file's text up to the next such line.
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include "harness/fuzz/invariant.hpp"
#include "harness/host/activity.hpp"
#include "harness/host/cgroup.hpp"
#include "harness/host/environment.hpp"
#include "harness/host/topology.hpp"

namespace {

namespace fs = std::filesystem;
using namespace ipcbench;
using fuzz::require;

constexpr auto kPaths = std::to_array<std::string_view>({
    "boot/config-6",
    "etc/os-release",
    "proc/cmdline",
    "proc/cpuinfo",
    "proc/loadavg",
    "proc/meminfo",
    "proc/pressure/cpu",
    "proc/pressure/memory",
    "proc/self/cgroup",
    "proc/self/status",
    "proc/stat",
    "proc/sys/kernel/osrelease",
    "proc/sys/kernel/sem",
    "run/systemd/container",
    "sys/class/power_supply/AC/online",
    "sys/class/power_supply/AC/type",
    "sys/devices/system/clocksource/clocksource0/current_clocksource",
    "sys/devices/system/cpu/cpu0/cache/index2/level",
    "sys/devices/system/cpu/cpu0/cache/index2/shared_cpu_list",
    "sys/devices/system/cpu/cpu0/cache/index2/type",
    "sys/devices/system/cpu/cpu0/cpu_capacity",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
    "sys/devices/system/cpu/cpu0/cpuidle/state1/latency",
    "sys/devices/system/cpu/cpu0/cpuidle/state1/name",
    "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count",
    "sys/devices/system/cpu/cpu0/topology/physical_package_id",
    "sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
    "sys/devices/system/cpu/cpu1/cpu_capacity",
    "sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count",
    "sys/devices/system/cpu/cpu1/topology/physical_package_id",
    "sys/devices/system/cpu/cpu1/topology/thread_siblings_list",
    "sys/devices/system/cpu/intel_pstate/no_turbo",
    "sys/devices/system/cpu/online",
    "sys/devices/system/cpu/vulnerabilities/meltdown",
    "sys/devices/system/node/node0/cpulist",
    "sys/devices/system/node/node1/cpulist",
    "sys/fs/cgroup/a/b/cpu.stat",
    "sys/fs/cgroup/a/cpu.max",
    "sys/fs/cgroup/a/cpu.stat",
    "sys/fs/cgroup/a/memory.max",
    "sys/fs/cgroup/cpu/cpu.cfs_period_us",
    "sys/fs/cgroup/cpu/cpu.cfs_quota_us",
    "sys/fs/cgroup/cpu.stat",
    "sys/kernel/mm/transparent_hugepage/enabled",
});

// A root whose folders stay while its files change. In memory where possible, because they are written often.
class FuzzedHost {
 public:
  FuzzedHost() {
    std::string name =
        fs::is_directory("/dev/shm") ? "/dev/shm/ipcbench-fuzz-XXXXXX" : "/tmp/ipcbench-fuzz-XXXXXX";
    require(mkdtemp(name.data()) != nullptr, "a temporary folder");
    root_ = name;
    for (const std::string_view path : kPaths) fs::create_directories((root_ / path).parent_path());
  }
  ~FuzzedHost() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  FuzzedHost(const FuzzedHost&) = delete;
  FuzzedHost& operator=(const FuzzedHost&) = delete;

  void write(std::string_view path, std::string_view text) {
    if (std::ranges::find(kPaths, path) == kPaths.end()) return;
    std::ofstream(root_ / path, std::ios::binary) << text;
    written_.insert(root_ / path);
  }
  void clear() {
    for (const fs::path& file : written_) fs::remove(file);
    written_.clear();
  }
  [[nodiscard]] const fs::path& root() const { return root_; }

 private:
  fs::path root_;
  std::set<fs::path> written_;
};

void write_files(FuzzedHost& host, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find("\n@", at), text.size());
    const std::string_view file = text.substr(at, end - at);
    const std::size_t line = std::min(file.find('\n'), file.size());
    if (file.starts_with('@'))
      host.write(file.substr(1, line - 1), file.substr(std::min(line + 1, file.size())));
    at = end + 1;
  }
}

void examine(const fs::path& root) {
  const HostActivity before = read_host_activity({}, root);
  const auto facts = host_facts(root);
  for (const Fact& fact : facts)
    require(!fact.name.empty() && !fact.value.empty(), "facts have name and value");
  host_doubts(facts);
  const auto placements = find_placements({0, 1, 2}, root / "sys");
  require(placements.back().cpus == Cpus::free, "what is not pinned is always possible");
  cpus_at_distance(Cpus::llc, 0, {0, 1, 2}, root / "sys");
  const auto limits = read_cgroup_limits(root);
  require(!limits.cpus || *limits.cpus > 0, "a quota is above 0");
  const HostActivity after = read_host_activity({0, 1, 2}, root);
  activity_facts(before, after);
  activity_doubts(before, after);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static FuzzedHost host;
  write_files(host, fuzz::text_of(data, size));
  examine(host.root());
  host.clear();
  return 0;
}
