// What many comparisons say together, in words.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "bench/study/claims/comparison_axes.hpp"

namespace ipcbench {
namespace {

using Comparisons = std::vector<SpeedComparison>;

// By these the figures are always told.
const AxisSet kPlaces{CellAxis::pattern, CellAxis::wait, CellAxis::cpus, CellAxis::size};

Order opposite(Order order) { return order == Order::less ? Order::more : Order::less; }

std::string_view word(Order order, const Saying& saying) {
  if (order == Order::unclear) return "no clear difference";
  return order == Order::less ? saying.less_word : saying.more_word;
}

std::string tally_text(const Comparisons& comparisons, const Saying& saying) {
  const Tally counts = tally(comparisons);
  double lowest = 1;
  for (const SpeedComparison& comparison : comparisons) {
    lowest = std::min({lowest, comparison.value(*comparison.left).confidence,
                       comparison.value(*comparison.right).confidence});
  }
  return fmt::format(
      "{} pairs of cells that differ in nothing else: {} {}, {} {}, {} overlap (intervals of at least {:.0f} "
      "%; "
      "by chance up to {} either way).",
      counts.total(), counts.less, saying.less_word, counts.more, saying.more_word, counts.unclear,
      100 * lowest, chance_allowance(comparisons));
}

std::string run_text(const Run& run, const Saying& saying) {
  std::vector<std::string> where;
  std::ranges::copy_if(run.place, std::back_inserter(where),
                       [](const std::string& name) { return !name.empty(); });
  if (run.first_size != run.last_size) {
    where.push_back(fmt::format("{} to {}", run.first_size, run.last_size));
  } else if (!run.first_size.empty()) {
    where.push_back(run.first_size);
  }
  return fmt::format("{}: {} ({} of {})", fmt::join(where, ", "), word(run.outcome, saying),
                     run.counts.count(run.outcome), run.counts.total());
}

std::string axes_text(const AxisSet& axes) {
  std::string text;
  std::size_t left = axes.size();
  for (const CellAxis axis : axes) {
    if (!text.empty()) text += left == 1 ? " and " : ", ";
    text += name_of(axis);
    --left;
  }
  return text;
}

// Without those that were measured once, which can show nothing.
Comparisons with_intervals(const Comparisons& all) {
  Comparisons some;
  std::ranges::copy_if(all, std::back_inserter(some), [](const SpeedComparison& comparison) {
    return comparison.value(*comparison.left).confidence > 0 &&
           comparison.value(*comparison.right).confidence > 0;
  });
  return some;
}

// The pair that is furthest apart in `order`; null if there is none.
const SpeedComparison* furthest(const Comparisons& comparisons, Order order) {
  const SpeedComparison* found = nullptr;
  for (const SpeedComparison& comparison : comparisons) {
    if (comparison.order() != order) continue;
    const bool further = found != nullptr && (order == Order::less ? comparison.ratio() < found->ratio()
                                                                   : comparison.ratio() > found->ratio());
    if (found == nullptr || further) found = &comparison;
  }
  return found;
}

void add_furthest(Answer& answer, const Comparisons& comparisons, const Saying& saying) {
  for (const Order order : {saying.said, opposite(saying.said)}) {
    const SpeedComparison* pair = furthest(comparisons, order);
    if (pair == nullptr) continue;
    const double factor = order == Order::less ? 1 / pair->ratio() : pair->ratio();
    answer.evidence.push_back(
        fmt::format("Furthest {}, {:.3g} times: {}", word(order, saying), factor, describe(*pair)));
  }
}

std::vector<std::string> lines_by(const AxisSet& axes, const Comparisons& comparisons, const Saying& saying) {
  std::vector<std::string> lines;
  for (const Run& run : runs_by(axes, comparisons)) lines.push_back(run_text(run, saying));
  return lines;
}

// On what it depends, in the finding as far as a line holds, otherwise among the evidence.
void add_dependence(Answer& answer, const Comparisons& comparisons, const Saying& saying, Order other) {
  const AxisSet axes = separating_axes(comparisons, saying.said, other);
  if (axes.empty()) {
    answer.finding += "; the cells do not tell on what";
    return;
  }
  answer.finding += fmt::format("; on {}", axes_text(axes));
  const std::vector<std::string> lines = lines_by(axes, comparisons, saying);
  constexpr std::size_t kLinesInFinding = 4;
  if (lines.size() <= kLinesInFinding) {
    answer.finding += fmt::format(": {}", fmt::join(lines, "; "));
  } else if (!std::ranges::includes(kPlaces, axes)) {  // or the lines by place tell it all the same
    answer.evidence.insert(answer.evidence.end(), lines.begin(), lines.end());
  }
}

}  // namespace

Answer judge(const Comparisons& all, const Saying& saying) {
  if (all.empty()) return untested("no two cells differ in nothing else");
  const Comparisons comparisons = with_intervals(all);
  const std::size_t chance = chance_allowance(comparisons);
  if (chance >= comparisons.size()) {
    return untested(
        fmt::format("too few launches: all differences of {} pairs of cells could be chance; measure with "
                    "--repetitions 6",
                    all.size()));
  }
  const Tally counts = tally(comparisons);
  const std::size_t said = counts.count(saying.said);
  const std::size_t opposed = counts.count(opposite(saying.said));
  const bool shows = said > chance;
  const bool opposite_shows = opposed > chance;
  const bool mostly = said > opposed + counts.unclear;

  Answer answer{.verdict = ClaimVerdict::depends,
                .finding = fmt::format("{} in {} of {} pairs of cells, {} in {}, no clear difference in {}",
                                       word(saying.said, saying), said, counts.total(),
                                       word(opposite(saying.said), saying), opposed, counts.unclear),
                .evidence = {tally_text(comparisons, saying)}};
  if (!shows) {
    answer.verdict = ClaimVerdict::refuted;
  } else if (!opposite_shows && mostly) {
    answer.verdict = ClaimVerdict::confirmed;
  } else {
    add_dependence(answer, comparisons, saying, opposite_shows ? opposite(saying.said) : Order::unclear);
  }
  const std::vector<std::string> places = lines_by(kPlaces, comparisons, saying);
  answer.evidence.insert(answer.evidence.end(), places.begin(), places.end());
  add_furthest(answer, comparisons, saying);
  return answer;
}

}  // namespace ipcbench
