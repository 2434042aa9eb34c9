#include <algorithm>
#include <map>
#include <optional>
#include <ranges>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/units.hpp"
#include "results/summary/cell_groups.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kFromBytes = 4 * kKiB;
constexpr std::size_t kFromAtLeastBytes = 64;
constexpr std::size_t kLargestBytes = 1024 * kKiB;

using Range = std::pair<std::size_t, std::size_t>;  // the sizes between which a slope is taken

struct Curve {
  MechanismInfo mechanism;
  std::map<std::size_t, double> cpu_ns;  // of a message, by its size

  [[nodiscard]] double rise(const Range& sizes) const {
    return cpu_ns.at(sizes.second) - cpu_ns.at(sizes.first);
  }
};
using Curves = std::map<std::string, Curve>;  // by mechanism

bool shows_copies(const Cell& cell) {
  const bool spins = cell.wait == Wait::spin || cell.wait == Wait::adaptive;
  return cell.pattern == Pattern::throughput && cell.payload == Payload::copy && !spins;
}

bool is_textbook_carrier(const MechanismInfo& mechanism) {
  return is_memory_ring(mechanism) || mechanism.kind == MechanismKind::pipe ||
         mechanism.kind == MechanismKind::queue;
}

std::optional<Range> range_of(const Curve& curve, const Curve& floor) {
  std::vector<std::size_t> sizes;
  for (const auto& [size, ns] : curve.cpu_ns) {
    if (floor.cpu_ns.contains(size) && size >= kFromAtLeastBytes && size <= kLargestBytes)
      sizes.push_back(size);
  }
  for (const std::size_t from : {kFromBytes, kFromAtLeastBytes}) {
    const auto low = std::ranges::lower_bound(sizes, from);
    if (low != sizes.end() && 4 * *low <= sizes.back()) return Range(*low, sizes.back());
  }
  return std::nullopt;
}

// "pipe 4.1", ascending in the figure, by range.
std::map<Range, std::multimap<double, std::string>> copies_of(const Curves& curves) {
  std::map<Range, std::multimap<double, std::string>> copies;
  const auto floor = std::ranges::find_if(curves, [](const auto& curve) {
    return is_floor(curve.second.mechanism) && curve.second.mechanism.carries_bytes;
  });
  if (floor == curves.end()) return copies;
  for (const auto& [name, curve] : curves) {
    if (!is_textbook_carrier(curve.mechanism)) continue;
    const auto range = range_of(curve, floor->second);
    if (!range || floor->second.rise(*range) <= 0) continue;
    const double times = curve.rise(*range) / floor->second.rise(*range);
    copies[*range].emplace(times, fmt::format("{} {:.1f}", name, times));
  }
  return copies;
}

}  // namespace

std::vector<std::string> copies_in_cpu_time(const Report& report) {
  std::map<Group, std::pair<const Cell*, Curves>> settings;
  for (const Entrant& each : entrants(report, Quantity::cpu)) {
    if (!shows_copies(*each.cell)) continue;
    auto& [cell, curves] = settings[group_of(*each.cell)];
    cell = each.cell;
    Curve& curve = curves.try_emplace(cell->mechanism, Curve{each.mechanism, {}}).first->second;
    curve.cpu_ns[cell->size_bytes] = each.ns.median;
  }
  constexpr std::array<std::string_view, 3> kAxes{"wait", "peers", "cpus"};
  std::vector<std::string> lines;
  for (const auto& [group, setting] : settings) {
    for (const auto& [range, copies] : copies_of(setting.second)) {
      lines.push_back(fmt::format("{}, from {} to {}: the CPU time of {} copies.",
                                  describe_axes(*setting.first, kAxes), format_size(range.first),
                                  format_size(range.second), fmt::join(copies | std::views::values, ", ")));
    }
  }
  if (lines.empty()) return lines;
  lines.emplace_back(
      "These are CPU times in units of the copying floor and no count: a slope contains whatever grows with "
      "the size, such as copies from caches that are less warm than the floor's, page allocation, and the "
      "context switches that a full buffer causes.");
  return lines;
}

}  // namespace ipcbench
