// A duet: both sides have the same blocks, and each block of a cell gives one log ratio.
#include "results/comparison/paired_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "results/comparison/compare.hpp"
#include "results/comparison/distance_classes.hpp"
#include "results/comparison/suspects.hpp"

namespace ipcbench {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

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
PairedHypothesis hypothesis_for(const Finding& finding, const CellGroup& group,
                                const std::vector<const PairedHypothesis*>& members) {
  std::vector<const Differences*> first;
  std::vector<const Differences*> second;
  for (const PairedHypothesis* member : members) {
    first.push_back(&member->first);
    if (pairs_in(member->second) >= kFewestPairs) second.push_back(&member->second);
  }
  const bool again = second.size() == members.size();
  return {group.level,
          true,
          group.cells,
          centre_of(first),
          again ? centre_of(second) : Differences{},
          finding.smallest_effect};
}

using TestedPairs = Tested<PairedHypothesis>;

TestedPairs tested_pairs(const std::vector<CellPair>& cells, const SampledReport& base,
                         const GateSettings& settings) {
  const Stages stages = stages_of(cells, base.session.duet->first_blocks);
  const auto of_cell = [&](const Finding& finding, std::size_t i) -> std::optional<PairedHypothesis> {
    Differences first = differences_of(cells[i], finding.metric, stages.first);
    Differences second = differences_of(cells[i], finding.metric, stages.second);
    if (pairs_in(first) + pairs_in(second) == 0) return std::nullopt;
    return PairedHypothesis{Level::cell,      finding.gated,     {i},
                            std::move(first), std::move(second), finding.smallest_effect};
  };
  const auto of_group = [](const Finding& finding, const CellGroup& group, const auto& members) {
    return hypothesis_for(finding, group, members);
  };
  return collect<PairedHypothesis>(cells, settings, of_cell, of_group);
}

// --- Tests and findings -------------------------------------------------------------------------------

// The gated hypotheses of one level whose selected differences suffice for a test.
struct Selection {
  std::vector<std::size_t> places;
  std::vector<Differences> differences;
};

Selection select(const std::vector<PairedHypothesis>& hypotheses, Level level,
                 Differences PairedHypothesis::*stage) {
  Selection selection;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const Differences& differences = hypotheses[i].*stage;
    if (hypotheses[i].level != level || !hypotheses[i].gated || pairs_in(differences) < kFewestPairs)
      continue;
    selection.places.push_back(i);
    selection.differences.push_back(differences);
  }
  return selection;
}

void test_slower(std::vector<double>& p, const Selection& fresh, const GateSettings& settings) {
  if (fresh.places.empty()) return;
  const SignFlips flips(fresh.differences.front().size(), settings.flips, settings.seed);
  const std::vector<double> adjusted = step_down_p(fresh.differences, flips);
  for (std::size_t i = 0; i < fresh.places.size(); ++i) p[fresh.places[i]] = adjusted[i];
}

void test_faster(std::vector<double>& p, const Selection& first) {
  std::vector<double> single;
  for (Differences differences : first.differences) {
    for (double& difference : differences) difference = -difference;
    single.push_back(signed_rank_p(differences));
  }
  const std::vector<double> rates = discovery_rates(single);
  for (std::size_t i = 0; i < first.places.size(); ++i) p[first.places[i]] = rates[i];
}

// What a finding needs to know about the others.
struct Circumstances {
  std::set<std::size_t> suspects;         // cells that looked slower in the first blocks
  std::map<Level, std::size_t> again;     // hypotheses with fresh blocks
  std::map<Level, std::size_t> planned;   // those that share the level's error budget
  std::uint32_t fewest_fresh_blocks = 0;  // that the suspects need
};

Circumstances circumstances_of(const std::vector<PairedHypothesis>& hypotheses,
                               const GateSettings& settings) {
  Circumstances all;
  std::map<Level, std::size_t> gated;
  for (const PairedHypothesis& hypothesis : hypotheses) {
    std::size_t& count = gated[hypothesis.level];
    if (!hypothesis.gated) continue;
    ++count;
    all.again[hypothesis.level] += pairs_in(hypothesis.second) >= kFewestPairs ? 1U : 0U;
  }
  for (const auto& [level, count] : gated) {
    all.planned[level] = planned_tests(level, all.again[level], count, settings);
  }
  for (const Suspect& suspect : suspicious(hypotheses, settings)) all.suspects.insert(suspect.cell);
  all.fewest_fresh_blocks = fair_fresh_blocks(std::max<std::size_t>(all.suspects.size(), 1), settings);
  return all;
}

void refuse(Finding& finding, std::string reason) {
  finding.detectable_effect = std::numeric_limits<double>::infinity();
  if (finding.verdict != Verdict::inconclusive && finding.verdict != Verdict::unguarded) return;
  finding.verdict = Verdict::unguarded;
  finding.reason = std::move(reason);
}

// With too few fresh blocks, no slowdown is significant, however large.
void refuse_what_cannot_fail(Finding& finding, std::size_t tests, double alpha) {
  const std::size_t needed = blocks_to_decide(tests, alpha);
  if (finding.base_launches >= needed) return;
  refuse(finding, fmt::format("{} fresh blocks cannot decide among {} {}; {} are needed",
                              finding.base_launches, tests, tests == 1 ? "test" : "tests", needed));
}

bool was_left_out(const PairedHypothesis& hypothesis, const Circumstances& all) {
  return looks_slower(hypothesis) &&
         std::ranges::all_of(hypothesis.cells, [&](std::size_t cell) { return all.suspects.contains(cell); });
}

// The smallest change that this duet finds: with the fresh blocks that it had, or would have had.
double detectable(const Finding& finding, const PairedHypothesis& hypothesis, const Differences& values,
                  const Circumstances& all, const GateSettings& settings) {
  const Power power{spread_of(values, settings), pairs_in(hypothesis.first), all.planned.at(finding.level)};
  const std::size_t fresh = finding.second_stage
                                ? values.size()
                                : wanted_blocks(hypothesis, power, all.fewest_fresh_blocks, settings);
  return detectable_effect(hypothesis, power, fresh, settings);
}

// An improvement ends nothing, so one in ten may be false. Where all cells vary together all may be, hence
// the interval.
void note_improvement(Finding& finding, const GateSettings& settings) {
  const bool counts = finding.ratio.estimate <= 1 / (1 + finding.smallest_effect) && finding.ratio.high < 1;
  if (counts && finding.p_faster_adjusted <= settings.watch_rate) {
    finding.verdict = Verdict::improved;
    finding.reason.clear();
  }
}

// Judges by the fresh blocks, or by the first ones where there are no fresh ones.
void complete(Finding& finding, const PairedHypothesis& hypothesis, const Circumstances& all,
              const GateSettings& settings) {
  finding.second_stage = pairs_in(hypothesis.second) >= kFewestPairs;
  const Differences values = without_gaps(finding.second_stage ? hypothesis.second : hypothesis.first);
  finding.base_launches = values.size();
  finding.new_launches = values.size();
  if (values.size() < kFewestPairs) {
    finding.verdict = Verdict::unguarded;
    finding.reason = "fewer than 6 pairs of launches";
    finding.detectable_effect = std::numeric_limits<double>::infinity();
    return;
  }
  finding.ratio = ratio_of(estimate_shift(values, settings.confidence));
  finding.p_slower = signed_rank_p(values);
  const double alpha = alpha_of(finding.level, settings);
  finding.detectable_effect = detectable(finding, hypothesis, values, all, settings);
  finding.verdict = judge(finding, alpha, finding.second_stage);
  if (!finding.gated) return;
  if (finding.second_stage) {
    refuse_what_cannot_fail(finding, all.again.at(finding.level), alpha);
  } else if (was_left_out(hypothesis, all)) {
    refuse(finding,
           "it looks slower, but was not run again, which alone decides: raise --budget, or select fewer "
           "cells");
  }
  note_improvement(finding, settings);
}

// With the numbers of fresh blocks that the duet had in mind, as far as its report says.
GateSettings as_measured(GateSettings settings, const DuetSide& duet) {
  settings.second_blocks = duet.second_blocks.value_or(settings.second_blocks);
  settings.most_second_blocks = duet.most_second_blocks.value_or(settings.second_blocks);
  return settings;
}

}  // namespace

PairedTests test_pairs(const std::vector<PairedHypothesis>& hypotheses, const GateSettings& settings) {
  PairedTests tests{std::vector<double>(hypotheses.size(), 1.0), std::vector<double>(hypotheses.size(), 1.0)};
  for (const auto& [level, name, label] : kAxis<Level>) {
    test_slower(tests.p_slower, select(hypotheses, level, &PairedHypothesis::second), settings);
    test_faster(tests.p_faster, select(hypotheses, level, &PairedHypothesis::first));
  }
  return tests;
}

std::vector<Finding> paired_findings(const SampledReport& base, const SampledReport& candidate,
                                     const GateSettings& wanted) {
  const GateSettings settings = as_measured(wanted, *base.session.duet);
  auto [findings, hypotheses] = tested_pairs(common_cells(base, candidate), base, settings);
  const PairedTests p = test_pairs(hypotheses, settings);
  const Circumstances all = circumstances_of(hypotheses, settings);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    findings[i].p_slower_adjusted = p.p_slower[i];
    findings[i].p_faster_adjusted = p.p_faster[i];
    complete(findings[i], hypotheses[i], all, settings);
  }
  return std::move(findings);
}

std::vector<SuspiciousCell> suspicious_cells(const SampledReport& base, const SampledReport& candidate,
                                             const GateSettings& settings) {
  const std::vector<CellPair> cells = common_cells(base, candidate);
  std::vector<SuspiciousCell> found;
  for (const Suspect& suspect : suspicious(tested_pairs(cells, base, settings).numbers, settings)) {
    found.push_back({cells[suspect.cell].base->name, suspect.blocks});
  }
  return found;
}

}  // namespace ipcbench
