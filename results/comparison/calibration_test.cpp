#include "results/comparison/calibration.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "results/report/json_document.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

using ipcbench::testing::made_report;
using ipcbench::testing::steady;

std::vector<SampledReport> calibration_sessions(const std::vector<double>& levels) {
  std::vector<SampledReport> sessions;
  for (const double level : levels) {
    sessions.push_back(made_report(std::to_string(level),
                                   {steady("pipe", 64, 1000 * level), steady("pipe", 1, 1000 * level)}));
  }
  return sessions;
}

// The logarithms of the levels are -0.02 to 0.02 in steps of 0.01: their standard deviation is 0.0158.
TEST(Calibration, FindsTheVarianceBetweenSessions) {
  const auto sessions =
      calibration_sessions({std::exp(-0.02), std::exp(-0.01), 1, std::exp(0.01), std::exp(0.02)});
  const Calibration calibration = calibrate(sessions, {});
  ASSERT_EQ(calibration.entries.size(), 3U);
  EXPECT_EQ(calibration.entries[0].level, Level::family);
  for (const CalibratedEntry& entry : calibration.entries) {
    EXPECT_NEAR(entry.metrics[0].session_sd, 0.0158, 0.0003);
    EXPECT_NEAR(entry.metrics[0].launch_sd, 0.0116, 0.0005);  // uniform within 2 %
  }
  EXPECT_NEAR(typical_session_sd(calibration, Metric::time), 0.0158, 0.0003);
}

// Catches variance between launches that is counted as variance between sessions.
TEST(Calibration, SubtractsWhatLaunchesExplain) {
  const Calibration calibration = calibrate(calibration_sessions({1, 1.0001, 1.0002, 1.0003, 1.0004}), {});
  EXPECT_DOUBLE_EQ(calibration.entries[1].metrics[0].session_sd, 0);
}

TEST(Calibration, RefusesWhatIsNoSeriesOfSessions) {
  EXPECT_THROW(calibrate(calibration_sessions({1, 2, 3, 4}), {}), ReportError);
  EXPECT_THROW(calibrate(calibration_sessions({1, 2, 3, 4, 4}), {}), ReportError);
  auto sessions = calibration_sessions({1, 2, 3, 4, 5});
  sessions[2].host = {{"kernel_release", "6.18.0"}};
  EXPECT_THROW(calibrate(sessions, {}), ReportError);
}

// Catches deviations whose squares are infinite, which would end in an exception of Boost.Math.
TEST(Calibration, DeviationsThatCannotBe) {
  const auto error_with = [](const char* sd) -> std::string {
    try {
      const std::string text = fmt::format(
          R"({{"ipcbench_calibration": 2, "version": "", "host_name": "", "host": {{}}, "sessions": 5,
                       "launches": 3, "started_utc": "", "ended_utc": "", "entries": [{{"level": "cell", "name": "a",
                       "metrics": {{"time": {{"session_sd": {}, "launch_sd": 0, "within_sd": 0,
                       "centre_sd": 0.01, "freedom": 4}}}}}}]}})",
          sd);
      parse_calibration(pieces_of(text), "file.json");
    } catch (const ReportError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(error_with("100"), "accepted");
  EXPECT_NE(error_with("1e200").find("session_sd: 1e+200 is not from 0 to 100"), std::string::npos);
  EXPECT_NE(error_with("-1").find("-1 is not from 0 to 100"), std::string::npos);
}

}  // namespace
}  // namespace ipcbench
