#include "harness/host/cgroup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/host/host_files.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// A line of /proc/self/cgroup: "4:cpu,cpuacct:/user.slice" (version 1) or "0::/user.slice" (version 2).
struct Membership {
  std::string controllers;
  std::string path;
};

std::vector<Membership> read_memberships(const fs::path& root) {
  std::vector<Membership> memberships;
  std::istringstream lines(read_text(root / "proc/self/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    memberships.push_back({line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return memberships;
}

bool names(const Membership& membership, std::string_view controller) {
  return fmt::format(",{},", membership.controllers).find(fmt::format(",{},", controller)) !=
         std::string::npos;
}

bool directory_exists(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// The conventional mount point of the hierarchy; a hybrid set-up has version 2 in `unified`.
fs::path mount_point(const fs::path& root, const Membership& membership, std::string_view controller) {
  const fs::path base = root / "sys/fs/cgroup";
  if (!membership.controllers.empty()) {
    const fs::path named = base / controller;
    return directory_exists(named) ? named : base / membership.controllers;
  }
  return directory_exists(base / "unified") ? base / "unified" : base;
}

// The process's own group and its ancestors. A path that does not exist below the mount point belongs to
// another name space (a container sees its own group as the root); the mount point is then the own group.
std::vector<fs::path> directories_of(const fs::path& root, const Membership& membership,
                                     std::string_view controller) {
  const fs::path mount = mount_point(root, membership, controller);
  std::vector<fs::path> directories{mount};
  fs::path directory = mount;
  for (const fs::path& part : fs::path(membership.path).relative_path()) {
    directory /= part;
    if (part == ".." || !directory_exists(directory)) return {mount};
    directories.push_back(directory);
  }
  return directories;
}

std::vector<fs::path> directories_for(const fs::path& root, std::string_view controller) {
  const std::vector<Membership> memberships = read_memberships(root);
  auto found = std::ranges::find_if(memberships, [&](const auto& each) { return names(each, controller); });
  if (found == memberships.end()) found = std::ranges::find(memberships, "", &Membership::controllers);
  if (found == memberships.end()) return {};
  return directories_of(root, *found, controller);
}

// Version 2: cpu.max holds "50000 100000" or "max 100000". Version 1: a file each, no quota is -1.
std::optional<double> quota_cpus(const fs::path& directory) {
  auto quota_us = read_integer(directory / "cpu.cfs_quota_us");
  auto period_us = read_integer(directory / "cpu.cfs_period_us");
  if (const auto limit = read_text(directory / "cpu.max")) {
    std::istringstream numbers(*limit);
    std::int64_t quota = -1;
    std::int64_t period = 0;
    numbers >> quota >> period;  // "max" is not a number and leaves no quota
    quota_us = numbers ? quota : -1;
    period_us = period;
  }
  if (quota_us.value_or(-1) <= 0 || period_us.value_or(0) <= 0) return std::nullopt;
  return static_cast<double>(*quota_us) / static_cast<double>(*period_us);
}

std::optional<std::uint64_t> memory_limit_bytes(const fs::path& directory) {
  // Version 1 spells "no limit" as the largest number of whole pages.
  constexpr std::int64_t kUnlimited = std::int64_t{1} << 60;
  auto limit = read_integer(directory / "memory.max");
  if (!limit) limit = read_integer(directory / "memory.limit_in_bytes");
  if (!limit || *limit < 0 || *limit >= kUnlimited) return std::nullopt;
  return static_cast<std::uint64_t>(*limit);
}

template <class T>
void narrow(std::optional<T>& limit, const std::optional<T>& other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

std::uint64_t counter(const fs::path& file, std::string_view key) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(read_integer_field(file, key).value_or(0), 0));
}

}  // namespace

std::optional<fs::path> own_cgroup(std::string_view controller, const fs::path& root) {
  const std::vector<fs::path> directories = directories_for(root, controller);
  if (directories.empty() || !directory_exists(directories.back())) return std::nullopt;
  return directories.back();
}

CgroupLimits read_cgroup_limits(const fs::path& root) {
  CgroupLimits limits;
  for (const fs::path& directory : directories_for(root, "cpu")) {
    narrow(limits.cpus, quota_cpus(directory));
    limits.throttled_periods += counter(directory / "cpu.stat", "nr_throttled");
    limits.throttled_ns += counter(directory / "cpu.stat", "throttled_usec") * 1000;  // version 2
    limits.throttled_ns += counter(directory / "cpu.stat", "throttled_time");         // version 1
  }
  for (const fs::path& directory : directories_for(root, "memory")) {
    narrow(limits.memory_bytes, memory_limit_bytes(directory));
  }
  return limits;
}

}  // namespace ipcbench
