// Five outputs from made-up launches, by a stranger's rule: what happened, how sure is that, and what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "results/comparison/compare.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_headline.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::made_cell;
using testing::made_report;
using testing::made_side;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;
using testing::wobble;

constexpr std::uint32_t kLaunches = 40;
constexpr std::uint32_t kNoShift = 0;

// Forty launches that hardly vary, with all four metrics.
SampledCell quiet_cell(const std::string& mechanism, std::size_t size, double ns,
                       std::uint32_t shift = kNoShift, double share = 0.02) {
  SampledCell cell = made_cell(mechanism, size, 0, kLaunches,
                               [=](std::uint32_t launch) { return ns * wobble(launch + shift, share); });
  for (Sample& sample : cell.samples) {
    const double time = sample.ns[place_of(Metric::time)];
    sample.ns = {time, time * 0.9, time * 2, time * 1.5};
  }
  return cell;
}

// Twelve cells; `change` scales that of the ring with 64 B.
std::vector<SampledCell> twelve(double change, std::uint32_t shift, double share = 0.02) {
  std::vector<SampledCell> cells;
  for (const char* mechanism : {"pipe", "ring", "socket"}) {
    for (const std::size_t size : {1U, 64U, 4096U, 65536U}) {
      const bool changed = std::string_view(mechanism) == "ring" && size == 64;
      const double ns = 8000 + static_cast<double>(size);
      cells.push_back(quiet_cell(mechanism, size, ns * (changed ? change : 1), shift, share));
    }
  }
  return cells;
}

Comparison duet_with(double change, double share = 0.02) {
  return compare(made_side("base", twelve(1, 0, share)), made_side("new", twelve(change, 3, share)), {}, {});
}

Comparison sessions_with(double change, const CompareOptions& options) {
  return compare(made_report("old.json", twelve(1, 0)), made_report("new.json", twelve(change, 3)), {},
                 options);
}

const CompareOptions kKnown{.calibration = {}, .assumed_session_sd = 0.01, .across = {}};

std::vector<std::string> text_lines(const Comparison& comparison) {
  std::vector<std::string> lines;
  std::stringstream stream(comparison_text(comparison, {}));
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Catches a clean gate that does not look clean, and "telling" rows of what is equal.
TEST(ComparisonAnswers, Clean) {
  const Comparison comparison = duet_with(1);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
  const std::vector<std::string> lines = text_lines(comparison);
  EXPECT_THAT(lines.front(), MatchesRegex("No regression in 12 cells: 12 unchanged. Geometric mean .0.. %."));
  EXPECT_EQ(lines.back(), lines.front());
  EXPECT_THAT(comparison_text(comparison, {}),
              AllOf(HasSubstr("All cells: wait:block, peers:fork, cpus:same."), Not(HasSubstr("finds"))));
}

// Catches an alarm for every cell that is too noisy.
TEST(ComparisonAnswers, CleanButPartlyBlind) {
  const Comparison comparison = duet_with(1, 0.4);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
  EXPECT_THAT(
      headline(comparison),
      MatchesRegex("No regression in 12 cells: .*This comparison cannot see less than [0-9to .]+ % in "
                   "12 cells."));
  EXPECT_THAT(comparison_junit(comparison, {}), HasSubstr(R"(failures="0" errors="0" skipped="0")"));
  EXPECT_THAT(comparison_github(comparison, {}), StartsWith("::notice title=unguarded::"));
  EXPECT_THAT(comparison_text(comparison, {}), HasSubstr("To do: Give more time (--budget"));
}

TEST(ComparisonAnswers, OneSlower) {
  const Comparison comparison = duet_with(1.31);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::regressed);
  const std::vector<std::string> lines = text_lines(comparison);
  EXPECT_THAT(lines.at(0), StartsWith("REGRESSED: 1 of 12 cells is slower; "));
  EXPECT_EQ(lines.at(2),
            "To do: Make these cells faster, or accept them and take the new side as the next base.");
  EXPECT_THAT(lines.at(1), MatchesRegex("  ring latency 64 B   8... -> 10.. us   .3[01] % .[0-9]+ to [0-9]+. "
                                        "+time, low, cpu and tail"));
}

TEST(ComparisonAnswers, OneFaster) {
  const Comparison comparison = sessions_with(0.74, kKnown);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
  const std::vector<std::string> lines = text_lines(comparison);
  EXPECT_THAT(lines.at(0), StartsWith("IMPROVED: 1 of 12 cells is faster; 11 unchanged."));
  EXPECT_THAT(comparison_text(comparison, {}),
              ContainsRegex(
                  "unchanged.*\n  ring latency 64 B .*-26 % .-[0-9]+ to -[0-9]+. +time, low, cpu and tail"));
}

TEST(ComparisonAnswers, Invalid) {
  SampledReport candidate = made_side("new", twelve(1.31, 3));
  candidate.doubts.push_back({Doubt::Level::invalid, "11 % of the CPUs' time went to other programs.",
                              "Stop them and measure again."});
  const Comparison comparison = compare(made_side("base", twelve(1, 0)), candidate, {}, {});
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::invalid);
  EXPECT_EQ(
      text_lines(comparison).front(),
      "INVALID: nothing is judged. 11 % of the CPUs' time went to other programs. Stop them and measure");
  EXPECT_THAT(comparison_text(comparison, {}), Not(HasSubstr("31 %")));
  candidate.doubts.push_back({Doubt::Level::invalid, "Not optimised.", "Build with the release preset."});
  EXPECT_THAT(headline(compare(made_side("base", twelve(1, 0)), candidate, {}, {})),
              ::testing::EndsWith("Stop them and measure again. (and 1 more)"));
}

// Catches "inconclusive" for what is certain of these two sessions.
TEST(ComparisonAnswers, NoCalibration) {
  const Comparison comparison = sessions_with(1.31, {});
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
  const std::string text = comparison_text(comparison, {});
  EXPECT_THAT(text, StartsWith("NOT JUDGED: 1 of 12 cells is slower here, by up to 31 %; 11 undecided."));
  EXPECT_THAT(text, ContainsRegex("Slower here:\n  ring latency 64 B .*.31 % .[0-9]+ to [0-9]+. +time, low"));
  EXPECT_THAT(text, AllOf(HasSubstr("is not known: give"), HasSubstr("ipcbench calibrate")));
  EXPECT_THAT(text, Not(HasSubstr("inconclusive")));
}

// A creep of 4 % a change is seen, and fails nothing.
TEST(ComparisonAnswers, SlowerByLessThanCounts) {
  const Comparison comparison = duet_with(1.04, 0.002);
  EXPECT_EQ(gate_verdict(comparison, true), Verdict::unchanged);
  EXPECT_THAT(comparison_text(comparison, {}),
              AllOf(StartsWith("No regression in 12 cells: 1 slower by less than counts, 11 unchanged."),
                    ContainsRegex("Slower, by less than counts:\n  ring latency 64 B .*[+](3.9|4.0) %")));
  EXPECT_THAT(comparison_json(comparison, {}), HasSubstr(R"("verdict": "slower")"));
}

}  // namespace
}  // namespace ipcbench
