#include "results/summary/overview.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "results/testing/crowded_report.hpp"

namespace ipcbench {
namespace {

using ::testing::ContainsRegex;
using testing::crowded_report;
using testing::empty_report;
using ::testing::HasSubstr;
using testing::latency_row;
using testing::make_cell;
using ::testing::Not;

constexpr TextStyle kScreen{.columns = 80};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void add(Report& report, Cell cell, Wait wait, std::uint64_t round_trip_ns) {
  cell.wait = wait;
  for (std::uint32_t i = 0; i < 5; ++i) report.cells.add(latency_row(cell, i, round_trip_ns + 16 * i));
}

TEST(Overview, FitsOneScreen) {
  const std::vector<std::string> lines = lines_of(overview(crowded_report(), kScreen));
  EXPECT_LE(lines.size(), kScreenLines);
  for (const std::string& line : lines) EXPECT_LE(line.size(), kScreen.columns) << line;
  EXPECT_GT(lines.size(), kScreenLines / 2);
}

TEST(Overview, FitsANarrowTerminal) {
  for (const std::size_t columns : {60UL, 40UL}) {
    for (const std::string& line : lines_of(overview(crowded_report(), {.columns = columns}))) {
      EXPECT_LE(line.size(), columns) << line;
    }
  }
}

// A name of a cell may be longer than a narrow line.
TEST(Overview, OnlyNamesAreWiderThanTheTerminal) {
  Report report = crowded_report();
  const std::string name = cell_name(report.cells[0].cell) + "/queue_depth:1048576";
  report.failed = {{name, "the consumer, in the timed phase: killed by signal 9 (SIGKILL)"}};
  report.skipped = {{name, "a limit of this machine, which takes a sentence to say"}};
  for (const std::size_t columns : {80UL, 60UL, 40UL}) {
    for (const std::string& line : lines_of(overview(report, {.columns = columns}))) {
      const bool is_name = line.find(' ') == std::string::npos && line.find('/') != std::string::npos;
      EXPECT_TRUE(line.size() <= columns || is_name) << line;
    }
  }
}

// Catches a winner among equals, a next one that is missing, and busy waiting without its price.
TEST(Overview, NamesEqualsTheNextAndWhatWaitingBrings) {
  Report report = empty_report();
  add(report, make_cell("pipe"), Wait::block, 3000);
  add(report, make_cell("fifo"), Wait::block, 3000);
  add(report, make_cell("tcp"), Wait::block, 9000);
  add(report, make_cell("pipe"), Wait::spin, 300);
  const std::string text = overview(report, kScreen);
  EXPECT_THAT(text, ContainsRegex(
                        "64 B +block +3.02 us .*CPUs  2 alike, to 3.02 us: pipe, fifo; then\n +tcp 3.0x\n"));
  EXPECT_THAT(text, ContainsRegex(" spin +[0-9]+ ns .*CPUs  9.[0-9] times as fast: pipe\n"));
}

// Busy waiting that brings nothing has no line.
TEST(Overview, LeavesOutWaitingThatBringsNothing) {
  Report report = empty_report();
  add(report, make_cell("pipe"), Wait::block, 3000);
  add(report, make_cell("pipe"), Wait::spin, 2900);
  EXPECT_THAT(overview(report, kScreen), Not(HasSubstr("spin")));
}

// Catches warnings before what makes the report invalid, an advice that is lost, and failures that are not
// counted by cell.
TEST(Overview, BeginsWithWhatMakesItDoubtful) {
  Report report = empty_report();
  add(report, make_cell("pipe"), Wait::block, 3000);
  report.doubts = {{Doubt::Level::info, "It rains.", ""},
                   {Doubt::Level::warn, "It is windy.", "Shut the window."},
                   {Doubt::Level::invalid, "The house burns.", "Leave it."}};
  report.failed = {{"fifo/a", "killed"}, {"fifo/a", "killed"}, {"fifo/b", "hung"}, {"fifo/c", "hung"}};
  const std::string text = overview(report, kScreen);
  EXPECT_THAT(text, HasSubstr(".\nINVALID: The house burns. Leave it.\nWarning: It is windy.\n1 note more"));
  EXPECT_THAT(text, HasSubstr("3 of 4 cells failed: fifo/b (hung). 1 reason more with --all.\n"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

// Catches colours that a report controls.
TEST(Overview, ColoursOnlyItsOwnWords) {
  Report report = empty_report();
  add(report, make_cell("pipe\033[31m"), Wait::block, 3000);
  report.doubts = {{Doubt::Level::invalid, "The house\033[2J burns.", "Leave it."}};
  const std::string text = overview(report, {.columns = 80, .colours = true});
  EXPECT_THAT(text, HasSubstr("\033[31mINVALID: The house?[2J burns. Leave it.\033[0m\n"));
  EXPECT_THAT(text, HasSubstr("pipe?[31m"));
}

TEST(Overview, OfNothingIsItsTitle) {
  EXPECT_THAT(overview(empty_report(), kScreen), ContainsRegex("^ipcbench .*: 0 cells, 0 launches\\.\n$"));
}

}  // namespace
}  // namespace ipcbench
