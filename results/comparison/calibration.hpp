// How much this host's numbers differ between sessions of an unchanged program. A comparison of two stored
// reports has to allow for that, and cannot find a smaller change.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// Standard deviations of the natural logarithm of a time: 0.03 is about 3 %. NaN: the metric is unknown.
struct SessionVariance {
  double session_sd = 0;  // between sessions, beyond what the launches of a session explain
  double launch_sd = 0;   // between a cell's launches in one session; for a group, the median over cells
  double within_sd = 0;   // of a session's centre, as far as its launches explain it
  // Of a session's centre, moderated over the cells or families (moderation.hpp): what a comparison uses. The
  // whole is one, so that its own sessions alone count.
  double centre_sd = 0;
  double freedom = 0;  // degrees of freedom of centre_sd
};

inline constexpr double kNoDeviation = std::numeric_limits<double>::quiet_NaN();
inline constexpr SessionVariance kUnknownVariance{kNoDeviation, kNoDeviation, kNoDeviation, kNoDeviation, 0};

struct CalibratedEntry {
  Level level = Level::cell;
  std::string name;
  std::array<SessionVariance, kMetrics> metrics{};  // by Metric
};

struct Calibration {
  std::string version;  // the program's
  std::string host_name;
  std::vector<Fact> host;
  std::size_t sessions = 0;
  std::size_t launches = 0;  // per cell and session, the median
  std::string started_utc;   // start of the first session
  std::string ended_utc;     // end of the last
  std::vector<CalibratedEntry> entries;
};

// With fewer sessions, the variance between them cannot be estimated.
inline constexpr std::size_t kFewestSessions = 5;

// Calibrates from sessions of one host, one program and one selection, with the families of `settings`.
// Throws ReportError for fewer than kFewestSessions sessions, sessions of different hosts or programs, a
// session given twice, and sessions without a common cell.
Calibration calibrate(const std::vector<SampledReport>& sessions, const GateSettings& settings);

// The median over the cells of a metric's session_sd, for cells that were not calibrated. NaN if unknown.
double typical_session_sd(const Calibration& calibration, Metric metric);

// JSON: {"ipcbench_calibration": 2, ...}. Reading throws ReportError naming file and place.
std::string calibration_json(const Calibration& calibration);
Calibration read_calibration(const std::filesystem::path& file);
// The same from pieces of text, as results/report/json_document.hpp takes them; messages begin with `origin`.
Calibration parse_calibration(const std::function<std::string_view()>& next_piece, const std::string& origin);

// A table for a terminal: for each entry, time and CPU time, the standard deviations and the smallest change
// that a comparison of two sessions finds.
std::string calibration_table(const Calibration& calibration, const GateSettings& settings);

}  // namespace ipcbench
