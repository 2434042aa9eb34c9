#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kFromBytes = 4 * kKiB;
constexpr std::size_t kFromAtLeastBytes = 64;
constexpr std::size_t kLargestBytes = 1024 * kKiB;

using BySize = std::map<std::size_t, const MeasuredCell*>;
using Curves = std::map<std::string, BySize>;  // by mechanism, in one setting
// By size: the mechanism and the floor.
using Pairs = std::map<std::size_t, std::pair<const MeasuredCell*, const MeasuredCell*>>;

std::map<CellSetting, Curves> curves_by_setting(const MeasuredCells& cells) {
  std::map<CellSetting, Curves> curves;
  for (const auto& [setting, mechanisms] : cells) {
    for (const auto& [name, measured] : mechanisms) {
      Cell any_size = measured.cell;
      // A spinning end burns CPU time while it waits, not by copying.
      const bool spins = any_size.wait == Wait::spin || any_size.wait == Wait::adaptive;
      if (any_size.pattern != Pattern::throughput || any_size.payload != Payload::copy || spins) continue;
      any_size.size_bytes = 0;
      curves[setting_of(any_size)][name][measured.cell.size_bytes] = &measured;
    }
  }
  return curves;
}

bool is_copying_floor(const MechanismInfo& mechanism) {
  return is_floor(mechanism) && mechanism.carries_bytes;
}

const MechanismInfo& info_of(const BySize& curve) { return curve.begin()->second->mechanism; }

Pairs pairs_between(const BySize& mechanism, const BySize& floor, std::size_t from_bytes) {
  Pairs pairs;
  for (const auto& [size, cell] : mechanism) {
    const auto at = floor.find(size);
    if (at != floor.end() && size >= from_bytes && size <= kLargestBytes) pairs[size] = {cell, at->second};
  }
  return pairs;
}

bool spans_a_slope(const Pairs& pairs) {
  return pairs.size() >= 2 && pairs.rbegin()->first >= 4 * pairs.begin()->first;
}

// The ratio of the two slopes in one launch; empty if that launch lacks a size, or its floor has no slope.
std::optional<double> copies_in_launch(const Pairs& pairs, std::uint32_t launch) {
  std::vector<Point> mechanism;
  std::vector<Point> floor;
  for (const auto& [size, cells] : pairs) {
    const auto own = cells.first->launch_cpu_ns.find(launch);
    const auto floors = cells.second->launch_cpu_ns.find(launch);
    if (own == cells.first->launch_cpu_ns.end() || floors == cells.second->launch_cpu_ns.end() ||
        own->second <= 0 || floors->second <= 0) {
      return std::nullopt;
    }
    mechanism.push_back({static_cast<double>(size), own->second});
    floor.push_back({static_cast<double>(size), floors->second});
  }
  const double floor_slope = fit_relative_line(floor).slope;
  if (floor_slope <= 0) return std::nullopt;
  return fit_relative_line(mechanism).slope / floor_slope;
}

std::optional<EffectiveCopies> copies_of(const BySize& mechanism, const BySize& floor) {
  Pairs pairs = pairs_between(mechanism, floor, kFromBytes);
  if (!spans_a_slope(pairs)) pairs = pairs_between(mechanism, floor, kFromAtLeastBytes);
  if (!spans_a_slope(pairs)) return std::nullopt;
  const MeasuredCell& first = *pairs.begin()->second.first;
  std::vector<double> copies;
  for (const auto& [launch, cpu_ns] : first.launch_cpu_ns) {
    if (const auto in_launch = copies_in_launch(pairs, launch)) copies.push_back(*in_launch);
  }
  if (copies.empty()) return std::nullopt;
  EffectiveCopies result{.cell = first.cell,
                         .mechanism = first.mechanism,
                         .sizes_bytes = {},
                         .copies = estimate_median(std::move(copies))};
  std::vector<Point> medians;
  for (const auto& [size, cells] : pairs) {
    if (!(cells.first->cpu_ns.median > 0)) return std::nullopt;
    result.sizes_bytes.push_back(size);
    medians.push_back({static_cast<double>(size), cells.first->cpu_ns.median});
  }
  result.worst_residual = fit_relative_line(medians).worst_residual;
  return result;
}

// --- What it says beside a count of the copies ------------------------------------------------------

std::string setting_text(const EffectiveCopies& measured) {
  constexpr std::array<std::string_view, 3> kAxes{"wait", "peers", "cpus"};
  std::vector<std::string> sizes;
  sizes.reserve(measured.sizes_bytes.size());
  for (const std::size_t size : measured.sizes_bytes) sizes.push_back(format_size(size));
  return fmt::format("{}, from {}", describe_axes(measured.cell, kAxes), fmt::join(sizes, ", "));
}

// One line per setting and set of sizes.
std::string evidence_line(const std::string& setting, std::vector<const EffectiveCopies*> members) {
  std::ranges::sort(members, {}, [](const EffectiveCopies* one) { return one->copies.median; });
  std::vector<std::string> texts;
  double worst = 0;
  for (const EffectiveCopies* one : members) {
    texts.push_back(fmt::format("{} {:.1f} [{:.1f}, {:.1f}]", one->cell.mechanism, one->copies.median,
                                one->copies.low, one->copies.high));
    worst = std::max(worst, one->worst_residual);
  }
  return fmt::format("{}: the CPU time of {} copies; {}.", setting, fmt::join(texts, ", "),
                     members.front()->sizes_bytes.size() > 2
                         ? fmt::format("off a straight line by up to {:.0f} %", 100 * worst)
                         : "two sizes cannot show whether the line is straight");
}

std::vector<std::string> evidence_of(const std::vector<EffectiveCopies>& measured) {
  std::map<std::string, std::vector<const EffectiveCopies*>> groups;
  for (const EffectiveCopies& one : measured) {
    const MechanismKind kind = one.mechanism.kind;
    if (is_memory_ring(one.mechanism) || kind == MechanismKind::pipe || kind == MechanismKind::queue)
      groups[setting_text(one)].push_back(&one);
  }
  std::vector<std::string> lines;
  lines.reserve(groups.size() + 1);
  for (const auto& [setting, members] : groups) lines.push_back(evidence_line(setting, members));
  if (lines.empty()) return {};
  lines.emplace_back(
      "These are CPU times in units of the copying floor and no count: a slope contains whatever grows with "
      "the "
      "size, such as copies from caches that are less warm than the floor's, page allocation, and the "
      "context "
      "switches that a full buffer causes.");
  return lines;
}

}  // namespace

// Centred on the weighted means; otherwise the sums of 1 MiB squared would cancel digits.
Line fit_relative_line(const std::vector<Point>& points) {
  double weights = 0;
  double x_sum = 0;
  double y_sum = 0;
  for (const auto& [x, y] : points) {
    if (!(y > 0)) throw std::invalid_argument("a relative error needs a value above 0");
    const double weight = 1 / (y * y);
    weights += weight;
    x_sum += weight * x;
    y_sum += weight * y;
  }
  double xx = 0;
  double xy = 0;
  for (const auto& [x, y] : points) {
    const double weight = 1 / (y * y);
    xx += weight * (x - x_sum / weights) * (x - x_sum / weights);
    xy += weight * (x - x_sum / weights) * (y - y_sum / weights);
  }
  if (!(xx > 0)) throw std::invalid_argument("a line needs two points");
  Line line{.intercept = 0, .slope = xy / xx, .worst_residual = 0};
  line.intercept = y_sum / weights - line.slope * x_sum / weights;
  for (const auto& [x, y] : points) {
    const double residual = std::abs(y - line.intercept - line.slope * x) / y;
    line.worst_residual = std::max(line.worst_residual, residual);
  }
  return line;
}

std::vector<EffectiveCopies> effective_copies(const MeasuredCells& cells) {
  std::vector<EffectiveCopies> all;
  for (const auto& [setting, curves] : curves_by_setting(cells)) {
    const auto floor = std::ranges::find_if(
        curves, [](const auto& curve) { return is_copying_floor(info_of(curve.second)); });
    if (floor == curves.end()) continue;
    for (const auto& [name, curve] : curves) {
      if (is_floor(info_of(curve))) continue;
      if (auto copies = copies_of(curve, floor->second)) all.push_back(std::move(*copies));
    }
  }
  return all;
}

std::vector<std::string> copies_in_cpu_time(const Report& report) {
  return evidence_of(effective_copies(measured_cells(report)));
}

}  // namespace ipcbench
