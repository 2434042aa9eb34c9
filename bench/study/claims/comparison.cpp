#include <algorithm>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/units.hpp"
#include "results/summary/ties.hpp"

namespace ipcbench {
namespace {

std::size_t count(const Comparisons& comparisons, Order order) {
  return static_cast<std::size_t>(std::ranges::count(comparisons, order, &SpeedComparison::order));
}

ClaimVerdict verdict_of(std::size_t said, std::size_t opposed, std::size_t all) {
  const auto chance = static_cast<std::size_t>(kFalseDiscoveryRate * static_cast<double>(said + opposed));
  if (10 * (said + opposed) <= all) return ClaimVerdict::no_difference;
  if (said <= chance) return ClaimVerdict::refuted;
  return opposed <= chance && 2 * said > all ? ClaimVerdict::confirmed : ClaimVerdict::depends;
}

std::string by_kind_and_placement(const SpeedComparison& comparison) {
  constexpr std::array<std::string_view, 1> kPlacement{"cpus"};
  return fmt::format("{}, {}, {}", label_of(comparison.subject->mechanism.kind),
                     describe_axes(*comparison.subject->cell, kPlacement),
                     comparison.quantity == Quantity::time ? "time" : "CPU time");
}

std::string by_pattern_and_size(const SpeedComparison& comparison) {
  constexpr std::array<std::string_view, 2> kAxes{"pattern", "size"};
  return describe_axes(*comparison.subject->cell, kAxes);
}

// A line for each group, in the order of their first comparisons.
template <class Label>
std::vector<std::string> tally(const Comparisons& comparisons, const Saying& saying, Label label) {
  std::vector<std::pair<std::string, Comparisons>> groups;
  for (const SpeedComparison& comparison : comparisons) {
    const std::string name = label(comparison);
    auto group = std::ranges::find(groups, name, &std::pair<std::string, Comparisons>::first);
    if (group == groups.end()) group = groups.insert(group, {name, {}});
    group->second.push_back(comparison);
  }
  const auto& [said, opposite] = saying;
  std::vector<std::string> lines;
  lines.reserve(groups.size());
  for (const auto& [name, members] : groups) {
    lines.push_back(fmt::format("{}: {} {}, {} {}, {} unclear", name, count(members, said.order), said.word,
                                count(members, opposite.order), opposite.word,
                                count(members, Order::unclear)));
  }
  return lines;
}

// "fifo/latency/...: 5.15 us [5.10 us, 5.20 us]".
std::string describe(const Entrant& entrant) {
  return fmt::format("{}: {} [{}, {}]", cell_name(*entrant.cell), format_duration_ns(entrant.ns.median),
                     format_duration_ns(entrant.ns.low), format_duration_ns(entrant.ns.high));
}

// The pair that differs most in this direction; none if no pair does.
std::vector<std::string> furthest(Comparisons comparisons, const Direction& direction) {
  std::erase_if(comparisons, [&](const SpeedComparison& each) { return each.order != direction.order; });
  if (comparisons.empty()) return {};
  const auto factor = [&](const SpeedComparison& each) {
    const double ratio = each.subject->ns.median / each.reference->ns.median;
    return direction.order == Order::less ? 1 / ratio : ratio;
  };
  const SpeedComparison& pair = *std::ranges::max_element(comparisons, {}, factor);
  return {fmt::format("Furthest {}, {:.3g} times{}: {}, against {}.", direction.word, factor(pair),
                      pair.quantity == Quantity::cpu ? " in CPU time" : "", describe(*pair.subject),
                      describe(*pair.reference))};
}

}  // namespace

Answer judge(Comparisons comparisons, const Saying& saying) {
  std::erase_if(comparisons, [](const SpeedComparison& each) {
    return each.subject->launches_ns.size() < 2 || each.reference->launches_ns.size() < 2;
  });
  if (comparisons.empty())
    return untested("too few launches to tell cells apart; measure with --repetitions 6");
  std::ranges::stable_sort(comparisons, {},
                           [](const SpeedComparison& each) { return each.subject->cell->size_bytes; });
  const std::size_t said = count(comparisons, saying.said.order);
  const std::size_t opposed = count(comparisons, saying.opposite.order);
  Answer answer{
      verdict_of(said, opposed, comparisons.size()),
      fmt::format("{} in {} of {} pairs of cells, {} in {}, no clear difference in {}", saying.said.word,
                  said, comparisons.size(), saying.opposite.word, opposed,
                  count(comparisons, Order::unclear)),
      {fmt::format("The cells of a pair differ in nothing else. Of the pairs that are told apart by "
                   "their launches, {:.0f} % may be alike.",
                   100 * kFalseDiscoveryRate)}};
  const std::vector<std::string> places = tally(comparisons, saying, by_kind_and_placement);
  constexpr std::size_t kLinesInFinding = 4;
  if (answer.verdict == ClaimVerdict::depends && places.size() <= kLinesInFinding)
    answer.finding += fmt::format("; {}", fmt::join(places, "; "));
  for (const auto& lines : {places, tally(comparisons, saying, by_pattern_and_size),
                            furthest(comparisons, saying.said), furthest(comparisons, saying.opposite)})
    answer.evidence.insert(answer.evidence.end(), lines.begin(), lines.end());
  return answer;
}

}  // namespace ipcbench
