#include "bench/testing/core/goals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "results/statistics/statistics.hpp"

namespace ipcbench::core {
namespace {

double measured(double ours, double theirs, Measure measure) {
  return measure == Measure::ratio ? ours / theirs : ours - theirs;
}

double median_of_resampled(const std::vector<double>& values, std::mt19937_64& random) {
  std::uniform_int_distribution<std::size_t> any(0, values.size() - 1);
  std::vector<double> drawn(values.size());
  std::ranges::generate(drawn, [&] { return values[any(random)]; });
  return median(std::move(drawn));
}

const std::vector<double>* find_block(const Times& times, const std::string& name) {
  const auto found = times.find(name);
  return found == times.end() ? nullptr : &found->second;
}

// Null if none of them was measured.
const std::string* fastest(const Times& times, const std::vector<std::string>& names) {
  const std::string* best = nullptr;
  for (const std::string& name : names) {
    const auto* block = find_block(times, name);
    if (block && (!best || median(*block) < median(*find_block(times, *best)))) best = &name;
  }
  return best;
}

std::string limit_of(const Goal& goal) {
  return goal.measure == Measure::ratio ? fmt::format("<= {:.2f} x", goal.at_most)
                                        : fmt::format("<= +{:.0f} ns", goal.at_most);
}

std::string row_of(const Goal& goal, const Times& times) {
  const auto* ours = find_block(times, goal.ours);
  const std::string* other = fastest(times, goal.theirs);
  if (ours == nullptr || other == nullptr) {
    return fmt::format("| {} | | | {} | not measured |\n", goal.what, limit_of(goal));
  }
  const Interval found = compare_medians(*ours, *find_block(times, *other), goal.measure);
  const bool ratio = goal.measure == Measure::ratio;
  return fmt::format("| {} | {} | {:.{}f}{} ({:.{}f} to {:.{}f}) | {} | {} |\n", goal.what, *other,
                     found.estimate, ratio ? 2 : 1, ratio ? "" : " ns", found.low, ratio ? 2 : 1, found.high,
                     ratio ? 2 : 1, limit_of(goal), found.estimate <= goal.at_most ? "met" : "missed");
}

}  // namespace

Interval compare_medians(const std::vector<double>& ours, const std::vector<double>& theirs,
                         Measure measure) {
  constexpr std::size_t kResamples = 2000;
  Interval interval;
  interval.estimate = measured(median(ours), median(theirs), measure);
  std::mt19937_64 random(1);
  std::vector<double> resampled(kResamples);
  std::ranges::generate(resampled, [&] {
    const double first = median_of_resampled(ours, random);
    return measured(first, median_of_resampled(theirs, random), measure);
  });
  std::ranges::sort(resampled);
  interval.low = resampled[kResamples * 25 / 1000];
  interval.high = resampled[kResamples * 975 / 1000];
  return interval;
}

void print_tables(std::ostream& out, const Times& times, const std::vector<Goal>& goals) {
  out << "| block | median | repetitions |\n|---|---|---|\n";
  for (const auto& [name, values] : times) {
    out << fmt::format("| {} | {:.1f} ns | {} |\n", name, median(values), values.size());
  }
  out << "\n| goal | against | found (95 %) | wanted | |\n|---|---|---|---|---|\n";
  for (const Goal& goal : goals) out << row_of(goal, times);
}

}  // namespace ipcbench::core
