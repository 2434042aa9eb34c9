#include "results/comparison/side_by_side.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "results/testing/sample_comparison.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::sample_cell;
using testing::sample_finding;

Comparison column(const std::string& origin, Verdict verdict, double ratio) {
  Comparison comparison;
  comparison.method = Method::independent;
  comparison.base.origin = "results/old.json";
  comparison.candidate.origin = "results/" + origin;
  comparison.verdict = verdict;
  comparison.findings = {sample_finding(sample_cell(1024), verdict, ratio),
                         sample_finding(sample_cell(64), Verdict::unchanged, 1.001)};
  return comparison;
}

const Comparisons kTwo{column("b.json", Verdict::inconclusive, 1.05),
                       column("c.json", Verdict::regressed, 1.31)};

// Catches a change that is not certain shown as one, and reports in each other's columns.
TEST(SideBySide, ShowsEachReportBesideTheBase) {
  const std::string text = side_by_side_text(kTwo, {});
  EXPECT_THAT(text, ContainsRegex("time +old.json +b.json +c.json"));
  EXPECT_THAT(text, ContainsRegex("pipe latency 1 KiB +5.00 us +5.25 us +~ +6.55 us +[+]31 %\n"));
  EXPECT_THAT(text, ContainsRegex("geometric mean +[+]2.5 % +[+]14.5 %\n"));
  EXPECT_THAT(text, HasSubstr("1 more cell without a certain change"));
  EXPECT_THAT(text, ContainsRegex("c.json: REGRESSED: 1 of 2 cells is slower"));
  EXPECT_THAT(side_by_side_text(kTwo, {.all = true}),
              ContainsRegex("64 B +5.00 us +5.00 us +~ +5.00 us +~\n[^\n]* 1 KiB"));
}

TEST(SideBySide, ACellThatAReportLacksHasADash) {
  Comparisons lacking = kTwo;
  lacking[0].findings.erase(lacking[0].findings.begin());
  EXPECT_THAT(side_by_side_text(lacking, {}), ContainsRegex("1 KiB +5.00 us +- +6.55 us +[+]31 %\n"));
}

// As many columns at once as fit; none is lost.
TEST(SideBySide, KeepsToTheWidth) {
  Comparisons many;
  for (int i = 0; i < 9; ++i) many.push_back(column(fmt::format("{}.json", i), Verdict::regressed, 1.2));
  std::stringstream stream(side_by_side_text(many, {.columns = 72}));
  for (std::string line; std::getline(stream, line);) EXPECT_LE(line.size(), 72U) << line;
  for (int i = 0; i < 9; ++i) EXPECT_THAT(stream.str(), HasSubstr(fmt::format("  {}.json", i)));
}

TEST(SideBySide, MarkdownStaysBelowTheLimitOfAComment) {
  Comparisons many{kTwo[0], kTwo[1]};
  for (std::size_t i = 0; i < 5000; ++i) {
    many[1].findings.push_back(sample_finding(sample_cell(i), Verdict::regressed, 2));
  }
  const std::string text = side_by_side_markdown(many, {});
  EXPECT_LT(text.size(), 60'000U);
  EXPECT_THAT(text,
              AllOf(ContainsRegex("[0-9]+ more cells are left out here"), HasSubstr("| geometric mean |")));
  EXPECT_THAT(side_by_side_markdown(kTwo, {}), HasSubstr("| pipe latency 1 KiB | 5.00 us | 5.25 us | \\~ |"));
}

TEST(SideBySide, JsonHasEachComparisonWhole) {
  const auto json = nlohmann::json::parse(side_by_side_json(kTwo, {}));
  EXPECT_EQ(json.at("base"), "results/old.json");
  EXPECT_EQ(json.at("comparisons").size(), 2U);
  EXPECT_EQ(json.at("comparisons").at(1).at("verdict"), "regressed");
  EXPECT_THAT(json.at("comparisons").at(1).at("headline").get<std::string>(), Not(HasSubstr("old")));
}

}  // namespace
}  // namespace ipcbench
