// Limits that the figures of a run have to keep to: "p99 < 200us".
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/cell.hpp"
#include "results/report/report.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {

// A figure of a cell's summary that a threshold can be about.
struct ThresholdFigure {
  std::string_view name;
  std::string_view summary;  // for the help
  // The figure; empty: the cell has none, or too few messages support it.
  std::optional<double> (*of)(const CellSummary& cell);
  // Throws std::invalid_argument.
  double (*parse)(std::string_view text);
  std::string (*format)(double value);
  bool (*applies)(Pattern pattern);  // whether cells of that pattern have such a figure at all
};

struct RunThreshold {
  std::string text;  // as it was given
  const ThresholdFigure* figure = nullptr;
  bool below = true;      // the figure has to be below the limit, otherwise above it
  bool or_equal = false;  // the limit itself is allowed
  double limit = 0;       // nanoseconds, messages or bytes a second, CPUs, or a share from 0 to 1

  [[nodiscard]] bool allows(double figure) const;
};

// A threshold and the names of the cells that it is about.
struct CellsThreshold {
  RunThreshold threshold;
  std::set<std::string> cells;
};

// What a run says about one cell and one threshold.
struct Judgement {
  enum class State { met, missed, unknown };
  std::string cell;
  RunThreshold threshold;
  State state = State::unknown;
  double figure = 0;   // unless unknown
  std::string reason;  // if unknown
};

// "p99 < 200us", "messages_per_second >= 50k": a figure, <, <=, > or >=, and a limit. Throws UsageError.
RunThreshold parse_threshold(std::string_view argument, const std::string& text);

// Throws UsageError if none of the cells can have the figure.
void check_threshold(const RunThreshold& threshold, const std::vector<Cell>& cells);

// One judgement for each threshold and each of its cells that were measured and can have the figure, in the
// order of the report. A threshold without any such cell has one unknown judgement. Floors are not judged.
std::vector<Judgement> judge(const Report& report, const std::vector<CellsThreshold>& thresholds);

// The thresholds that were missed or cannot be judged, each with what was measured and what is allowed, and
// how many were met.
std::string judgements_text(const std::vector<Judgement>& judgements);

// "p50 (the median time), p90, ...": for the help.
std::string threshold_figures_help();

}  // namespace ipcbench
