// A duet: both sides have the same blocks, and each block of a cell gives one log ratio.
#include "results/comparison/paired_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "results/comparison/compare.hpp"
#include "results/comparison/distance_classes.hpp"

namespace ipcbench {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Fewer pairs cannot reach 95 % in any test.
constexpr std::size_t kFewestPairs = 6;

// One in five unchanged cells has a lower p value; a cell above it is not run again.
constexpr double kSuspiciousP = 0.2;
// If the whole looks slower, everything is run again. By chance this may happen in one session of twenty.
constexpr double kSuspiciousWholeP = 0.05;

Differences present(Differences differences) {
  std::erase_if(differences, [](double difference) { return std::isnan(difference); });
  return differences;
}

std::size_t pairs_in(const Differences& differences) {
  return static_cast<std::size_t>(
      std::ranges::count_if(differences, [](double difference) { return !std::isnan(difference); }));
}

// --- From two reports to hypotheses -------------------------------------------------------------------

// The blocks of a duet by number: those of the first stage, and the fresh ones.
using Blocks = std::vector<std::uint32_t>;
struct Stages {
  Blocks first;
  Blocks second;
};

Stages stages_of(const std::vector<CellPair>& cells, std::uint32_t first_blocks) {
  std::set<std::uint32_t> all;
  for (const CellPair& cell : cells) {
    for (const Sample& sample : cell.base->samples) all.insert(sample.launch);
  }
  const auto fresh = all.lower_bound(first_blocks);
  return {{all.begin(), fresh}, {fresh, all.end()}};
}

// A cell's launches by block.
std::map<std::uint32_t, const Sample*> by_block(const SampledCell& cell) {
  std::map<std::uint32_t, const Sample*> samples;
  for (const Sample& sample : cell.samples) samples.emplace(sample.launch, &sample);
  return samples;
}

double log_ratio(const Sample& base, const Sample& candidate, Metric metric) {
  if (!at_one_distance(base, candidate)) return kMissing;
  const double ratio = candidate.ns[place_of(metric)] / base.ns[place_of(metric)];
  return ratio > 0 && std::isfinite(ratio) ? std::log(ratio) : kMissing;
}

// One log ratio for each of the blocks.
Differences differences_of(const CellPair& cell, Metric metric, const Blocks& blocks) {
  const auto base = by_block(*cell.base);
  const auto candidate = by_block(*cell.candidate);
  Differences differences;
  for (const std::uint32_t block : blocks) {
    const auto b = base.find(block);
    const auto c = candidate.find(block);
    const bool both = b != base.end() && c != candidate.end();
    differences.push_back(both ? log_ratio(*b->second, *c->second, metric) : kMissing);
  }
  return differences;
}

// A group has fresh blocks if all of its cells have.
PairedHypothesis hypothesis_for(const CellGroup& group, const std::vector<const PairedHypothesis*>& members) {
  std::vector<const Differences*> first;
  std::vector<const Differences*> second;
  for (const PairedHypothesis* member : members) {
    first.push_back(&member->first);
    if (pairs_in(member->second) >= kFewestPairs) second.push_back(&member->second);
  }
  const bool again = second.size() == members.size();
  return {group.level, true, group.cells, centre_of(first), again ? centre_of(second) : Differences{}};
}

using TestedPairs = Tested<PairedHypothesis>;

TestedPairs tested_pairs(const std::vector<CellPair>& cells, const SampledReport& base,
                         const GateSettings& settings) {
  const Stages stages = stages_of(cells, base.session.duet->first_blocks);
  const auto of_cell = [&](const Finding& finding, std::size_t i) -> std::optional<PairedHypothesis> {
    Differences first = differences_of(cells[i], finding.metric, stages.first);
    Differences second = differences_of(cells[i], finding.metric, stages.second);
    if (pairs_in(first) + pairs_in(second) == 0) return std::nullopt;
    return PairedHypothesis{Level::cell, finding.gated, {i}, std::move(first), std::move(second)};
  };
  const auto of_group = [](const Finding&, const CellGroup& group, const auto& members) {
    return hypothesis_for(group, members);
  };
  return collect<PairedHypothesis>(cells, settings, of_cell, of_group);
}

// --- What to run again --------------------------------------------------------------------------------

// The smallest p value over all metrics, by the hypothesis's cells.
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
  std::vector<std::pair<std::vector<std::size_t>, double>> order(suspects.begin(), suspects.end());
  std::ranges::stable_sort(order, {}, [](const auto& suspect) { return suspect.second; });
  const auto most = static_cast<std::size_t>(std::ceil(share * static_cast<double>(order.size())));
  for (std::size_t i = 0; i < most && order[i].second <= kSuspiciousP; ++i) {
    chosen.insert(order[i].first.begin(), order[i].first.end());
  }
}

// --- Tests and findings -------------------------------------------------------------------------------

// Corrects the p values of the gated hypotheses of one level whose selected differences suffice for a test.
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

struct TestsOfLevel {
  std::size_t again = 0;    // hypotheses with fresh blocks
  std::size_t planned = 0;  // those that share the level's error budget: the usual number of `again`, or more
};

TestsOfLevel tests_of_level(const std::vector<PairedHypothesis>& hypotheses, Level level,
                            const GateSettings& settings) {
  std::size_t all = 0;
  std::size_t again = 0;
  for (const PairedHypothesis& hypothesis : hypotheses) {
    if (hypothesis.level != level || !hypothesis.gated) continue;
    ++all;
    if (pairs_in(hypothesis.second) >= kFewestPairs) ++again;
  }
  const double usual_share = level == Level::whole ? 1 : settings.suspicious_share;
  const auto usual = static_cast<std::size_t>(std::ceil(usual_share * static_cast<double>(all)));
  return {again, std::max({again, usual, std::size_t{1}})};
}

// Before the second stage, the standard error is that of the number of blocks planned for it.
double planned_error(const Shift& shift, std::size_t pairs, const Finding& finding,
                     const GateSettings& settings) {
  const double error = standard_error(shift);
  if (finding.second_stage || settings.second_blocks <= pairs) return error;
  return error * std::sqrt(static_cast<double>(pairs) / static_cast<double>(settings.second_blocks));
}

// With too few fresh blocks, no slowdown is significant, however large. What is surely unchanged or faster
// stays so.
void refuse_what_cannot_fail(Finding& finding, std::size_t tests, double alpha) {
  const std::size_t needed = blocks_to_decide(tests, alpha);
  if (finding.base_launches >= needed) return;
  finding.detectable_effect = std::numeric_limits<double>::infinity();
  if (finding.verdict == Verdict::unchanged || finding.verdict == Verdict::improved) return;
  finding.verdict = Verdict::unguarded;
  finding.reason = fmt::format("{} fresh blocks cannot decide among {} {}; {} are needed",
                               finding.base_launches, tests, tests == 1 ? "test" : "tests", needed);
}

// Judges by the fresh blocks, or by the first ones where there are no fresh ones.
void complete(Finding& finding, const PairedHypothesis& hypothesis, const TestsOfLevel& tests,
              const GateSettings& settings) {
  finding.second_stage = pairs_in(hypothesis.second) >= kFewestPairs;
  const Differences values = present(finding.second_stage ? hypothesis.second : hypothesis.first);
  finding.base_launches = values.size();
  finding.new_launches = values.size();
  if (values.size() < kFewestPairs) {
    finding.verdict = Verdict::unguarded;
    finding.reason = "fewer than 6 pairs of launches";
    finding.detectable_effect = std::numeric_limits<double>::infinity();
    return;
  }
  const Shift shift = estimate_shift(values, settings.confidence);
  finding.ratio = ratio_of(shift);
  finding.p_slower = signed_rank_p(values);
  const double alpha = alpha_of(finding.level, settings);
  finding.detectable_effect = detectable_effect(planned_error(shift, values.size(), finding, settings),
                                                tests.planned, alpha, settings.power);
  finding.verdict = judge(finding, alpha, finding.second_stage);
  if (finding.second_stage && finding.gated) refuse_what_cannot_fail(finding, tests.again, alpha);
}

}  // namespace

Differences centre_of(const std::vector<const Differences*>& cells) {
  Differences centre;
  for (std::size_t block = 0; !cells.empty() && block < cells.front()->size(); ++block) {
    Differences values;
    for (const Differences* cell : cells) values.push_back((*cell)[block]);
    values = present(std::move(values));
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
  PairedTests tests{std::vector<double>(hypotheses.size(), 1.0), std::vector<double>(hypotheses.size(), 1.0)};
  for (const auto& [level, name, label] : kAxis<Level>) {
    correct(tests.p_slower, hypotheses, level, settings, [](const PairedHypothesis& h) { return h.second; });
    correct(tests.p_faster, hypotheses, level, settings, [](const PairedHypothesis& h) {
      Differences negated = h.first;
      for (double& difference : negated) difference = -difference;
      return negated;
    });
  }
  return tests;
}

std::vector<Finding> paired_findings(const SampledReport& base, const SampledReport& candidate,
                                     const GateSettings& settings) {
  auto [findings, hypotheses] = tested_pairs(common_cells(base, candidate), base, settings);
  const PairedTests p = test_pairs(hypotheses, settings);
  std::map<Level, TestsOfLevel> tests;
  for (const auto& [level, name, label] : kAxis<Level>) {
    tests[level] = tests_of_level(hypotheses, level, settings);
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    findings[i].p_slower_adjusted = p.p_slower[i];
    findings[i].p_faster_adjusted = p.p_faster[i];
    complete(findings[i], hypotheses[i], tests[findings[i].level], settings);
  }
  return std::move(findings);
}

std::vector<std::string> suspicious_cells(const SampledReport& base, const SampledReport& candidate,
                                          const GateSettings& settings) {
  const std::vector<CellPair> cells = common_cells(base, candidate);
  std::vector<std::string> names;
  for (const std::size_t cell : suspicious(tested_pairs(cells, base, settings).numbers, settings)) {
    names.push_back(cells[cell].base->name);
  }
  return names;
}

}  // namespace ipcbench
