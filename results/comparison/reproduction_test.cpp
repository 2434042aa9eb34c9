// Expected values: a standard deviation of 2 % between sessions and launches that are all alike leave an
// error of sqrt(2) 0.02 = 0.02828 of the logarithm; the margin of 10 % is ln 1.1 = 0.09531; two-sided normal.
#include "results/comparison/reproduction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/comparison/several_bases.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

using ipcbench::testing::made_cell;
using ipcbench::testing::made_report;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

SampledCell alike(const std::string& mechanism, double ns) {
  return made_cell(mechanism, 64, 0, 6, [ns](std::uint32_t) { return ns; });
}

Reproduction judged(std::vector<SampledCell> base, std::vector<SampledCell> candidate,
                    const ReproductionOptions& options = {}) {
  return judge_reproduction(made_report("old.json", std::move(base)),
                            made_report("here.json", std::move(candidate)), options);
}

Reproduction judged_at(double ns, const ReproductionOptions& options = {}) {
  return judged({alike("pipe", 1000)}, {alike("pipe", ns)}, options);
}

// Catches a margin that is no interval's, one-sided values, and a difference that counts from no change
// instead of from the margin.
TEST(Reproduction, FollowsTheIntervalOfACell) {
  const auto verdict = [](double ns) { return judged_at(ns).cells.front().verdict; };
  EXPECT_EQ(verdict(1040), Reproduced::reproduced);  // (0.09531 - 0.03922) / 0.02828 = 1.983: p 0.047
  EXPECT_EQ(verdict(1050), Reproduced::too_weak);    // 1.645: p 0.10
  EXPECT_EQ(verdict(1150), Reproduced::too_weak);    // 1.572 beyond: p 0.12
  EXPECT_EQ(verdict(1170), Reproduced::differs);     // 2.181 beyond: p 0.029
  EXPECT_EQ(verdict(840), Reproduced::differs);      // 2.795 beyond
  const ReproducedCell cell = judged_at(1040).cells.front();
  EXPECT_NEAR(cell.p_reproduced, 0.0474, 0.0005);
  EXPECT_NEAR(cell.finding.ratio.high, 1.04 * 1.0570, 0.0005);  // exp(1.96 x 0.02828)
}

// Catches a margin or a standard deviation that is given and not used, and one that is not told.
TEST(Reproduction, SaysWhatItTakesForGranted) {
  const Reproduction assumed = judged_at(1040);
  EXPECT_EQ(assumed.session_sd, 0.02);
  EXPECT_THAT(reproduction_text(assumed, false, 500), HasSubstr("not measured"));
  ReproductionOptions noisy;
  noisy.sessions.assumed_session_sd = 0.05;
  EXPECT_EQ(judged_at(1000, noisy).cells.front().verdict, Reproduced::too_weak);  // 1.348: p 0.18
  EXPECT_EQ(judged_at(1000, noisy).session_sd_from, "given");
  EXPECT_EQ(judged_at(1050, {.within = 0.2}).cells.front().verdict, Reproduced::reproduced);
}

// One cell of ten at p 0.047 is no discovery at 5 %: that needs 0.005. Catches cells that are judged as if
// each were the only one.
TEST(Reproduction, CorrectsForTheNumberOfCells) {
  std::vector<SampledCell> base;
  std::vector<SampledCell> candidate;
  for (int i = 0; i < 10; ++i) {
    base.push_back(alike("pipe" + std::to_string(i), 1000));
    candidate.push_back(alike("pipe" + std::to_string(i), i == 0 ? 1040 : 1095));
  }
  EXPECT_EQ(judged(base, candidate).count(Reproduced::too_weak), 10U);
}

// Catches a cell that is dropped in silence, and one that cannot be made here counted as a failure.
TEST(Reproduction, NamesWhatTheSecondSessionLacks) {
  const SampledReport base = made_report(
      "old.json", {alike("pipe", 1000), alike("tcp", 1000), alike("udp", 1000), alike("fifo", 1000)});
  SampledReport candidate = made_report("here.json", {alike("pipe", 1000), alike("other", 1000)});
  candidate.skipped = {{base.cells[1].name, "no network"}};
  candidate.failed = {{base.cells[2].name, "killed"}};
  const Reproduction result = judge_reproduction(base, candidate, {});
  ASSERT_EQ(result.cells.size(), 1U);
  ASSERT_EQ(result.not_possible.size(), 1U);
  EXPECT_EQ(result.not_possible[0].reason, "no network");
  ASSERT_EQ(result.failed.size(), 1U);
  EXPECT_EQ(result.failed[0].reason, "killed");
  ASSERT_EQ(result.not_measured.size(), 1U);
  EXPECT_EQ(result.not_measured[0].cell, base.cells[3].name);
  EXPECT_THAT(reproduction_text(result, false, 100),
              HasSubstr("Reproduced: 1 of 4 cells; 1 not possible here; 1 failed; 1 not measured."));
}

// Catches a difference of hosts that stops the judgement instead of explaining it, and a fact that differs on
// purpose named as a cause.
TEST(Reproduction, ExplainsDifferencesByFactsAndFloors) {
  SampledReport base = made_report("old.json", {alike("pipe", 1000)});
  SampledReport candidate = made_report("here.json", {alike("pipe", 2000)});
  base.host = {{"kernel_release", "6.1"}, {"cpu_model", "A"}};
  candidate.host = {{"kernel_release", "6.18"}, {"cpu_model", "B"}};
  base.floors.distances = {{{.cpus = Cpus::same, .line_rtt_ns = {}, .wake_ns = 2000}}};
  candidate.floors.distances = {{{.cpus = Cpus::same, .line_rtt_ns = {}, .wake_ns = 5000}}};
  ReproductionOptions options;
  options.sessions.across = {"kernel_*"};
  const Reproduction result = judge_reproduction(base, candidate, options);
  EXPECT_EQ(result.cells.front().verdict, Reproduced::differs);
  const std::string text = reproduction_text(result, false, 100);
  EXPECT_THAT(text, HasSubstr("cpu_model: A in old.json, B in here.json"));
  EXPECT_THAT(text, Not(HasSubstr("kernel_release")));
  EXPECT_THAT(text, HasSubstr("wake-up, cpus:same"));
  EXPECT_THAT(text, HasSubstr("2.50"));
  const auto json = nlohmann::json::parse(reproduction_json(result));
  EXPECT_EQ(json.at("counts").at("differs"), 1);
  EXPECT_EQ(json.at("floors")[0].at("ratio"), 2.5);
}

SampledCell at_distance(SampledCell cell, double line_ns) {
  for (Sample& sample : cell.samples) sample.line_rtt_ns = line_ns;
  return cell;
}

// A machine whose CPUs are farther apart is a machine on which the cell differs. Catches the refusal that is
// right for two sessions of one machine.
TEST(Reproduction, JudgesAcrossDistances) {
  const Reproduction result =
      judged({at_distance(alike("ring", 1000), 110)}, {at_distance(alike("ring", 4000), 485)});
  EXPECT_EQ(result.cells.front().verdict, Reproduced::differs);
  EXPECT_THAT(reproduction_text(result, false, 100), HasSubstr("110 -> 485 ns"));
}

// Catches figures that a session itself calls invalid, a single launch, and unpinned ends taken for certain.
TEST(Reproduction, DoesNotJudgeWhatNobodyCanTell) {
  SampledReport candidate = made_report("here.json", {alike("pipe", 1000)});
  candidate.doubts = {{Doubt::Level::invalid, "4 % steal time.", ""}};
  const Reproduction invalid =
      judge_reproduction(made_report("old.json", {alike("pipe", 1000)}), candidate, {});
  EXPECT_EQ(invalid.invalid, "4 % steal time.");
  EXPECT_EQ(invalid.count(Reproduced::too_weak), 1U);

  SampledCell single = alike("pipe", 2000);
  single.samples.resize(1);
  const Reproduction lonely = judged({alike("pipe", 1000)}, {single});
  EXPECT_EQ(lonely.cells.front().verdict, Reproduced::too_weak);
  EXPECT_THAT(lonely.cells.front().reason, HasSubstr("one launch in here.json"));

  SampledCell loose = alike("pipe", 1000);
  loose.pinned = false;
  EXPECT_THAT(judged({loose}, {loose}).cells.front().reason, HasSubstr("not pinned"));
}

// Catches a session that confirms itself, and a calibration of a third machine.
TEST(Reproduction, RefusesSidesThatSayNothing) {
  const SampledReport base = made_report("old.json", {alike("pipe", 1000)});
  EXPECT_THROW(judge_reproduction(base, base, {}), ReportError);
  SampledReport side = base;
  SampledReport other = made_report("new", {alike("pipe", 1000)});
  side.session.duet = DuetSide{.id = "d", .side = "base"};
  other.session.duet = DuetSide{.id = "d", .side = "new"};
  EXPECT_THROW(judge_reproduction(side, other, {}), ReportError);
  EXPECT_THROW(judged({alike("pipe", 1000)}, {alike("tcp", 1000)}), ReportError);
  ReproductionOptions options;
  options.sessions.calibration = Calibration{};
  options.sessions.calibration->host_name = "third";
  EXPECT_THROW(judged_at(1000, options), IncomparableError);
}

}  // namespace
}  // namespace ipcbench
