#include "results/comparison/comparison_formats.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/base/text_layout.hpp"
#include "results/comparison/comparison_headline.hpp"
#include "results/comparison/comparison_view.hpp"
#include "results/comparison/gate_settings.hpp"
#include "results/testing/sample_comparison.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::sample_cell;
using testing::sample_comparison;
using testing::sample_finding;
using ::testing::StartsWith;
using Json = nlohmann::ordered_json;

void expect_gold(const std::string& text, const std::string& name) {
  const std::string path = fmt::format("{}/testing/{}", IPCBENCH_RESULTS_DIR, name);
  std::stringstream gold;
  gold << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, gold.str()) << name;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// A comparison in which all cells have one verdict.
Comparison comparison_of(std::size_t cells, Verdict verdict) {
  Comparison comparison = sample_comparison();
  comparison.findings.clear();
  comparison.absences.clear();
  comparison.differing.clear();
  comparison.verdict = verdict;
  for (std::size_t i = 0; i < cells; ++i) {
    comparison.findings.push_back(sample_finding(sample_cell(i), verdict, 1.1));
  }
  return comparison;
}

TEST(ComparisonWords, Changes) {
  EXPECT_EQ(change_text(1.123), "+12.3 %");
  EXPECT_EQ(change_text(0.8), "-20.0 %");
  EXPECT_EQ(change_text(0.9996), "+0.0 %");  // rounds to 0, which has no sign of its own
  EXPECT_EQ(change_text(12.5), "x12.5");
  EXPECT_EQ(change_text(std::numeric_limits<double>::quiet_NaN()), "?");
  EXPECT_EQ(interval_text({.estimate = 1, .low = 0.9, .high = 11, .confidence = 0.95}), "[-10.0, x11]");
  EXPECT_EQ(share_text(0.041), "4.1 %");
  EXPECT_EQ(share_text(1e7), ">1000 %");
  EXPECT_EQ(share_text(std::numeric_limits<double>::infinity()), "?");
}

TEST(ComparisonWords, TheSideOfTheEstimateDecidesWhichProbabilityIsShown) {
  Finding finding = sample_finding("a", Verdict::improved, 0.8);
  finding.p_slower_adjusted = 1;
  finding.p_faster_adjusted = 0.0021;
  EXPECT_EQ(p_text(finding), "0.0021");
  finding.ratio.estimate = 1.2;
  finding.p_slower_adjusted = 0.00001;
  EXPECT_EQ(p_text(finding), "<0.0001");
}

// Noise in the tail says nothing about time; a change in it does.
TEST(ComparisonWords, ACellIsCountedByItsTimeUnlessAnotherMetricChanged) {
  Comparison comparison = comparison_of(1, Verdict::unchanged);
  Finding tail = sample_finding(sample_cell(0), Verdict::unguarded, 1.1);
  tail.metric = Metric::tail;
  comparison.findings.insert(comparison.findings.begin(), tail);
  EXPECT_THAT(headline(comparison), AllOf(StartsWith("No regression in 1 cell: 1 unchanged."),
                                          HasSubstr("less than 4.1 % of tail in 1 cell")));
  EXPECT_EQ(count_cells(comparison).at(0).verdict, Verdict::unchanged);
  comparison.findings[0].verdict = Verdict::slower;
  EXPECT_THAT(headline(comparison), StartsWith("No regression in 1 cell: 1 slower by less than counts."));
  EXPECT_EQ(count_cells(comparison).at(0).verdict, Verdict::slower);
}

TEST(ComparisonFormats, AreThoseOfTheirGoldFiles) {
  const Comparison comparison = sample_comparison();
  expect_gold(comparison_text(comparison, {}), "comparison.gold.txt");
  expect_gold(comparison_text(comparison, {.all = true}), "comparison_all.gold.txt");
  expect_gold(comparison_text(comparison, {.details = true}), "comparison_details.gold.txt");
  expect_gold(comparison_json(comparison, {}), "comparison.gold.json");
  expect_gold(comparison_markdown(comparison, {}), "comparison.gold.md");
  expect_gold(comparison_junit(comparison, {}), "comparison.gold.xml");
  expect_gold(comparison_github(comparison, {}), "comparison_github.gold.txt");
}

TEST(ComparisonFormats, AreListedByTheirNames) {
  std::vector<std::string> names;
  for (const ComparisonFormat& format : comparison_formats()) {
    names.emplace_back(format.name);
    EXPECT_EQ(format.write(sample_comparison(), {}).back(), '\n') << format.name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"text", "json", "markdown", "junit", "github"}));
}

// Catches rows that a narrow terminal breaks in the middle of a number.
TEST(ComparisonText, FitsItsColumns) {
  for (const std::size_t columns : {kTextColumns, std::size_t{60}, std::size_t{40}}) {
    for (const std::string& line :
         lines_of(comparison_text(sample_comparison(), {.all = true, .columns = columns}))) {
      EXPECT_LE(line.size(), columns) << line;
    }
  }
}

// The last line is what a terminal shows when the program has ended.
TEST(ComparisonText, BeginsAndEndsWithItsHeadline) {
  Comparison comparison = comparison_of(3, Verdict::unchanged);
  comparison.findings[0].verdict = Verdict::regressed;
  comparison.verdict = Verdict::regressed;
  const std::vector<std::string> lines = lines_of(comparison_text(comparison, {}));
  EXPECT_EQ(lines.front(), "REGRESSED: 1 of 3 cells is slower; 2 unchanged. Geometric mean +10.0 %.");
  EXPECT_EQ(lines.back(), lines.front());
}

// Catches a cell that is listed once for each of its metrics.
TEST(ComparisonText, ACellHasOneRow) {
  Comparison comparison = comparison_of(2, Verdict::unchanged);
  comparison.findings.erase(comparison.findings.begin());
  for (const Metric metric : {Metric::tail, Metric::cpu, Metric::time}) {
    comparison.findings.insert(comparison.findings.begin(),
                               sample_finding(sample_cell(64), Verdict::regressed, 1.31));
    comparison.findings.front().metric = metric;
  }
  const std::string text = comparison_text(comparison, {});
  EXPECT_EQ(count_of(text, "64 B"), 1U);
  EXPECT_THAT(text, ContainsRegex(
                        "  pipe latency 64 B +5.00 -> 6.55 us +[+]31 % [(]29 to 34[)] +time, cpu and tail"));
}

// Only a terminal gets colours, and a name must not bring its own.
TEST(ComparisonText, HasColoursIfWanted) {
  Comparison comparison = comparison_of(1, Verdict::regressed);
  comparison.findings[0].name = "a\033[32mb";
  EXPECT_THAT(comparison_text(comparison, {}), Not(HasSubstr("\033")));
  const std::string text = comparison_text(comparison, {.colours = true});
  EXPECT_THAT(text,
              AllOf(StartsWith("\033[31mREGRESSED"), EndsWith("\033[0m\n"), Not(HasSubstr("\033[32m"))));
}

TEST(ComparisonText, CountsWhatIsUnchanged) {
  const std::string text = comparison_text(comparison_of(12, Verdict::unchanged), {});
  EXPECT_THAT(text, Not(HasSubstr("size:11")));
  EXPECT_THAT(text, Not(HasSubstr("11 B")));
  EXPECT_THAT(text, HasSubstr("12 unchanged"));
  EXPECT_THAT(comparison_text(comparison_of(12, Verdict::unchanged), {.all = true}),
              ContainsRegex("pipe latency 11 B +5.00 -> 5.50 us +~ +time"));
}

// The comparison can be repeated with the settings from its result.
TEST(ComparisonJson, HasItsSettingsAsASettingsFileHasThem) {
  const Json json = Json::parse(comparison_json(sample_comparison(), {}));
  EXPECT_EQ(json.at("ipcbench_comparison"), 1);
  const std::string file = ::testing::TempDir() + "comparison_settings.json";
  std::ofstream(file) << json.at("settings");
  const GateSettings settings = read_gate_settings(file);
  EXPECT_EQ(settings.thresholds.at(0).cells, "udp/*");
  EXPECT_EQ(settings.thresholds.at(0).metrics, std::vector{Metric::tail});
  EXPECT_EQ(settings.families.at(0).name, "rings");
}

// JSON cannot express numbers that are not finite.
TEST(ComparisonJson, UnknownNumbersAreNull) {
  const Json json = Json::parse(comparison_json(sample_comparison(), {}));
  EXPECT_TRUE(json.at("findings").at(8).at("detectable_effect").is_null());
  EXPECT_TRUE(json.at("findings").at(13).at("base_ns").is_null());
}

// GitHub rejects a longer comment, and the verdict would be lost.
TEST(ComparisonMarkdown, StaysBelowTheLimitAndCountsWhatItCuts) {
  for (const Verdict verdict : {Verdict::unchanged, Verdict::regressed, Verdict::inconclusive}) {
    const std::string text = comparison_markdown(comparison_of(5000, verdict), {});
    EXPECT_LT(text.size(), 60'000U);
    EXPECT_THAT(text, ContainsRegex("[0-9]+ more (rows|changes) are left out here"));
  }
  Comparison absent = comparison_of(2000, Verdict::unchanged);
  for (std::size_t i = 0; i < 5000; ++i) {
    absent.absences.push_back({sample_cell(i), Verdict::missing, std::string(5000, 'x')});
  }
  absent.differing.assign(1000, std::string(1000, 'y'));
  EXPECT_LT(comparison_markdown(absent, {}).size(), 60'000U);
}

// Unchanged cells are cut first.
TEST(ComparisonMarkdown, KeepsTheChangesWhenItCuts) {
  Comparison comparison = comparison_of(5000, Verdict::unchanged);
  comparison.findings.insert(comparison.findings.begin(),
                             sample_finding("slow/size:1", Verdict::regressed, 2));
  comparison.findings.insert(comparison.findings.end(), sample_finding("weak/size:1", Verdict::unguarded, 1));
  const std::string text = comparison_markdown(comparison, {});
  EXPECT_THAT(text, AllOf(HasSubstr("slow/size:1"), HasSubstr("weak/size:1")));
}

TEST(ComparisonMarkdown, TextCannotBreakTheTable) {
  Comparison comparison = comparison_of(1, Verdict::invalid);
  comparison.findings[0].name = "a|b`c\nd";
  comparison.findings[0].reason = "</details>|*x*\n| y |";
  EXPECT_THAT(comparison_markdown(comparison, {}),
              AllOf(HasSubstr("`a\\|b'c?d`"), HasSubstr("&lt;/details>\\|\\*x\\*?\\| y \\|")));
}

// CI servers fail a build with failures, so a finding that is not gated must not be one.
TEST(ComparisonJunit, OnlyWhatIsGatedFails) {
  Comparison comparison = comparison_of(2, Verdict::regressed);
  comparison.findings[1].gated = false;
  const std::string xml = comparison_junit(comparison, {});
  EXPECT_EQ(count_of(xml, "<failure "), 1U);
  EXPECT_EQ(count_of(xml, "<skipped "), 0U);
  EXPECT_THAT(xml, HasSubstr(R"(tests="2" failures="1" errors="0" skipped="0")"));
}

TEST(ComparisonJunit, EveryVerdictHasItsOutcome) {
  const auto outcome = [](Verdict verdict) { return comparison_junit(comparison_of(1, verdict), {}); };
  EXPECT_THAT(outcome(Verdict::regressed), HasSubstr("<failure type=\"regressed\""));
  EXPECT_THAT(outcome(Verdict::invalid), HasSubstr("<error type=\"invalid\""));
  EXPECT_THAT(outcome(Verdict::incomparable), HasSubstr("<skipped message=\"incomparable: "));
  for (const Verdict verdict : {Verdict::slower, Verdict::unguarded, Verdict::inconclusive, Verdict::improved,
                                Verdict::faster, Verdict::unchanged}) {
    EXPECT_THAT(outcome(verdict), HasSubstr(R"(tests="1" failures="0" errors="0" skipped="0")"));
    EXPECT_THAT(outcome(verdict), HasSubstr(fmt::format("<system-out>{}: ", name_of(verdict))));
  }
}

// Catches a build that stays green although the gate has failed for a cell that is gone.
TEST(ComparisonJunit, FailsForWhatIsMissingUnlessItMay) {
  Comparison comparison = comparison_of(1, Verdict::unchanged);
  comparison.absences = {{sample_cell(64), Verdict::missing, "not in new.json"},
                         {sample_cell(128), Verdict::missing, "not in new.json", true}};
  const std::string xml = comparison_junit(comparison, {});
  EXPECT_EQ(count_of(xml, "<failure type=\"missing\""), 1U);
  EXPECT_EQ(count_of(xml, "<skipped "), 1U);
}

// GitHub drops all annotations after the tenth, so the tenth counts the rest.
TEST(ComparisonGithub, TheTenthAnnotationCountsTheRest) {
  const std::string ten = comparison_github(comparison_of(10, Verdict::regressed), {});
  EXPECT_EQ(count_of(ten, "::error "), 10U);
  EXPECT_THAT(ten, Not(HasSubstr("more")));
  const std::string many = comparison_github(comparison_of(25, Verdict::regressed), {});
  EXPECT_EQ(count_of(many, "::error "), 10U);
  EXPECT_THAT(many, HasSubstr("::error title=and 16 more::"));
  EXPECT_THAT(many, HasSubstr("latency 8 B"));
  EXPECT_THAT(many, Not(HasSubstr("latency 9 B")));
}

// Ten invalid cells must not hide the one regression.
TEST(ComparisonGithub, TheWorstComeFirst) {
  Comparison comparison = comparison_of(20, Verdict::invalid);
  comparison.verdict = Verdict::regressed;
  comparison.findings.push_back(sample_finding("slow/size:1", Verdict::regressed, 2));
  EXPECT_THAT(comparison_github(comparison, {}), StartsWith("::error title=regressed%3A slow/size%3A1::"));
}

// Catches ten warnings about two measurements of one program.
TEST(ComparisonGithub, SaysWhatItCannotSeeInOneNotice) {
  const std::string text = comparison_github(comparison_of(18, Verdict::unguarded), {});
  EXPECT_EQ(count_of(text, "\n::") + 1, 1U) << text;
  EXPECT_THAT(text,
              StartsWith("::notice title=unguarded::This comparison cannot see less than 4.1 %25 in 18"));
}

// Text from a report must not become a command, or end one early.
TEST(ComparisonGithub, TextCannotBecomeACommand) {
  Comparison comparison = comparison_of(1, Verdict::regressed);
  comparison.findings[0].name = "a,b:c%\n::error::x";
  comparison.findings[0].reason = "50 %\r\n::warning::y";
  comparison.base.origin = "##[error]z\n::error::z";
  const std::vector<std::string> lines = lines_of(comparison_github(comparison, {}));
  EXPECT_THAT(lines.at(0),
              StartsWith("::error title=regressed%3A a%2Cb%3Ac%25?%3A%3Aerror%3A%3Ax::5.00 -> "));
  EXPECT_THAT(lines.at(0), EndsWith(": 50 %25??::warning::y"));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_THAT(lines[i], AllOf(Not(HasSubstr("##[")), Not(StartsWith("::error"))));
  }
}

}  // namespace
}  // namespace ipcbench
