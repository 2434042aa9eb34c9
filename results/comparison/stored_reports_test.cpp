// Two stored reports: what may be compared, what is said beside the verdict, and what cannot be judged.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "results/comparison/compare.hpp"
#include "results/comparison/differing_facts.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

using ipcbench::testing::made_cell;
using ipcbench::testing::made_report;
using ipcbench::testing::made_side;
using ipcbench::testing::wobble;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SampledCell launches(std::size_t size, double ns, std::uint32_t count = 12, std::uint32_t shift = 0) {
  return made_cell("pipe", size, 0, count,
                   [=](std::uint32_t launch) { return ns * wobble(launch + shift, 0.02); });
}

CompareOptions steady_host() {
  CompareOptions options;
  options.assumed_session_sd = 0.005;
  return options;
}

Comparison stored(const SampledReport& base, const SampledReport& candidate) {
  return compare(base, candidate, {}, steady_host());
}

const Finding& level_finding(const Comparison& comparison, Level level, Metric metric,
                             const std::string& part) {
  return *std::ranges::find_if(comparison.findings, [&](const Finding& finding) {
    return finding.level == level && finding.metric == metric && finding.name.find(part) != std::string::npos;
  });
}

bool says(const Comparison& comparison, const std::string& what) {
  return std::ranges::any_of(comparison.doubts, [&](const Doubt& doubt) {
    return doubt.what.find(what) != std::string::npos && doubt.level != Doubt::Level::invalid;
  });
}

// --- What may be compared ------------------------------------------------------------------------------

// Catches a pipe of one page compared with one of sixteen under the same cell name; and a spin that each
// session measured taken for a setting.
TEST(StoredReports, AreIncomparableUnderOtherSettings) {
  SampledReport base = made_report("base.json", {launches(64, 1000), launches(4096, 1000)});
  SampledReport candidate = made_report("new.json", {launches(64, 1000), launches(4096, 1000)});
  for (SampledCell& cell : base.cells)
    cell.settings = {{"pipe_bytes", {65536}}, {"old", {1}}, {"spin_us", {7}}};
  for (SampledCell& cell : candidate.cells) cell.settings = {{"pipe_bytes", {4096}}, {"spin_us", {9}}};
  const Comparison comparison = stored(base, candidate);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::incomparable);
  EXPECT_THAT(comparison.differing,
              ElementsAre(AllOf(HasSubstr("pipe_bytes: 65536 in base.json, 4096 in new.json"),
                                HasSubstr("2 cells such as pipe/latency/size:64"))));
  CompareOptions on_purpose = steady_host();
  on_purpose.across = {"pipe_*"};
  EXPECT_THAT(compare(base, candidate, {}, on_purpose).differing, IsEmpty());
  candidate.cells[0].settings = candidate.cells[1].settings = base.cells[0].settings;
  EXPECT_THAT(stored(base, candidate).differing, IsEmpty());
}

DescribedHost host(const std::string& name, std::vector<Fact> facts) { return {name + ".json", name, facts}; }

// A machine is known by its identifier, whatever it is called; without one by its name, unless it is a
// container.
TEST(StoredReports, KnowAMachineByItsIdentifier) {
  const Fact one{"machine_id", "1"};
  const Fact two{"machine_id", "2"};
  const Fact docker{"container", "docker"};
  EXPECT_THAT(differing_facts(host("a", {one}), host("b", {one}), {}), IsEmpty());
  EXPECT_THAT(differing_facts(host("a", {one}), host("a", {two}), {}),
              ElementsAre("machine_id: 1 in a.json, 2 in a.json"));
  EXPECT_THAT(differing_facts(host("a", {}), host("b", {one}), {}),
              ElementsAre("host_name: a in a.json, b in b.json"));
  EXPECT_THAT(differing_facts(host("a", {docker}), host("b", {docker, one}), {}), IsEmpty());
  EXPECT_THAT(differing_facts(host("a", {one}), host("b", {two}), {"machine_id"}), IsEmpty());
}

// Catches reports that cannot be compared with older ones, which say less.
TEST(StoredReports, CompareWhatBothSay) {
  const Fact arm{"architecture", "aarch64"};
  const Fact x86{"architecture", "x86_64"};
  EXPECT_THAT(differing_facts(host("a", {arm}), host("a", {}), {}), IsEmpty());
  EXPECT_THAT(differing_facts(host("a", {arm}), host("a", {x86}), {}),
              ElementsAre("architecture: aarch64 in a.json, x86_64 in a.json"));
}

Calibration calibration_of(const std::vector<Fact>& facts, const std::string& version = "0.1.0") {
  std::vector<SampledReport> sessions;
  for (int s = 0; s < 5; ++s) {
    sessions.push_back(
        made_report(fmt::format("{}.json", s), {launches(64, 1000 + s), launches(4096, 1000 - s)}));
    sessions.back().host = facts;
    sessions.back().version = version;
  }
  return calibrate(sessions, {});
}

std::string refusal_with(const Calibration& calibration, const std::vector<std::string>& across = {}) {
  SampledReport base = made_report("base.json", {launches(64, 1000)});
  base.host = {{"kernel_release", "6.1.0"}, {"cpu_model", "EPYC"}};
  SampledReport candidate = base;
  candidate.origin = "new.json";
  CompareOptions options;
  options.calibration = calibration;
  options.calibration_origin = "host.json";
  options.across = across;
  try {
    compare(base, candidate, {}, options);
  } catch (const IncomparableError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(StoredReports, RefuseTheCalibrationOfAnotherHost) {
  const std::vector<Fact> here{{"kernel_release", "6.1.0"}, {"cpu_model", "EPYC"}};
  EXPECT_EQ(refusal_with(calibration_of(here)), "accepted");
  const std::vector<Fact> there{{"kernel_release", "6.18.0"}, {"cpu_model", "EPYC"}};
  EXPECT_THAT(refusal_with(calibration_of(there)),
              AllOf(HasSubstr("host.json is of another host or program: kernel_release: 6.18.0 in host.json"),
                    HasSubstr("ipcbench calibrate"), HasSubstr("--across kernel_release")));
  EXPECT_EQ(refusal_with(calibration_of(there), {"kernel_*"}), "accepted");
  EXPECT_THAT(refusal_with(calibration_of(here, "0.2.0")), HasSubstr("version: 0.2.0 in host.json, 0.1.0"));
  EXPECT_EQ(refusal_with(calibration_of(here, "0.2.0"), {"version"}), "accepted");
}

// The calibration's launches vary by 10 %, and explain all that its sessions differ; those of the reports
// hardly vary. Catches degrees of freedom near 0, which overflow, and a variance that is only that of the
// launches here.
TEST(StoredReports, KeepTheVarianceOfANoisyCalibration) {
  std::vector<SampledReport> sessions;
  for (int s = 0; s < 5; ++s) {
    sessions.push_back(made_report(
        fmt::format("{}.json", s),
        {made_cell("pipe", 64, 0, 2, [s](std::uint32_t launch) { return 1000.0 + s + 100 * launch; })}));
  }
  CompareOptions options;
  options.calibration = calibrate(sessions, {});
  const auto quiet = [](double ns) {
    return made_cell("pipe", 64, 0, 2, [=](std::uint32_t i) { return ns + i * 1e-9; });
  };
  const Comparison comparison =
      compare(made_report("base.json", {quiet(1000)}), made_report("new.json", {quiet(1001)}), {}, options);
  const double centre_sd = options.calibration->entries.front().metrics[0].centre_sd;
  // t(0.975) of 4 degrees of freedom.
  EXPECT_NEAR(std::log(comparison.findings.front().ratio.high / comparison.findings.front().ratio.estimate),
              2.77645 * std::sqrt(2.0) * centre_sd, 1e-6);
}

// --- What cannot be judged -----------------------------------------------------------------------------

// One launch shows no variance. Catches "-19.7 % [-100.0, inf] <0.0001 improved", and a family and a whole
// that one such cell makes infinite.
TEST(StoredReports, DoNotJudgeASingleLaunch) {
  const SampledReport base =
      made_report("base.json", {launches(1, 1000), launches(64, 1000), launches(512, 1000)});
  const SampledReport candidate =
      made_report("new.json", {launches(1, 1000, 12, 3), launches(64, 1000, 12, 3), launches(512, 800, 1)});
  const Comparison comparison = stored(base, candidate);
  const Finding& lone = level_finding(comparison, Level::cell, Metric::time, "size:512");
  EXPECT_EQ(lone.verdict, Verdict::inconclusive);
  EXPECT_FALSE(lone.gated);
  EXPECT_THAT(lone.reason, HasSubstr("one launch in new.json shows no variance"));
  EXPECT_TRUE(std::isnan(lone.ratio.low) && std::isnan(lone.ratio.high));
  EXPECT_EQ(lone.p_faster_adjusted, 1);
  const Finding& family = level_finding(comparison, Level::family, Metric::time, "pipe/latency/wait");
  EXPECT_EQ(family.verdict, Verdict::unchanged);
  EXPECT_EQ(family.base_launches, 2U);  // cells
  EXPECT_EQ(comparison.verdict, Verdict::unchanged);
}

// Gives the first `count` launches a 99th percentile.
SampledCell with_tail(SampledCell cell, std::uint32_t count, double factor) {
  for (std::uint32_t i = 0; i < count; ++i) {
    cell.samples[i].ns[place_of(Metric::tail)] = factor * cell.samples[i].ns[place_of(Metric::time)];
  }
  return cell;
}

// Launches with enough samples for a 99th percentile are the fast ones. Catches those of one side compared
// with all of the other.
TEST(StoredReports, JudgeTheTailOnlyIfHalfOfTheLaunchesHaveIt) {
  const SampledReport base = made_report("base.json", {with_tail(launches(64, 1000), 12, 3)});
  const auto tail_with = [&](std::uint32_t count) {
    const SampledReport candidate = made_report("new.json", {with_tail(launches(64, 1000, 12, 3), count, 2)});
    return level_finding(stored(base, candidate), Level::cell, Metric::tail, "size:64");
  };
  EXPECT_EQ(tail_with(6).verdict, Verdict::improved);
  const Finding few = tail_with(5);
  EXPECT_EQ(few.verdict, Verdict::inconclusive);
  EXPECT_FALSE(few.gated);
  EXPECT_THAT(few.reason, HasSubstr("only 5 of 12 launches of new.json have this figure"));
}

// What no part of the calibration knows is not called faster for lack of a p value.
TEST(StoredReports, DoNotJudgeAMetricThatWasNotCalibrated) {
  CompareOptions options;
  options.calibration = calibration_of({});
  const SampledReport base = made_report("base.json", {with_tail(launches(64, 1000), 12, 3)});
  const SampledReport candidate = made_report("new.json", {with_tail(launches(64, 1000), 12, 2)});
  const Comparison comparison = compare(base, candidate, {}, options);
  const Finding& tail = level_finding(comparison, Level::cell, Metric::tail, "size:64");
  EXPECT_EQ(tail.verdict, Verdict::inconclusive);
  EXPECT_THAT(tail.reason, HasSubstr("calibrate with these cells"));
}

// Launches at other distances, and blocks that did not decide, are no part of the medians beside the change.
TEST(StoredReports, ShowTheMediansOfTheComparedLaunches) {
  const auto placed = [](std::uint32_t near) {
    SampledCell cell =
        made_cell("ring", 64, 0, 9, [=](std::uint32_t i) { return i < near ? 1000.0 + i : 5000.0; });
    for (Sample& sample : cell.samples) sample.line_rtt_ns = sample.launch < near ? 100 : 500;
    return cell;
  };
  const Comparison distances = stored(made_report("a", {placed(9)}), made_report("b", {placed(3)}));
  EXPECT_DOUBLE_EQ(level_finding(distances, Level::cell, Metric::time, "ring").new_ns, 1001);
  const auto late = [](double ns) {
    return made_cell("pipe", 64, 0, 40, [=](std::uint32_t block) { return block < 10 ? 500.0 : ns + block; });
  };
  const Comparison duet = compare(made_side("base", {late(1000)}), made_side("new", {late(1500)}), {}, {});
  const Finding& again = level_finding(duet, Level::cell, Metric::time, "pipe");
  EXPECT_TRUE(again.second_stage);
  EXPECT_DOUBLE_EQ(again.base_ns, 1024.5);  // of blocks 10 to 39
  EXPECT_DOUBLE_EQ(again.new_ns, 1524.5);
}

// --- What is said beside the verdict ---------------------------------------------------------------------

TEST(StoredReports, SayThatTheSidesOfADuetAreSwapped) {
  const SampledReport base = made_side("base", {launches(64, 1000)});
  const SampledReport candidate = made_side("new", {launches(64, 1000)});
  EXPECT_TRUE(
      says(compare(candidate, base, {}, {}), "The sides are swapped: new is the new side of this duet"));
  EXPECT_THAT(compare(base, candidate, {}, {}).doubts, IsEmpty());
}

TEST(StoredReports, SayThatBothSidesAreOneSession) {
  const SampledReport report = made_report("base.json", {launches(64, 1000)});
  EXPECT_TRUE(says(stored(report, report), "are the same session (base.json-session)"));
}

TEST(StoredReports, SayThatASideIsNotComplete) {
  const SampledReport base = made_report("base.json", {launches(64, 1000)});
  SampledReport candidate = made_report("new.json", {launches(64, 1000)});
  candidate.session.complete = false;
  candidate.session.note = "interrupted by a signal";
  EXPECT_TRUE(says(stored(base, candidate), "new.json is not complete: interrupted by a signal"));
  EXPECT_TRUE(says(stored(candidate, base), "new.json is not complete"));
  EXPECT_THAT(stored(base, made_report("new.json", {launches(64, 1000)})).doubts, IsEmpty());
}

TEST(StoredReports, SayHowManyLaunchesDrifted) {
  SampledReport base = made_report("base.json", {launches(64, 1000)});
  const SampledReport candidate = made_report("new.json", {launches(64, 1000)});
  base.cells[0].samples[3].steady = false;
  const Comparison one = stored(base, candidate);
  EXPECT_TRUE(says(one, "1 of 12 launches of base.json drifted"));
  EXPECT_EQ(one.doubts.front().level, Doubt::Level::info);
  base.cells[0].samples[4].steady = false;
  EXPECT_EQ(stored(base, candidate).doubts.front().level, Doubt::Level::warn);
}

// 2,000 messages instead of 600, in 70 ms instead of 20. A slower program that passes as many takes longer
// too, and that is no doubt.
TEST(StoredReports, SayThatTheSidesMeasuredForDifferentTimes) {
  const auto with_phase = [](std::string origin, double messages, double elapsed_ns) {
    SampledReport report = made_report(std::move(origin), {launches(64, 1000)});
    for (Sample& sample : report.cells[0].samples) {
      sample.messages = messages;
      sample.elapsed_ns = elapsed_ns;
    }
    return report;
  };
  const SampledReport base = with_phase("base.json", 600, 20e6);
  const char* const doubt = "In 1 of 1 cells the launches of base.json and new.json last for different times";
  EXPECT_TRUE(says(stored(base, with_phase("new.json", 2000, 70e6)), doubt));
  EXPECT_TRUE(says(stored(with_phase("base.json", 2000, 70e6), with_phase("new.json", 600, 20e6)), doubt));
  EXPECT_THAT(stored(base, with_phase("new.json", 600, 70e6)).doubts, IsEmpty());
  EXPECT_THAT(stored(base, with_phase("new.json", 2000, 20e6)).doubts, IsEmpty());
  EXPECT_THAT(stored(base, with_phase("new.json", 300, 30e6)).doubts, IsEmpty());
}

TEST(StoredReports, SayThatTheBaseIsNewer) {
  SampledReport base = made_report("base.json", {launches(64, 1000)});
  SampledReport candidate = made_report("new.json", {launches(64, 1000)});
  base.session.started_utc = "2026-02-01T00:00:00Z";
  candidate.session.started_utc = "2026-01-31T23:59:59Z";
  EXPECT_TRUE(says(stored(base, candidate), "The base is newer than the new report"));
  EXPECT_THAT(stored(candidate, base).doubts, IsEmpty());
}

}  // namespace
}  // namespace ipcbench
