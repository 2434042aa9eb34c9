// `ipcbench show` from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "bench/testing/program.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::kBaseline;
using ::testing::Not;
using testing::ProgramResult;

TEST(ProgramShow, PrintsOneScreen) {
  const ProgramResult result = call_program({"show", kBaseline});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_LE(std::ranges::count(result.out, '\n'), 45);
  EXPECT_THAT(result.out, HasSubstr("Median round trip"));
}

// Catches a selection that only changes what is ranked, not what is listed.
TEST(ProgramShow, PrintsWhatIsSelected) {
  const ProgramResult result =
      call_program({"show", kBaseline, "--mechanism", "pipe", "--pattern", "latency", "--all"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, ContainsRegex("\npipe +[0-9]"));
  EXPECT_THAT(result.out, Not(ContainsRegex("fifo|Throughput")));
}

// What it prints can be read again. Catches cells that are lost, or kept without being selected.
TEST(ProgramShow, PrintsTheSelectionAsAReport) {
  const ProgramResult result =
      call_program({"show", kBaseline, "--mechanism", "pipe", "--size", "64", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Report report = parse_report(result.out, "show");
  ASSERT_FALSE(report.cells.empty());
  for (const ReportCell& cell : report.cells) {
    EXPECT_EQ(cell.cell.mechanism, "pipe");
    EXPECT_EQ(cell.cell.size_bytes, 64U);
  }
}

// Catches a ranking without a placement, and one that a choice leaves as it was.
TEST(ProgramShow, RanksAllMechanisms) {
  const ProgramResult text = call_program({"show", kBaseline, "--ranking"});
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, ContainsRegex("times best +64 B \\(CPUs\\)"));
  EXPECT_THAT(text.out, HasSubstr("cpus:llc"));
  const ProgramResult markdown = call_program(
      {"show", kBaseline, "--ranking", "--cpus", "same", "-m", "pipe,fifo", "--format", "markdown"});
  ASSERT_EQ(markdown.code, 0) << markdown.err;
  EXPECT_THAT(markdown.out, HasSubstr("\n| pipe | "));
  EXPECT_THAT(markdown.out, Not(ContainsRegex("cpus:llc|unix_stream")));
}

TEST(ProgramShow, RefusesFormatsThatItDoesNotHave) {
  EXPECT_THAT(call_program({"show", kBaseline, "--format", "markdown"}).err, HasSubstr("add --ranking"));
  EXPECT_THAT(call_program({"show", kBaseline, "--format", "mark"}).err, HasSubstr("markdown"));
  const ProgramResult none = call_program({"show", kBaseline, "--ranking", "--pattern", "throughput"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("no round trip"));
}

// Catches counts of the whole run beside a part of it: the report skipped cells of sizes that fit no
// datagram.
TEST(ProgramShow, CountsWhatIsSelected) {
  const ProgramResult all = call_program({"show", kBaseline, "--all"});
  EXPECT_THAT(all.out, HasSubstr("Skipped cells: "));
  const ProgramResult some = call_program({"show", kBaseline, "--wait", "block", "--size", "64", "--all"});
  ASSERT_EQ(some.code, 0) << some.err;
  EXPECT_THAT(some.out,
              ContainsRegex("^Selected: [0-9]+ of [0-9]+ cells\\. Warnings and notes are of the whole run"));
  EXPECT_THAT(some.out, Not(ContainsRegex("such as [a-z_/]*size:(65536|1048576|4096)/")));
  EXPECT_THAT(all.out, Not(HasSubstr("Selected: ")));
}

TEST(ProgramShow, SaysWhatIsMissing) {
  EXPECT_THAT(call_program({"show"}).err, HasSubstr("REPORT is required, as in `ipcbench show "));
  EXPECT_THAT(call_program({"show", kBaseline, "--size"}).err,
              HasSubstr("--size: its value is missing; `ipcbench show --help`"));
}

TEST(ProgramShow, RefusesWhatTheReportDoesNotHave) {
  const ProgramResult unknown = call_program({"show", kBaseline, "--mechanism", "pip"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'pipe'?"));
  const ProgramResult none = call_program({"show", kBaseline, "--size", "3"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("no measured cell is selected"));
}

}  // namespace
}  // namespace ipcbench
