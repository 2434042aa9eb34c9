// A duet: both sides have the same blocks, and each block of a cell is one log ratio.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "results/comparison/compare.hpp"
#include "results/comparison/findings.hpp"
#include "results/comparison/paired_hypotheses.hpp"

namespace ipcbench {
namespace {

// The blocks of a duet, by number; those of one stage.
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

using ByBlock = std::map<std::uint32_t, const Sample*>;

ByBlock by_block(const SampledCell& cell) {
  ByBlock samples;
  for (const Sample& sample : cell.samples) samples.emplace(sample.launch, &sample);
  return samples;
}

double log_ratio(const Sample& base, const Sample& candidate, Metric metric) {
  const double ratio = candidate.ns[place_of(metric)] / base.ns[place_of(metric)];
  return ratio > 0 && std::isfinite(ratio) ? std::log(ratio) : std::numeric_limits<double>::quiet_NaN();
}

// One value for each of the blocks.
Differences differences_of(const ByBlock& base, const ByBlock& candidate, Metric metric,
                           const Blocks& blocks) {
  Differences differences;
  for (const std::uint32_t block : blocks) {
    const auto b = base.find(block);
    const auto c = candidate.find(block);
    const bool paired = b != base.end() && c != candidate.end();
    differences.push_back(paired ? log_ratio(*b->second, *c->second, metric)
                                 : std::numeric_limits<double>::quiet_NaN());
  }
  return differences;
}

// Everything that is tested, with what stands beside its numbers in the report.
struct Suite {
  std::vector<CellPair> cells;
  std::vector<PairedHypothesis> hypotheses;
  std::vector<Finding> findings;  // one for each hypothesis
};

class SuiteBuilder {
 public:
  SuiteBuilder(const SampledReport& base, const SampledReport& candidate, const GateSettings& settings)
      : settings_(settings) {
    suite_.cells = common_cells(base, candidate);
    stages_ = stages_of(suite_.cells, base.session.duet->first_blocks);
    for (std::size_t i = 0; i < suite_.cells.size(); ++i) add_cell(i);
    for (const CellGroup& group : families_of(suite_.cells, settings)) add_group(Level::family, group);
    for (const CellGroup& group : whole_of(suite_.cells, settings)) add_group(Level::whole, group);
  }

  Suite take() { return std::move(suite_); }

 private:
  void add_cell(std::size_t i) {
    const CellPair& cell = suite_.cells[i];
    const ByBlock base = by_block(*cell.base);
    const ByBlock candidate = by_block(*cell.candidate);
    for (const Metric metric : kAllMetrics) {
      PairedHypothesis hypothesis{Level::cell,
                                  metric,
                                  cell.base->pinned,
                                  {i},
                                  differences_of(base, candidate, metric, stages_.first),
                                  differences_of(base, candidate, metric, stages_.second)};
      if (pairs_in(hypothesis.first) + pairs_in(hypothesis.second) == 0) continue;
      place_[{i, metric}] = suite_.hypotheses.size();
      Finding finding = finding_for_cell(*cell.base, metric, settings_);
      finding.base_ns = median_or_zero(values_of(*cell.base, metric));
      finding.new_ns = median_or_zero(values_of(*cell.candidate, metric));
      suite_.hypotheses.push_back(std::move(hypothesis));
      suite_.findings.push_back(std::move(finding));
    }
  }

  // A group has fresh blocks if all of its cells have.
  void add_group(Level level, const CellGroup& group) {
    for (const Metric metric : kAllMetrics) {
      std::vector<const Differences*> first;
      std::vector<const Differences*> second;
      bool again = true;
      for (const std::size_t cell : group.cells) {
        const auto found = place_.find({cell, metric});
        if (found == place_.end()) continue;
        const PairedHypothesis& member = suite_.hypotheses[found->second];
        first.push_back(&member.first);
        second.push_back(&member.second);
        again = again && pairs_in(member.second) >= kFewestPairs;
      }
      if (first.size() < 2) continue;
      suite_.hypotheses.push_back(
          {level, metric, true, group.cells, centre_of(first), again ? centre_of(second) : Differences{}});
      suite_.findings.push_back(finding_for_group(level, group, metric, settings_));
    }
  }

  const GateSettings& settings_;
  Stages stages_;
  Suite suite_;
  std::map<std::pair<std::size_t, Metric>, std::size_t> place_;  // of a cell's hypotheses
};

Differences present(const Differences& differences) {
  Differences values;
  std::ranges::copy_if(differences, std::back_inserter(values), [](double d) { return !std::isnan(d); });
  return values;
}

// Before the second stage, what a finding could have reached in it: as many blocks as that has.
double planned_error(const Shift& shift, std::size_t pairs, const Finding& finding,
                     const GateSettings& settings) {
  const double error = standard_error(shift);
  if (finding.second_stage || settings.second_blocks <= pairs) return error;
  return error * std::sqrt(static_cast<double>(pairs) / static_cast<double>(settings.second_blocks));
}

void complete(Finding& finding, const PairedHypothesis& hypothesis, std::size_t tests,
              const GateSettings& settings) {
  const Differences values = present(deciding(hypothesis));
  finding.base_launches = values.size();
  finding.new_launches = values.size();
  if (values.size() < kFewestPairs) {
    finding.verdict = Verdict::unguarded;
    finding.reason = "fewer than 6 pairs of launches";
    finding.detectable_effect = std::numeric_limits<double>::infinity();
    return;
  }
  const Shift shift = estimate_shift(values, settings.confidence);
  finding.second_stage = pairs_in(hypothesis.second) >= kFewestPairs;
  finding.ratio = ratio_of(shift);
  finding.p_slower = signed_rank_p(values);
  finding.detectable_effect = detectable_effect(planned_error(shift, values.size(), finding, settings), tests,
                                                alpha_of(finding.level, settings), settings.power);
  finding.verdict = judge(finding, alpha_of(finding.level, settings), finding.second_stage);
}

}  // namespace

std::vector<Finding> paired_findings(const SampledReport& base, const SampledReport& candidate,
                                     const GateSettings& settings) {
  Suite suite = SuiteBuilder(base, candidate, settings).take();
  const PairedTests tests = test_pairs(suite.hypotheses, settings);
  for (std::size_t i = 0; i < suite.findings.size(); ++i) {
    Finding& finding = suite.findings[i];
    finding.p_slower_adjusted = tests.p_slower[i];
    finding.p_faster_adjusted = tests.p_faster[i];
    complete(finding, suite.hypotheses[i], tests_of_level(suite.hypotheses, finding.level, settings),
             settings);
  }
  return std::move(suite.findings);
}

std::vector<std::string> suspicious_cells(const SampledReport& base, const SampledReport& candidate,
                                          const GateSettings& settings) {
  const Suite suite = SuiteBuilder(base, candidate, settings).take();
  std::vector<std::string> names;
  for (const std::size_t cell : suspicious(suite.hypotheses, settings))
    names.push_back(suite.cells[cell].base->name);
  return names;
}

}  // namespace ipcbench
