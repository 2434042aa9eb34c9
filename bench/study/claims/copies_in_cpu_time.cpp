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

constexpr std::size_t kFromBytes = 4096;
constexpr std::size_t kFromAtLeastBytes = 64;
constexpr std::size_t kLargestBytes = std::size_t{1} << 20;

using Range = std::pair<std::size_t, std::size_t>;  // the sizes between which a slope is taken

using Curve = std::map<std::size_t, double>;  // CPU time of a message by its size, in nanoseconds

struct Curves {
  const Cell* cell = nullptr;  // any of them
  Curve floor;                 // the copying one
  std::map<std::string, Curve> carriers;
};

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
  for (const auto& [size, ns] : curve) {
    if (floor.contains(size) && size >= kFromAtLeastBytes && size <= kLargestBytes) sizes.push_back(size);
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
  for (const auto& [name, curve] : curves.carriers) {
    const auto range = range_of(curve, curves.floor);
    if (!range) continue;
    const auto rise = [&](const Curve& of) { return of.at(range->second) - of.at(range->first); };
    const double times = rise(curve) / rise(curves.floor);
    if (rise(curves.floor) > 0) copies[*range].emplace(times, fmt::format("{} {:.1f}", name, times));
  }
  return copies;
}

}  // namespace

std::vector<std::string> copies_in_cpu_time(const Report& report) {
  std::map<Group, Curves> settings;
  const auto is_unit = [](const MechanismInfo& mechanism) {
    return is_floor(mechanism) && mechanism.carries_bytes;
  };
  const auto takes_part = [&](const MechanismInfo& mechanism) {
    return is_unit(mechanism) || is_textbook_carrier(mechanism);
  };
  for (const Entrant& each : entrants(report, Quantity::cpu, takes_part)) {
    if (!shows_copies(*each.cell)) continue;
    Curves& curves = settings[group_of(*each.cell)];
    curves.cell = each.cell;
    (is_unit(each.mechanism) ? curves.floor : curves.carriers[each.mechanism.name])[each.cell->size_bytes] =
        each.ns.median;
  }
  constexpr std::array<std::string_view, 3> kAxes{"wait", "peers", "cpus"};
  std::vector<std::string> lines;
  for (const auto& [group, curves] : settings) {
    for (const auto& [range, copies] : copies_of(curves)) {
      lines.push_back(fmt::format("{}, from {} to {}: the CPU time of {} copies.",
                                  describe_axes(*curves.cell, kAxes), format_size(range.first),
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
