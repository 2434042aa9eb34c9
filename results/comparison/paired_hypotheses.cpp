#include "results/comparison/paired_hypotheses.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace ipcbench {
namespace {

// What looks no slower than one in five of the same would is not run again.
constexpr double kSuspiciousP = 0.2;
// A whole that looks slower makes everything run again, which one session in twenty may do without cause.
constexpr double kSuspiciousWholeP = 0.05;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

Differences negated(Differences differences) {
  for (double& difference : differences) difference = -difference;
  return differences;
}

// The smallest p of any metric, by the cells that it speaks for.
using Suspects = std::map<std::vector<std::size_t>, double>;

Suspects suspects_of(const std::vector<PairedHypothesis>& hypotheses, Level level) {
  Suspects suspects;
  for (const PairedHypothesis& hypothesis : hypotheses) {
    if (hypothesis.level != level || !hypothesis.gated) continue;
    const double p = signed_rank_p(hypothesis.first);
    const auto [entry, is_new] = suspects.try_emplace(hypothesis.cells, p);
    entry->second = std::min(entry->second, p);
  }
  return suspects;
}

void add_the_worst(std::set<std::size_t>& chosen, const Suspects& suspects, double share) {
  std::vector<std::pair<double, const std::vector<std::size_t>*>> order;
  order.reserve(suspects.size());
  for (const auto& [cells, p] : suspects) order.emplace_back(p, &cells);
  std::ranges::stable_sort(order, {}, [](const auto& suspect) { return suspect.first; });
  const auto most = static_cast<std::size_t>(std::ceil(share * static_cast<double>(order.size())));
  for (std::size_t i = 0; i < most && order[i].first <= kSuspiciousP; ++i) {
    chosen.insert(order[i].second->begin(), order[i].second->end());
  }
}

// Corrects the p values of the hypotheses of one level that have such differences; leaves the others alone.
template <class Select>
void correct(std::vector<double>& p, const std::vector<PairedHypothesis>& hypotheses, Level level,
             const GateSettings& settings, Select select) {
  std::vector<std::size_t> places;
  std::vector<Differences> differences;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    if (hypotheses[i].level != level || !hypotheses[i].gated) continue;
    Differences selected = select(hypotheses[i]);
    if (pairs_in(selected) < kFewestPairs) continue;
    places.push_back(i);
    differences.push_back(std::move(selected));
  }
  if (places.empty()) return;
  const SignFlips flips(differences.front().size(), settings.flips, settings.seed);
  const std::vector<double> adjusted = step_down_p(differences, flips);
  for (std::size_t i = 0; i < places.size(); ++i) p[places[i]] = adjusted[i];
}

}  // namespace

std::size_t pairs_in(const Differences& differences) {
  return static_cast<std::size_t>(
      std::ranges::count_if(differences, [](double difference) { return !std::isnan(difference); }));
}

Differences centre_of(const std::vector<const Differences*>& cells) {
  Differences centre;
  for (std::size_t block = 0; !cells.empty() && block < cells.front()->size(); ++block) {
    Differences values;
    for (const Differences* cell : cells) {
      if (!std::isnan((*cell)[block])) values.push_back((*cell)[block]);
    }
    centre.push_back(2 * values.size() < cells.size() || values.empty() ? kMissing : hodges_lehmann(values));
  }
  return centre;
}

std::vector<std::size_t> suspicious(const std::vector<PairedHypothesis>& hypotheses,
                                    const GateSettings& settings) {
  std::set<std::size_t> chosen;
  add_the_worst(chosen, suspects_of(hypotheses, Level::cell), settings.suspicious_share);
  add_the_worst(chosen, suspects_of(hypotheses, Level::family), settings.suspicious_share);
  for (const auto& [cells, p] : suspects_of(hypotheses, Level::whole)) {
    if (p <= kSuspiciousWholeP) chosen.insert(cells.begin(), cells.end());
  }
  return {chosen.begin(), chosen.end()};
}

PairedTests test_pairs(const std::vector<PairedHypothesis>& hypotheses, const GateSettings& settings) {
  PairedTests tests;
  tests.p_slower.assign(hypotheses.size(), 1.0);
  tests.p_faster.assign(hypotheses.size(), 1.0);
  for (const Level level : {Level::whole, Level::family, Level::cell}) {
    correct(tests.p_slower, hypotheses, level, settings, [](const PairedHypothesis& h) { return h.second; });
    correct(tests.p_faster, hypotheses, level, settings,
            [](const PairedHypothesis& h) { return negated(h.first); });
  }
  return tests;
}

const Differences& deciding(const PairedHypothesis& hypothesis) {
  return pairs_in(hypothesis.second) >= kFewestPairs ? hypothesis.second : hypothesis.first;
}

double alpha_of(Level level, const GateSettings& settings) {
  switch (level) {
    case Level::whole:
      return settings.whole_alpha;
    case Level::family:
      return settings.family_alpha;
    case Level::cell:
      return settings.cell_alpha;
  }
  return 0;
}

std::size_t tests_of_level(const std::vector<PairedHypothesis>& hypotheses, Level level,
                           const GateSettings& settings) {
  std::size_t all = 0;
  std::size_t again = 0;
  for (const PairedHypothesis& hypothesis : hypotheses) {
    if (hypothesis.level != level || !hypothesis.gated) continue;
    ++all;
    if (pairs_in(hypothesis.second) >= kFewestPairs) ++again;
  }
  const double usual = level == Level::whole
                           ? static_cast<double>(all)
                           : std::ceil(settings.suspicious_share * static_cast<double>(all));
  return std::max({again, static_cast<std::size_t>(usual), std::size_t{1}});
}

}  // namespace ipcbench
