// Two sessions: each side is a handful of launches, and the host may have changed its mind in between. The
// difference of the sides' centres is judged by a normal theory on logarithms, since nothing ties a launch of
// one side to one of the other: its variance is that of both centres and twice that between sessions.
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "results/comparison/findings.hpp"
#include "results/comparison/independent.hpp"
#include "results/comparison/paired_hypotheses.hpp"
#include "results/statistics/sign_flips.hpp"

namespace ipcbench {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A part of a variance, and the degrees of freedom that it was estimated with.
struct Part {
  double variance = 0;
  double freedom = kInfinity;
};

// A difference of logarithms and the parts of its variance.
struct LogDifference {
  double estimate = 0;
  std::vector<Part> parts;

  [[nodiscard]] double variance() const {
    double sum = 0;
    for (const Part& part : parts) sum += part.variance;
    return sum;
  }
  // Welch and Satterthwaite's (Satterthwaite, Biometrics Bull. 2, 1946).
  [[nodiscard]] double freedom() const {
    double sum = 0;
    for (const Part& part : parts) sum += part.variance * part.variance / part.freedom;
    return sum == 0 ? kInfinity : variance() * variance() / sum;
  }
};

// The variance of a Hodges-Lehmann centre: by the standard deviation, so that outliers, which move the centre
// little, make the comparison careful and not alarmed; pi / 3 is what the centre loses to the mean under
// Gaussian noise. Of a single launch, what the calibration says about launches.
Part centre_variance(const LogCentre& centre, double launch_sd) {
  if (centre.launches >= 2) {
    const auto n = static_cast<double>(centre.launches);
    return {std::numbers::pi / 3 * centre.sd * centre.sd / n, n - 1};
  }
  return {std::isnan(launch_sd) ? kInfinity : launch_sd * launch_sd, kInfinity};
}

class SessionNoise {
 public:
  explicit SessionNoise(const CompareOptions& options) : options_(options) {
    if (!options.calibration) return;
    for (const Metric metric : kAllMetrics) {
      typical_[place_of(metric)] = typical_session_sd(*options.calibration, metric);
    }
    for (const CalibratedEntry& entry : options.calibration->entries)
      entries_[{entry.level, entry.name}] = &entry;
  }

  // For two sessions.
  [[nodiscard]] Part between(Level level, const std::string& name, Metric metric) const {
    if (options_.assumed_session_sd) {
      return {2 * *options_.assumed_session_sd * *options_.assumed_session_sd, kInfinity};
    }
    if (!options_.calibration) return {0, kInfinity};
    const double typical = typical_[place_of(metric)];
    double sd = std::isnan(typical) ? kInfinity : typical;
    // A cell that was lucky in its few sessions is not believed to be steadier than the others.
    if (const CalibratedEntry* entry = entry_of(level, name)) {
      const double own = entry->metrics[place_of(metric)].session_sd;
      if (!std::isnan(own))
        sd = std::isnan(typical) ? own : std::max(own, level == Level::cell ? typical : own);
    }
    return {2 * sd * sd, static_cast<double>(options_.calibration->sessions - 1)};
  }

  [[nodiscard]] double launch_sd(const std::string& cell, Metric metric) const {
    const CalibratedEntry* entry = entry_of(Level::cell, cell);
    return entry == nullptr ? std::numeric_limits<double>::quiet_NaN()
                            : entry->metrics[place_of(metric)].launch_sd;
  }

  [[nodiscard]] bool known() const { return options_.calibration || options_.assumed_session_sd; }

 private:
  [[nodiscard]] const CalibratedEntry* entry_of(Level level, const std::string& name) const {
    const auto found = entries_.find({level, name});
    return found == entries_.end() ? nullptr : found->second;
  }

  const CompareOptions& options_;
  MetricValues typical_{};  // by Metric
  std::map<std::pair<Level, std::string>, const CalibratedEntry*> entries_;
};

double upper_tail(double t, double freedom) {
  if (std::isnan(t)) return 1;
  const double few = std::min(freedom, 1e6);
  return boost::math::cdf(boost::math::complement(boost::math::students_t_distribution<double>(few), t));
}

// Fills in everything but the corrected p values and the verdict.
void fill(Finding& finding, const LogDifference& difference, std::size_t tests,
          const GateSettings& settings) {
  const double error = std::sqrt(difference.variance());
  if (!std::isfinite(error)) {
    finding.ratio = {std::exp(difference.estimate), 0, kInfinity, 0};
    finding.detectable_effect = kInfinity;
    return;
  }
  const boost::math::students_t_distribution<double> t(std::min(difference.freedom(), 1e6));
  const double reach = boost::math::quantile(t, (1 + settings.confidence) / 2) * error;
  finding.ratio = ratio_of({.estimate = difference.estimate,
                            .low = difference.estimate - reach,
                            .high = difference.estimate + reach,
                            .confidence = settings.confidence});
  finding.p_slower = error == 0 ? (difference.estimate > 0 ? 0.0 : 1.0)
                                : upper_tail(difference.estimate / error, difference.freedom());
  const double strict = boost::math::quantile(
      boost::math::complement(t, alpha_of(finding.level, settings) / static_cast<double>(tests)));
  const double powerful = boost::math::quantile(t, settings.power);
  finding.detectable_effect = std::expm1((strict + powerful) * error);
}

// All findings before their tests are corrected, which takes their number.
class Collection {
 public:
  Collection(const std::vector<CellPair>& cells, const GateSettings& settings, const SessionNoise& noise)
      : cells_(cells), settings_(settings), noise_(noise) {
    for (std::size_t i = 0; i < cells.size(); ++i) add_cell(i);
    for (const CellGroup& group : families_of(cells, settings)) add_group(Level::family, group);
    for (const CellGroup& group : whole_of(cells, settings)) add_group(Level::whole, group);
  }

  std::vector<Finding> conclude() {
    std::map<Level, std::size_t> tests;
    for (const Finding& finding : findings_) ++tests[finding.level];
    for (std::size_t i = 0; i < findings_.size(); ++i) {
      fill(findings_[i], differences_[i], tests[findings_[i].level], settings_);
    }
    for (const Level level : {Level::whole, Level::family, Level::cell}) judge_level(level);
    return std::move(findings_);
  }

 private:
  void add_cell(std::size_t i) {
    for (const Metric metric : kAllMetrics) {
      const auto base = log_centre(*cells_[i].base, metric);
      const auto candidate = log_centre(*cells_[i].candidate, metric);
      if (!base || !candidate) continue;
      const SampledCell& cell = *cells_[i].base;
      const double launch_sd = noise_.launch_sd(cell.name, metric);
      Finding finding = finding_for_cell(cell, metric, settings_);
      finding.base_ns = median_or_zero(values_of(cell, metric));
      finding.new_ns = median_or_zero(values_of(*cells_[i].candidate, metric));
      finding.base_launches = base->launches;
      finding.new_launches = candidate->launches;
      place_[{i, metric}] = findings_.size();
      findings_.push_back(std::move(finding));
      differences_.push_back({candidate->centre - base->centre,
                              {centre_variance(*base, launch_sd), centre_variance(*candidate, launch_sd),
                               noise_.between(Level::cell, cell.name, metric)}});
    }
  }

  // The cells' launches are independent of one another; the sessions are the same for all of them.
  void add_group(Level level, const CellGroup& group) {
    for (const Metric metric : kAllMetrics) {
      std::vector<double> estimates;
      Part within{0, 0};
      for (const std::size_t cell : group.cells) {
        const auto found = place_.find({cell, metric});
        if (found == place_.end()) continue;
        const LogDifference& member = differences_[found->second];
        estimates.push_back(member.estimate);
        within.variance += member.parts[0].variance + member.parts[1].variance;
        within.freedom += std::min(member.parts[0].freedom, member.parts[1].freedom);
      }
      if (estimates.size() < 2) continue;
      const auto m = static_cast<double>(estimates.size());
      within.variance *= std::numbers::pi / 3 / (m * m);
      Finding finding = finding_for_group(level, group, metric, settings_);
      finding.base_launches = finding.new_launches = estimates.size();
      findings_.push_back(std::move(finding));
      differences_.push_back(
          {hodges_lehmann(estimates), {within, noise_.between(level, group.name, metric)}});
    }
  }

  void judge_level(Level level) {
    std::vector<std::size_t> places;
    std::vector<double> slower;
    std::vector<double> faster;
    for (std::size_t i = 0; i < findings_.size(); ++i) {
      if (findings_[i].level != level) continue;
      places.push_back(i);
      slower.push_back(findings_[i].p_slower);
      faster.push_back(1 - findings_[i].p_slower);
    }
    const std::vector<double> slower_adjusted = holm_p(slower);
    const std::vector<double> faster_adjusted = holm_p(faster);
    for (std::size_t k = 0; k < places.size(); ++k) {
      Finding& finding = findings_[places[k]];
      finding.p_slower_adjusted = slower_adjusted[k];
      finding.p_faster_adjusted = faster_adjusted[k];
      finding.gated = finding.gated && noise_.known();
      // Within a session alone every verdict would be a guess.
      finding.verdict =
          noise_.known() ? judge(finding, alpha_of(level, settings_), true) : Verdict::inconclusive;
    }
  }

  const std::vector<CellPair>& cells_;
  const GateSettings& settings_;
  const SessionNoise& noise_;
  std::vector<Finding> findings_;
  std::vector<LogDifference> differences_;                       // one for each finding
  std::map<std::pair<std::size_t, Metric>, std::size_t> place_;  // of a cell's findings
};

}  // namespace

std::vector<Finding> independent_findings(const SampledReport& base, const SampledReport& candidate,
                                          const GateSettings& settings, const CompareOptions& options) {
  const std::vector<CellPair> cells = common_cells(base, candidate);
  const SessionNoise noise(options);
  return Collection(cells, settings, noise).conclude();
}

}  // namespace ipcbench
