#include "results/comparison/suspects.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "results/statistics/two_stage_power.hpp"

namespace ipcbench {
namespace {

// One in five unchanged cells has a lower p value; a cell above it is not run again.
constexpr double kSuspiciousP = 0.2;
// Cells and families that reach this share of what counts run again even if they are many.
constexpr double kSuspiciousShare = 0.5;
// If the whole looks slower, everything is run again. By chance alone this may happen in one session of
// twenty, for all metrics together.
constexpr double kSuspiciousWholeP = 0.05;
constexpr double kSuspiciousWholeShare = 0.25;

// What a cell, a family or the whole has to reach to look slower, as a log ratio.
double least_shift(const PairedHypothesis& hypothesis) {
  const double share = hypothesis.level == Level::whole ? kSuspiciousWholeShare : kSuspiciousShare;
  return std::log1p(share * hypothesis.smallest_effect);
}

double suspicious_p(Level level) {
  return level == Level::whole ? kSuspiciousWholeP / static_cast<double>(kAllMetrics.size()) : kSuspiciousP;
}

// How bad the first blocks look: smaller is worse. What matters comes first, then what is most certain, then
// what is largest.
struct Looks {
  bool matters = false;  // it reaches a fair share of what counts
  double p = 1;
  double times = 0;  // the slowdown as a multiple of what counts

  [[nodiscard]] auto key() const { return std::tuple(!matters, p, -times); }
  friend bool operator<(const Looks& a, const Looks& b) { return a.key() < b.key(); }
};

Looks looks_of(const PairedHypothesis& hypothesis) {
  const Differences values = without_gaps(hypothesis.first);
  if (values.empty()) return {};
  const double p = signed_rank_p(values);
  const double centre = hodges_lehmann(values);
  return {.matters = p <= suspicious_p(hypothesis.level) && centre >= least_shift(hypothesis),
          .p = p,
          .times = std::expm1(centre) / hypothesis.smallest_effect};
}

// The worst looks over all metrics, by the hypothesis's cells.
using LooksByCells = std::map<std::vector<std::size_t>, Looks>;

LooksByCells looks_at(const std::vector<PairedHypothesis>& hypotheses, Level level) {
  LooksByCells all;
  for (const PairedHypothesis& hypothesis : hypotheses) {
    if (hypothesis.level != level || !hypothesis.gated) continue;
    const Looks looks = looks_of(hypothesis);
    const auto [entry, is_new] = all.try_emplace(hypothesis.cells, looks);
    entry->second = std::min(entry->second, looks);
  }
  return all;
}

// The chosen cells with the looks that they were chosen for.
using Chosen = std::map<std::size_t, Looks>;

void choose(Chosen& chosen, const std::vector<std::size_t>& cells, const Looks& looks) {
  for (const std::size_t cell : cells) {
    const auto [entry, is_new] = chosen.try_emplace(cell, looks);
    entry->second = std::min(entry->second, looks);
  }
}

// Of several that look alike at the limit, all are taken.
void choose_the_worst(Chosen& chosen, const LooksByCells& all, double share) {
  std::vector<std::pair<std::vector<std::size_t>, Looks>> order(all.begin(), all.end());
  std::ranges::sort(order, std::less<>{}, [](const auto& entry) { return entry.second.key(); });
  const auto most = static_cast<std::size_t>(std::ceil(share * static_cast<double>(order.size())));
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Looks& looks = order[i].second;
    const bool as_bad = i > 0 && looks.key() == order[i - 1].second.key();
    if (!looks.matters && (looks.p > kSuspiciousP || (i >= most && !as_bad))) break;
    choose(chosen, order[i].first, looks);
  }
}

Chosen choose_suspects(const std::vector<PairedHypothesis>& hypotheses, const GateSettings& settings) {
  Chosen chosen;
  choose_the_worst(chosen, looks_at(hypotheses, Level::cell), settings.suspicious_share);
  choose_the_worst(chosen, looks_at(hypotheses, Level::family), settings.suspicious_share);
  for (const auto& [cells, looks] : looks_at(hypotheses, Level::whole)) {
    if (looks.matters) choose(chosen, cells, looks);
  }
  return chosen;
}

Stage first_stage(const PairedHypothesis& hypothesis, const Power& power) {
  return {power.first_blocks, suspicious_p(hypothesis.level), least_shift(hypothesis)};
}

Stage second_stage(const PairedHypothesis& hypothesis, const Power& power, std::size_t blocks,
                   const GateSettings& settings) {
  return {blocks, alpha_of(hypothesis.level, settings) / static_cast<double>(power.tests),
          std::log1p(hypothesis.smallest_effect)};
}

// By how much the spread of a few blocks may be larger than estimated: the upper limit that one in five
// exceeds. Without it, blocks that happen to agree would make the second stage too short.
double caution(std::size_t blocks) {
  constexpr double kExceeds = 0.2;
  const auto freedom = static_cast<double>(blocks - 1);
  const boost::math::chi_squared_distribution<double> squares(freedom);
  return std::sqrt(boost::math::median(squares) / boost::math::quantile(squares, kExceeds));
}

// The smallest number from `low` to `high` that suffices, or `high`: more blocks never find less.
template <class Suffices>
std::uint32_t fewest_that_suffice(std::uint32_t low, std::uint32_t high, Suffices suffices) {
  while (low < high) {
    const std::uint32_t middle = std::midpoint(low, high);
    suffices(middle) ? high = middle : low = middle + 1;
  }
  return high;
}

bool contains(const Chosen& chosen, const std::vector<std::size_t>& cells) {
  return std::ranges::all_of(cells, [&](std::size_t cell) { return chosen.contains(cell); });
}

std::map<Level, std::size_t> count_tests(const std::vector<PairedHypothesis>& hypotheses,
                                         const Chosen& chosen, const GateSettings& settings) {
  std::map<Level, std::size_t> again;
  std::map<Level, std::size_t> gated;
  for (const PairedHypothesis& hypothesis : hypotheses) {
    if (!hypothesis.gated) continue;
    ++gated[hypothesis.level];
    if (contains(chosen, hypothesis.cells)) ++again[hypothesis.level];
  }
  std::map<Level, std::size_t> tests;
  for (const auto& [level, count] : gated) tests[level] = planned_tests(level, again[level], count, settings);
  return tests;
}

}  // namespace

bool looks_slower(const PairedHypothesis& hypothesis) {
  const Differences values = without_gaps(hypothesis.first);
  return !values.empty() && signed_rank_p(values) <= suspicious_p(hypothesis.level);
}

std::uint32_t fewest_fresh_blocks(std::size_t cells, const GateSettings& settings) {
  const std::size_t families = std::max<std::size_t>(cells / 2, 1);
  const std::size_t blocks = std::max({kFewestPairs, blocks_to_decide(kMetrics * cells, settings.cell_alpha),
                                       blocks_to_decide(kMetrics * families, settings.family_alpha)});
  return static_cast<std::uint32_t>(blocks);
}

std::uint32_t fair_fresh_blocks(std::size_t cells, const GateSettings& settings) {
  constexpr std::uint32_t kSpare = 2;
  return fewest_fresh_blocks(cells, settings) + kSpare;
}

std::size_t planned_tests(Level level, std::size_t again, std::size_t gated, const GateSettings& settings) {
  const double usual_share = level == Level::whole ? 1 : settings.suspicious_share;
  const auto usual = static_cast<std::size_t>(std::ceil(usual_share * static_cast<double>(gated)));
  return std::max({again, usual, std::size_t{1}});
}

std::uint32_t wanted_blocks(const PairedHypothesis& hypothesis, const Power& power, std::uint32_t fewest,
                            const GateSettings& settings) {
  if (settings.most_second_blocks <= settings.second_blocks) return settings.most_second_blocks;
  const std::uint32_t usual = std::max(settings.second_blocks, fewest);
  const double sd = power.sd * caution(power.first_blocks);
  const auto chance = [&](double times, std::uint32_t blocks) {
    return stage_power(std::log1p(times * hypothesis.smallest_effect), sd,
                       second_stage(hypothesis, power, blocks, settings));
  };
  // Half of all slowdowns of just what counts fall short of it by chance, however many blocks there are.
  constexpr double kAlmostHalf = 0.49;
  if (chance(1, usual) >= kAlmostHalf) {
    return fewest_that_suffice(fewest, usual,
                               [&](std::uint32_t blocks) { return chance(1, blocks) >= kAlmostHalf; });
  }
  // Twice what counts is what has to be found. A little less is aimed at, since the fresh blocks may spread
  // more.
  const std::uint32_t most = std::max(settings.most_second_blocks, usual);
  for (const double times : {1.5, 1.9}) {
    const double looks =
        stage_power(std::log1p(times * hypothesis.smallest_effect), power.sd, first_stage(hypothesis, power));
    const auto suffices = [&](std::uint32_t blocks) {
      return looks * chance(times, blocks) >= settings.power;
    };
    if (suffices(most)) return fewest_that_suffice(usual, most, suffices);
  }
  return usual;
}

double detectable_effect(const PairedHypothesis& hypothesis, const Power& power, std::size_t fresh_blocks,
                         const GateSettings& settings) {
  return std::expm1(detectable_shift(settings.power, power.sd, first_stage(hypothesis, power),
                                     second_stage(hypothesis, power, fresh_blocks, settings)));
}

std::vector<Suspect> suspicious(const std::vector<PairedHypothesis>& hypotheses,
                                const GateSettings& settings) {
  const Chosen chosen = choose_suspects(hypotheses, settings);
  std::map<std::size_t, std::uint32_t> blocks;
  std::map<Level, std::size_t> tests = count_tests(hypotheses, chosen, settings);
  const std::uint32_t fewest = fair_fresh_blocks(chosen.size(), settings);
  for (const PairedHypothesis& hypothesis : hypotheses) {
    const Differences values = without_gaps(hypothesis.first);
    if (!hypothesis.gated || values.size() < kFewestPairs || !contains(chosen, hypothesis.cells)) continue;
    const Power power{spread_of(values, settings), values.size(), tests[hypothesis.level]};
    const std::uint32_t wanted = wanted_blocks(hypothesis, power, fewest, settings);
    for (const std::size_t cell : hypothesis.cells) blocks[cell] = std::max(blocks[cell], wanted);
  }
  std::vector<Suspect> suspects;
  for (const auto& [cell, looks] : chosen) {
    suspects.push_back({cell, blocks.contains(cell) ? blocks.at(cell) : settings.second_blocks});
  }
  std::ranges::stable_sort(suspects, {},
                           [&](const Suspect& suspect) { return chosen.at(suspect.cell).key(); });
  return suspects;
}

}  // namespace ipcbench
