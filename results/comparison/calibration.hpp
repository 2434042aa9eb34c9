// How much this host's numbers change from one session to the next although nothing has changed: what a
// comparison of two stored reports has to allow for, and the smallest change that it can find.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// Standard deviations of the natural logarithm of a time: 0.03 is about 3 %. NaN: the metric is not known.
struct SessionVariance {
  double session_sd = 0;  // between sessions, beyond what the launches of a session explain
  double launch_sd = 0;   // between the launches of one session; of a family or of the whole, of one cell
};

struct CalibratedEntry {
  Level level = Level::cell;
  std::string name;
  std::array<SessionVariance, kMetrics> metrics{};  // by Metric
};

struct Calibration {
  std::string version;  // of the program
  std::string host_name;
  std::vector<Fact> host;
  std::size_t sessions = 0;
  std::size_t launches = 0;  // per cell and session, the median
  std::string started_utc;   // of the first session
  std::string ended_utc;     // of the last
  std::vector<CalibratedEntry> entries;
};

// The fewest sessions that say anything about the variance between them.
inline constexpr std::size_t kFewestSessions = 5;

// Of sessions of one host, one program and one selection. Families are those of `settings`. Throws
// ReportError for fewer than kFewestSessions, sessions of different hosts or programs, a session that is
// there twice, and none with a cell in common.
Calibration calibrate(const std::vector<SampledReport>& sessions, const GateSettings& settings);

// The median over the cells of a metric's session_sd: the host's, for what was not calibrated. NaN if there
// is none.
double typical_session_sd(const Calibration& calibration, Metric metric);

// The smallest change, as a share, that comparing two sessions of `launches` launches each finds with the
// wanted power, as one of `tests` tests of its level.
double floor_of(const SessionVariance& variance, std::size_t launches, std::size_t sessions,
                std::size_t tests, double alpha, double power);

// JSON: {"ipcbench_calibration": 1, ...}. Reading throws ReportError naming file and place.
std::string calibration_json(const Calibration& calibration);
Calibration read_calibration(const std::filesystem::path& file);
Calibration parse_calibration(const std::string& text, const std::string& origin);
// As text: the families with their session sd and floor, the noisiest cells.
std::string calibration_table(const Calibration& calibration, const GateSettings& settings);

}  // namespace ipcbench
