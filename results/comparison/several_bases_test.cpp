#include "results/comparison/several_bases.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "results/comparison/compare.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

using ipcbench::testing::made_cell;
using ipcbench::testing::made_report;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// One session of two cells: their launches are alike, so that only the session's level varies.
SampledReport session_at(int hour, double level, double second = 1) {
  SampledReport report = made_report(fmt::format("b{}.json", hour), {});
  report.session.started_utc = fmt::format("2026-01-31T{:02}:00:00Z", hour);
  report.session.ended_utc = fmt::format("2026-01-31T{:02}:10:00Z", hour);
  for (const auto& [size, factor] : {std::pair{64U, 1.0}, {4096U, second}}) {
    report.cells.push_back(
        made_cell("pipe", size, 0, 4, [&](std::uint32_t) { return 1000 * level * factor; }));
  }
  return report;
}

std::vector<SampledReport> bases_at(const std::vector<double>& levels) {
  std::vector<SampledReport> bases;
  for (const double level : levels) bases.push_back(session_at(static_cast<int>(bases.size()) + 1, level));
  return bases;
}

// Their logarithms are -0.02 to 0.02 in steps of 0.01: mean 0, variance 0.00025.
const std::vector<double> kFiveLevels{std::exp(-0.02), std::exp(-0.01), 1, std::exp(0.01), std::exp(0.02)};

template <class Error, class Do>
std::string refusal_of(const Do& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

const Finding& cell_finding(const Comparison& comparison, const std::string& part) {
  return *std::ranges::find_if(comparison.findings, [&](const Finding& finding) {
    return finding.level == Level::cell && finding.name.find(part) != std::string::npos;
  });
}

// t(0.975) of 4 degrees of freedom is 2.776, and the error is sqrt(0.00025 x 6 / 5): 0.0481. Catches the
// variance of a mean (0.00025 / 5), that of two sessions (twice 0.00025), and normal quantiles.
TEST(SeveralBases, GiveAPredictionInterval) {
  const Comparison comparison = compare(bases_at(kFiveLevels), session_at(9, 1.02), {}, {});
  EXPECT_EQ(comparison.method, Method::several_bases);
  EXPECT_THAT(comparison.bases, SizeIs(5));
  const Finding& cell = cell_finding(comparison, "size:64");
  EXPECT_NEAR(cell.ratio.estimate, 1.02, 1e-9);
  EXPECT_NEAR(std::log(cell.ratio.high / cell.ratio.estimate), 0.048086, 1e-5);
  EXPECT_EQ(cell.base_launches, 20U);
  EXPECT_EQ(cell.new_launches, 4U);
  EXPECT_NEAR(comparison.session_sd.value(), 0.0158114, 1e-6);
  EXPECT_NE(comparison.verdict, Verdict::regressed);
}

// Catches several bases that cannot fail the gate.
TEST(SeveralBases, FindASlowdownWithoutACalibration) {
  const Comparison comparison = compare(bases_at(kFiveLevels), session_at(9, 1.5), {}, {});
  EXPECT_EQ(cell_finding(comparison, "size:64").verdict, Verdict::regressed);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::regressed);
  EXPECT_EQ(gate_verdict(compare(bases_at(kFiveLevels), session_at(9, 1), {}, {}), false),
            Verdict::unchanged);
}

// A new report with one launch where the bases have 4 is not compared as if it had 4: with launches of
// standard deviation sd, its centre has pi / 3 x sd^2 x (1 / 2 - 1 / 4) more variance.
TEST(SeveralBases, AllowForFewerLaunches) {
  const auto noisy = [](std::uint32_t launch) { return launch % 2 == 0 ? 1000 * std::exp(0.1) : 1000.0; };
  std::vector<SampledReport> bases;
  for (int hour = 1; hour <= 5; ++hour) {
    bases.push_back(session_at(hour, 1));
    bases.back().cells = {made_cell("pipe", 64, 0, 4, noisy)};
  }
  SampledReport candidate = session_at(9, 1);
  candidate.cells = {made_cell("pipe", 64, 0, 2, noisy)};
  const Finding cell = cell_finding(compare(bases, candidate, {}, {}), "size:64");
  const double launch_variance = 0.01 / 3;  // 0.1 x 0.1 / 4, times 4 / 3
  const double error = std::sqrt(std::numbers::pi / 3 * launch_variance / 4);
  // t(0.975) of 15 degrees of freedom.
  EXPECT_NEAR(std::log(cell.ratio.high / cell.ratio.estimate), 2.13145 * error, 1e-5);
}

TEST(SeveralBases, AreThreeAtLeast) {
  const std::string refusal = refusal_of<ReportError>([] {
    compare(bases_at({1, 1.01}), session_at(9, 1), {}, {});
  });
  EXPECT_THAT(refusal, AllOf(HasSubstr("2 bases show no variance"), HasSubstr("at least 3"),
                             HasSubstr("ipcbench compare BASE NEW")));
}

// Each base that differs is named with its reason, and the others decide. Catches a base of another kernel,
// of other settings, of the new session itself, twice the same, of another version, without a cell, invalid.
TEST(SeveralBases, LeaveOutWhatDoesNotFit) {
  std::vector<SampledReport> bases = bases_at({1, 1.01, 0.99, 1, 1, 1, 1, 1, 1, 1});
  for (SampledReport& base : bases) base.cells[0].settings = {{"pipe_bytes", {65536}}};
  SampledReport candidate = session_at(11, 1);
  candidate.cells[0].settings = {{"pipe_bytes", {65536}}};
  bases[3].host = {{"kernel_release", "6.18.0"}};
  bases[4].cells[0].settings = {{"pipe_bytes", {4096}}};
  bases[5].session.id = candidate.session.id;
  bases[6].session.id = bases[0].session.id;
  bases[7].version = "0.2.0";
  bases[8].cells.pop_back();
  bases[9].doubts = {{Doubt::Level::invalid, "4 % steal time.", "Wait."}};
  const Comparison comparison = compare(bases, candidate, {}, {});
  EXPECT_THAT(comparison.bases, SizeIs(3));
  std::vector<std::string> reasons;
  for (const LeftOut& base : comparison.left_out) reasons.push_back(base.origin + ": " + base.reason);
  std::ranges::sort(reasons);
  EXPECT_THAT(reasons, ElementsAre(AllOf(HasSubstr("b10.json: "), HasSubstr("4 % steal time")),
                                   AllOf(HasSubstr("b4.json: "), HasSubstr("kernel_release: 6.18.0")),
                                   AllOf(HasSubstr("b5.json: "), HasSubstr("pipe_bytes: 4096")),
                                   AllOf(HasSubstr("b6.json: "), HasSubstr("the same session as the new")),
                                   AllOf(HasSubstr("b7.json: "), HasSubstr("the same session as b1.json")),
                                   AllOf(HasSubstr("b8.json: "), HasSubstr("version: 0.2.0")),
                                   AllOf(HasSubstr("b9.json: "), HasSubstr("lacks pipe/latency/size:4096"))));
  EXPECT_THAT(comparison.doubts.back().what, HasSubstr("was left out"));
}

// Catches a comparison that goes on with two bases, and a difference on purpose that is not allowed.
TEST(SeveralBases, AreIncomparableIfTooFewFit) {
  std::vector<SampledReport> bases = bases_at(kFiveLevels);
  for (SampledReport& base : bases) base.host = {{"kernel_release", "6.1.0"}};
  SampledReport candidate = session_at(9, 1);
  candidate.host = {{"kernel_release", "6.18.0"}};
  const std::string refusal = refusal_of<IncomparableError>([&] { compare(bases, candidate, {}, {}); });
  EXPECT_THAT(refusal, AllOf(HasSubstr("0 of 5 bases fit b9.json"), HasSubstr("kernel_release: 6.1.0"),
                             HasSubstr("--across")));
  bases[0].host = bases[1].host = candidate.host;
  EXPECT_THAT(refusal_of<IncomparableError>([&] { compare(bases, candidate, {}, {}); }),
              HasSubstr("2 of 5 bases fit b9.json, and at least 3 are needed"));
  CompareOptions on_purpose;
  on_purpose.across = {"kernel_*"};
  EXPECT_THAT(compare(bases, candidate, {}, on_purpose).bases, SizeIs(5));
}

// Catches bases of ten minutes that are taken for those of a week.
TEST(SeveralBases, SayWhereTheyAreOfOneHour) {
  const auto says = [](const Comparison& comparison) {
    return std::ranges::any_of(comparison.doubts, [](const Doubt& doubt) {
      return doubt.what.find("do not carry the variance between days") != std::string::npos;
    });
  };
  std::vector<SampledReport> bases = bases_at(kFiveLevels);
  EXPECT_FALSE(says(compare(bases, session_at(9, 1), {}, {})));
  for (SampledReport& base : bases) {
    base.session.started_utc = "2026-01-31T12:10:00Z";
    base.session.ended_utc = "2026-01-31T12:20:00Z";
  }
  EXPECT_TRUE(says(compare(bases, session_at(19, 1), {}, {})));
}

// A cell that the new report lacks fails the gate, as with one base; a cell with one launch is not judged.
TEST(SeveralBases, FailForAMissingCell) {
  SampledReport candidate = session_at(9, 1);
  candidate.cells[1].samples.resize(1);
  const Comparison lone = compare(bases_at(kFiveLevels), candidate, {}, {});
  EXPECT_FALSE(cell_finding(lone, "size:4096").gated);
  EXPECT_THAT(cell_finding(lone, "size:4096").reason, HasSubstr("one launch in b9.json"));
  candidate.cells.pop_back();
  EXPECT_EQ(gate_verdict(compare(bases_at(kFiveLevels), candidate, {}, {}), false), Verdict::missing);
}

// Both cells move by themselves by 10 %, in opposite directions: their family hardly moves.
TEST(SeveralBases, JudgeFamiliesByTheirOwnVariance) {
  std::vector<SampledReport> bases;
  for (const double level : {0.95, 1.05, 0.9, 1.1, 1.0}) {
    bases.push_back(session_at(static_cast<int>(bases.size()) + 1, level, 1.001 / level / level));
  }
  const Comparison comparison = compare(bases, session_at(9, 1.1), {}, {});
  const auto family = std::ranges::find(comparison.findings, Level::family, &Finding::level);
  ASSERT_NE(family, comparison.findings.end());
  EXPECT_EQ(family->verdict, Verdict::regressed);
  EXPECT_NE(cell_finding(comparison, "size:64").verdict, Verdict::regressed);
  EXPECT_THAT(family->reason, IsEmpty());
}

}  // namespace
}  // namespace ipcbench
