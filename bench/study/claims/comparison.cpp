#include <algorithm>
#include <functional>

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

using Label = std::function<std::string(const SpeedComparison&)>;
using Groups = std::vector<std::pair<std::string, Comparisons>>;

// In the order of their first comparisons.
Groups grouped(const Comparisons& comparisons, const Label& label) {
  Groups groups;
  for (const SpeedComparison& comparison : comparisons) {
    const std::string name = label(comparison);
    auto group = std::ranges::find(groups, name, &std::pair<std::string, Comparisons>::first);
    if (group == groups.end()) group = groups.insert(group, {name, {}});
    group->second.push_back(comparison);
  }
  return groups;
}

// A line for each group.
std::vector<std::string> tally(const Comparisons& comparisons, const Saying& saying, const Label& label) {
  const auto& [said, opposite] = saying;
  std::vector<std::string> lines;
  const Groups groups = grouped(comparisons, label);
  lines.reserve(groups.size());
  for (const auto& [name, members] : groups) {
    lines.push_back(fmt::format("{}: {} {}, {} {}, {} unclear", name, count(members, said.order), said.word,
                                count(members, opposite.order), opposite.word,
                                count(members, Order::unclear)));
  }
  return lines;
}

Label on_axis(std::string_view axis) {
  return [axis](const auto& each) { return describe_axes(*each.subject->cell, std::array{axis}); };
}

// What the order may depend on: an axis, or a size. The comparisons are sorted by size.
std::vector<Label> divisions(const Comparisons& comparisons) {
  std::vector<Label> all{
      [](const auto& each) { return std::string(label_of(each.subject->mechanism.kind)); },
      [](const auto& each) { return each.quantity == Quantity::time ? "time" : "CPU time"; }, on_axis("cpus"),
      on_axis("pattern")};
  std::size_t last = 0;
  for (const SpeedComparison& each : comparisons) {
    const std::size_t size = each.subject->cell->size_bytes;
    if (last != 0 && size != last) {
      all.emplace_back([last](const auto& of) {
        return fmt::format("{} {}", of.subject->cell->size_bytes <= last ? "up to" : "above",
                           format_size(last));
      });
    }
    last = size;
  }
  return all;
}

// How many comparisons show what most of their group show. None if the groups are too many for a finding.
std::size_t separated(const Comparisons& comparisons, const Label& label) {
  constexpr std::size_t kMostGroups = 4;
  const Groups groups = grouped(comparisons, label);
  std::size_t sum = 0;
  for (const auto& [name, members] : groups) {
    sum +=
        std::max({count(members, Order::less), count(members, Order::more), count(members, Order::unclear)});
  }
  return groups.size() > kMostGroups ? 0 : sum;
}

// "; up to 4 KiB: 2 slower...; above 4 KiB: ...": the tally by what separates the orders best, if anything
// does.
std::string circumstances(const Comparisons& comparisons, const Saying& saying) {
  const auto separates = [&](const Label& label) { return separated(comparisons, label); };
  const std::vector<Label> all = divisions(comparisons);
  const Label& best = *std::ranges::max_element(all, {}, separates);
  if (separates(best) <= separates([](const auto&) { return "all"; })) return "";
  return fmt::format("; {}", fmt::join(tally(comparisons, saying, best), "; "));
}

// "fifo/latency/...: 5.15 us [5.10 us, 5.20 us]".
std::string describe(const Entrant& entrant) {
  return fmt::format("{}: {} [{}, {}]", cell_name(*entrant.cell), format_duration_ns(entrant.ns.median),
                     format_duration_ns(entrant.ns.low), format_duration_ns(entrant.ns.high));
}

// Says in the finding how far the pair differs that differs most in this direction, and in the evidence
// which it is; nothing if no pair does.
void add_furthest(Answer& answer, Comparisons comparisons, const Direction& direction) {
  std::erase_if(comparisons, [&](const SpeedComparison& each) { return each.order != direction.order; });
  if (comparisons.empty()) return;
  const auto factor = [&](const SpeedComparison& each) {
    const double ratio = each.subject->ns.median / each.reference->ns.median;
    return direction.order == Order::less ? 1 / ratio : ratio;
  };
  const SpeedComparison& pair = *std::ranges::max_element(comparisons, {}, factor);
  answer.finding += fmt::format("; at most {:.3g} times {}", factor(pair), direction.word);
  answer.evidence.push_back(fmt::format("Furthest {}, {:.3g} times{}: {}, against {}.", direction.word,
                                        factor(pair), pair.quantity == Quantity::cpu ? " in CPU time" : "",
                                        describe(*pair.subject), describe(*pair.reference)));
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
  if (answer.verdict == ClaimVerdict::depends) answer.finding += circumstances(comparisons, saying);
  for (const auto& lines :
       {tally(comparisons, saying, by_kind_and_placement), tally(comparisons, saying, by_pattern_and_size)})
    answer.evidence.insert(answer.evidence.end(), lines.begin(), lines.end());
  add_furthest(answer, comparisons, saying.said);
  add_furthest(answer, comparisons, saying.opposite);
  return answer;
}

}  // namespace ipcbench
