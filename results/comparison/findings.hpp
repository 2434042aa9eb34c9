// The steps that both methods of comparison share: pairing cells, collecting the tests, and turning numbers
// into findings.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <numbers>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/statistics/moderation.hpp"
#include "results/statistics/signed_rank.hpp"

namespace ipcbench {

// A report's cells by name. Refers to the report.
using CellsByName = std::unordered_map<std::string_view, const SampledCell*>;
CellsByName cells_by_name(const SampledReport& report);

struct CellPair {
  const SampledCell* base = nullptr;
  const SampledCell* candidate = nullptr;
};

// The cells that both reports have, in the order of the base.
std::vector<CellPair> common_cells(const SampledReport& base, const SampledReport& candidate);

// Cells judged together; `cells` are indices into a list of cells.
struct CellGroup {
  Level level = Level::family;
  std::string name;
  std::vector<std::size_t> cells;
};

// The whole, then the families. Families are those of the settings, or by default the cells that differ only
// in size; a family of one cell is left out, since that cell is judged by itself. The whole is all cells, and
// is left out if there are fewer than two families. Cells that may not be gated belong to no group.
std::vector<CellGroup> groups_of(const std::vector<CellPair>& cells, const GateSettings& settings);

// The probability of a false alarm that a level may spend.
double alpha_of(Level level, const GateSettings& settings);

// Whether what is judged at a level may be steadier than the others of its level: a family may not.
Steadiness steadiness_of(Level level);

// A finding's identity and threshold, for a cell with the medians of all its launches. The statistics are
// filled in later, and the medians once it is known which launches are compared.
Finding finding_for_cell(const CellPair& cell, Metric metric, const GateSettings& settings);
Finding finding_for_group(const CellGroup& group, Metric metric, const GateSettings& settings);

// Everything that is tested, with the numbers of the test.
template <class Numbers>
struct Tested {
  std::vector<Finding> findings;
  std::vector<Numbers> numbers;  // one for each finding
};

// Collects each metric of each cell for which of_cell(Finding&, index of the cell) returns numbers, an
// std::optional<Numbers>; then each metric of each group in which at least two cells have numbers:
// of_group(Finding&, CellGroup, numbers of those cells) returns the group's.
template <class Numbers, class OfCell, class OfGroup>
Tested<Numbers> collect(const std::vector<CellPair>& cells, const GateSettings& settings, OfCell of_cell,
                        OfGroup of_group) {
  Tested<Numbers> tested;
  const auto add = [&tested](Finding finding, Numbers numbers) {
    tested.findings.push_back(std::move(finding));
    tested.numbers.push_back(std::move(numbers));
  };
  std::map<std::pair<std::size_t, Metric>, std::size_t> places;  // of the cells' numbers
  for (std::size_t i = 0; i < cells.size(); ++i) {
    for (const Metric metric : kAllMetrics) {
      Finding finding = finding_for_cell(cells[i], metric, settings);
      std::optional<Numbers> numbers = of_cell(finding, i);
      if (!numbers) continue;
      places[{i, metric}] = tested.numbers.size();
      add(std::move(finding), std::move(*numbers));
    }
  }
  for (const CellGroup& group : groups_of(cells, settings)) {
    for (const Metric metric : kAllMetrics) {
      std::vector<const Numbers*> members;
      for (const std::size_t cell : group.cells) {
        const auto place = places.find({cell, metric});
        if (place != places.end()) members.push_back(&tested.numbers[place->second]);
      }
      if (members.size() < 2) continue;
      Finding finding = finding_for_group(group, metric, settings);
      Numbers numbers = of_group(finding, group, members);
      add(std::move(finding), std::move(numbers));
    }
  }
  return tested;
}

// The interval of a log ratio as one of the ratio.
Ratio ratio_of(const Shift& log_ratio);

// The smallest change, as a share, that a one-sided t test with this standard error of the log ratio and this
// many degrees of freedom (infinite: a normal test) finds with the wanted power, as one of `tests` that share
// `alpha`: (t(1 - alpha / tests) + t(power)) standard errors.
double detectable_effect(double standard_error, std::size_t tests, double alpha, double power,
                         double freedom = std::numeric_limits<double>::infinity());

// The standard error that a distribution-free interval implies: its width over twice the normal quantile.
// Infinite if the confidence is 0.
double standard_error(const Shift& shift);

// The verdict from a finding's numbers. `may_regress`: whether its p value may count; in a duet, only if it
// comes from fresh blocks.
Verdict judge(const Finding& finding, double alpha, bool may_regress);

// The verdict if the difference between sessions is unknown: slower and faster are true of these two sessions
// only, and everything else is inconclusive.
Verdict judge_here(const Finding& finding, double alpha);

// The median of a metric over launches, in nanoseconds; 0 if none has it.
double median_ns(const std::vector<Sample>& launches, Metric metric);

// The centre and spread of the logarithms of one metric over the launches of a cell.
struct LogCentre {
  double centre = 0;  // Hodges-Lehmann's
  double sd = 0;      // between launches; 0 if there is only one
  std::size_t launches = 0;
};

// Empty if no launch has the metric.
std::optional<LogCentre> log_centre(const std::vector<Sample>& launches, Metric metric);

// The variance of a Hodges-Lehmann centre under Gaussian noise, as a multiple of the mean's.
inline constexpr double kCentreVariance = std::numbers::pi / 3;

}  // namespace ipcbench
