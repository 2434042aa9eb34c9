// Several reports of the base against one new report: the bases themselves show how much sessions differ
// without a change, so that no calibration is needed. A new session is expected within a prediction interval
// around the bases' mean: its variance is S^2 (1 + 1 / number of bases), with S^2 the variance between bases.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/report/report_json.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// With fewer bases, their variance says next to nothing: t at 0.004 / 100 is 158 for two and 25 for three.
inline constexpr std::size_t kFewestBases = 3;

// Reports that may not be compared, though each of them is a good report. Ends the program with 3.
class IncomparableError : public ReportError {
 public:
  using ReportError::ReportError;
};

struct ChosenBases {
  std::vector<SampledReport> kept;
  std::vector<LeftOut> left_out;
};

// Leaves out what does not fit the new report or the other bases: a plain Google Benchmark report, a session
// that is there already, an invalid measurement, other facts of the host or other settings in force than the
// new report's (unless `across` matches them), another version than most bases ("version" in `across`), and
// bases without a cell that more than half of them have. Throws IncomparableError, which names them with
// their reasons, if fewer than kFewestBases are left.
ChosenBases choose_bases(std::vector<SampledReport> bases, const SampledReport& candidate,
                         const std::vector<std::string>& across);

// All of them as one report: the frame of the one that ended last, every cell that all have, and each launch
// with the index of its base as its number.
SampledReport merged(const std::vector<SampledReport>& bases);

struct PredictedFindings {
  std::vector<Finding> findings;  // unordered
  // Standard deviation of a base's log time, the median over the cells; empty if no cell can be judged.
  std::optional<double> session_sd;
};

// `base` is merged() of that many bases.
PredictedFindings predicted_findings(const SampledReport& base, std::size_t bases,
                                     const SampledReport& candidate, const GateSettings& settings);

}  // namespace ipcbench
