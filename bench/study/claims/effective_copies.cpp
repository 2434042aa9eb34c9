#include "bench/study/claims/effective_copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "bench/study/claims/mechanism_kinds.hpp"
#include "bench/study/claims/relative_line.hpp"
#include "harness/base/units.hpp"
#include "results/report/row_metrics.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kFromBytes = 4 * kKiB;
constexpr std::size_t kLargestBytes = 1024 * kKiB;

using BySize = std::map<std::size_t, const MeasuredCell*>;
using Pairs = std::map<std::size_t, std::pair<const MeasuredCell*, const MeasuredCell*>>;  // mechanism, floor

// By mechanism, in one setting.
using Curves = std::map<std::string, BySize>;

std::map<CellSetting, Curves> curves_of(const MeasuredCells& cells) {
  std::map<CellSetting, Curves> curves;
  for (const auto& [setting, mechanisms] : cells) {
    for (const auto& [name, measured] : mechanisms) {
      Cell any_size = measured.cell;
      // Who spins burns CPU time while it waits, which is no copying.
      const bool spins = any_size.wait == Wait::spin || any_size.wait == Wait::adaptive;
      if (any_size.pattern != Pattern::throughput || any_size.payload != Payload::copy || spins) continue;
      any_size.size_bytes = 0;
      curves[setting_of(any_size)][name][measured.cell.size_bytes] = &measured;
    }
  }
  return curves;
}

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

// Of the launch with that number; empty if the cell has none.
std::optional<double> cpu_ns_of_launch(const MeasuredCell& cell, std::uint32_t launch) {
  for (const Row* row : cell.launches) {
    if (row->launch != launch) continue;
    return cpu_ns_per_message(*row, Side::producer) + cpu_ns_per_message(*row, Side::consumer);
  }
  return std::nullopt;
}

// The ratio of the two slopes in one launch; empty if that launch lacks a size, or its floor has no slope.
std::optional<double> copies_of_launch(const Pairs& pairs, std::uint32_t launch) {
  std::vector<Point> mechanism;
  std::vector<Point> floor;
  for (const auto& [size, cells] : pairs) {
    const auto cpu_ns = cpu_ns_of_launch(*cells.first, launch);
    const auto floor_ns = cpu_ns_of_launch(*cells.second, launch);
    if (!cpu_ns || !floor_ns || *cpu_ns <= 0 || *floor_ns <= 0) return std::nullopt;
    mechanism.push_back({static_cast<double>(size), *cpu_ns});
    floor.push_back({static_cast<double>(size), *floor_ns});
  }
  const double floor_slope = fit_relative_line(floor).slope;
  if (floor_slope <= 0) return std::nullopt;
  return fit_relative_line(mechanism).slope / floor_slope;
}

double worst_residual(const Pairs& pairs) {
  std::vector<Point> medians;
  for (const auto& [size, cells] : pairs) {
    medians.push_back({static_cast<double>(size), cells.first->cpu_ns.median});
  }
  return fit_relative_line(medians).worst_residual;
}

std::optional<EffectiveCopies> copies_of(const BySize& mechanism, const BySize& floor) {
  Pairs pairs = pairs_between(mechanism, floor, kFromBytes);
  if (!spans_a_slope(pairs)) pairs = pairs_between(mechanism, floor, 64);
  if (!spans_a_slope(pairs)) return std::nullopt;
  const MeasuredCell& first = *pairs.begin()->second.first;
  std::vector<double> copies;
  for (const Row* row : first.launches) {
    if (const auto of_launch = copies_of_launch(pairs, row->launch)) copies.push_back(*of_launch);
  }
  if (copies.empty()) return std::nullopt;
  EffectiveCopies result{.cell = first.cell,
                         .sizes_bytes = {},
                         .copies = estimate_median(std::move(copies)),
                         .worst_residual = worst_residual(pairs)};
  for (const auto& [size, cells] : pairs) result.sizes_bytes.push_back(size);
  return result;
}

// --- The claim --------------------------------------------------------------------------------------

// What the textbook counts; empty: it says nothing about this mechanism.
std::optional<double> textbook_copies(const std::string& mechanism) {
  if (is_memory_ring(mechanism)) return 2;
  if (std::ranges::find(kBufferedByKernel, mechanism) != kBufferedByKernel.end()) return 4;
  return std::nullopt;
}

// To half a copy. An interval that holds the textbook's count and much else beside decides nothing.
bool agrees(const EffectiveCopies& measured, double textbook) {
  return std::abs(measured.copies.median - textbook) <= 0.5;
}
bool disagrees(const EffectiveCopies& measured, double textbook) {
  return measured.copies.low > textbook + 0.5 || measured.copies.high < textbook - 0.5;
}

// What can stand in one line of evidence: the same setting, and the slope from the same sizes.
using Group = std::pair<std::string, std::vector<std::size_t>>;

Group group_of(const EffectiveCopies& measured) {
  const Cell& cell = measured.cell;
  return {
      fmt::format("wait:{} peers:{} cpus:{}", name_of(cell.wait), name_of(cell.peers), name_of(cell.cpus)),
      measured.sizes_bytes};
}

std::string sizes_text(const std::vector<std::size_t>& sizes_bytes) {
  std::vector<std::string> sizes;
  sizes.reserve(sizes_bytes.size());
  for (const std::size_t size : sizes_bytes) sizes.push_back(format_size(size));
  return fmt::format("{}", fmt::join(sizes, ", "));
}

std::string line_of(const Group& group, std::vector<const EffectiveCopies*> members) {
  std::ranges::sort(members, {}, [](const EffectiveCopies* one) { return one->copies.median; });
  std::vector<std::string> texts;
  double worst = 0;
  for (const EffectiveCopies* one : members) {
    texts.push_back(fmt::format("{} {:.1f} [{:.1f}, {:.1f}]", one->cell.mechanism, one->copies.median,
                                one->copies.low, one->copies.high));
    worst = std::max(worst, one->worst_residual);
  }
  const bool tested = group.second.size() > 2;
  return fmt::format("{}, from {}: {} copies; {}.", group.first, sizes_text(group.second),
                     fmt::join(texts, ", "),
                     tested ? fmt::format("off a straight line by up to {:.0f} %", 100 * worst)
                            : "two sizes cannot show whether the line is straight");
}

std::vector<std::string> evidence_of(const std::vector<EffectiveCopies>& measured) {
  std::map<Group, std::vector<const EffectiveCopies*>> groups;
  for (const EffectiveCopies& one : measured) groups[group_of(one)].push_back(&one);
  std::vector<std::string> lines;
  lines.reserve(groups.size() + 1);
  for (const auto& [group, members] : groups) lines.push_back(line_of(group, members));
  lines.emplace_back(
      "A slope holds whatever grows with the size: copies by the processor from caches that are less warm "
      "than "
      "the floor's, pages that are allocated, and the switches that a full buffer makes.");
  return lines;
}

// The extremes of the medians of those that the textbook gives `copies`: "7.6 to 12.1". Slopes that begin
// below 4 KiB count only if there are no others: what such messages cost is hardly for their bytes.
std::string range_of(const std::vector<EffectiveCopies>& measured, double copies) {
  std::vector<double> large;
  std::vector<double> all;
  for (const EffectiveCopies& one : measured) {
    if (textbook_copies(one.cell.mechanism) != copies) continue;
    all.push_back(one.copies.median);
    if (one.sizes_bytes.front() >= kFromBytes) large.push_back(one.copies.median);
  }
  const auto [low, high] = std::ranges::minmax(large.empty() ? all : large);
  return fmt::format("{:.1f} to {:.1f}", low, high);
}

std::string names_of_agreeing(const std::vector<EffectiveCopies>& measured) {
  std::vector<std::string> names;
  for (const EffectiveCopies& one : measured) {
    const auto textbook = textbook_copies(one.cell.mechanism);
    if (!textbook || !agrees(one, *textbook)) continue;
    names.push_back(fmt::format("{} (cpus:{}, wait:{})", one.cell.mechanism, name_of(one.cell.cpus),
                                name_of(one.cell.wait)));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::vector<EffectiveCopies> effective_copies(const MeasuredCells& cells) {
  std::vector<EffectiveCopies> all;
  for (const auto& [setting, curves] : curves_of(cells)) {
    const auto floor = curves.find("memcpy");
    if (floor == curves.end()) continue;
    for (const auto& [name, curve] : curves) {
      if (is_floor(curve.begin()->second->cell)) continue;
      if (auto copies = copies_of(curve, floor->second)) all.push_back(std::move(*copies));
    }
  }
  return all;
}

Answer copies_are_four_and_two(const Report& report) {
  const MeasuredCells cells = measured_cells(report);
  const std::vector<EffectiveCopies> measured = effective_copies(cells);
  Answer answer;
  std::size_t agreeing = 0;
  std::size_t disagreeing = 0;
  std::size_t fours = 0;
  std::size_t twos = 0;
  for (const EffectiveCopies& one : measured) {
    const auto textbook = textbook_copies(one.cell.mechanism);
    if (!textbook) continue;
    ++(*textbook == 4 ? fours : twos);
    if (agrees(one, *textbook)) ++agreeing;
    if (disagrees(one, *textbook)) ++disagreeing;
  }
  if (fours == 0 || twos == 0) {
    return untested(
        "the report lacks throughput, at two sizes at least, of the memcpy floor, of a ring in shared memory "
        "or of a "
        "pipe, FIFO or queue");
  }
  answer.evidence = evidence_of(measured);
  if (agreeing + disagreeing == 0)
    return untested("every interval is too wide; measure with more --repetitions");
  answer.verdict = disagreeing == 0 ? ClaimVerdict::confirmed
                   : agreeing == 0  ? ClaimVerdict::refuted
                                    : ClaimVerdict::depends;
  answer.finding = fmt::format(
      "a byte costs as much CPU time as {} copies of the memcpy floor through pipes, FIFOs and queues, and "
      "as {} through shared memory",
      range_of(measured, 4), range_of(measured, 2));
  if (answer.verdict == ClaimVerdict::depends) {
    answer.finding +=
        fmt::format("; on the mechanism and placement: as counted are {}", names_of_agreeing(measured));
  }
  return answer;
}

}  // namespace ipcbench
