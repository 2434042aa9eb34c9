#include "results/summary/overview.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using ::testing::ContainsRegex;
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

Report empty_report() {
  Report report = testing::sample_report();
  report.cells = {};
  report.doubts.clear();
  report.failed.clear();
  report.skipped.clear();
  report.session.complete = true;
  return report;
}

// As many mechanisms as there are, with names that are as long, at every size, placement and way of waiting.
Report crowded_report() {
  Report report = empty_report();
  for (int i = 0; i < 40; ++i) {
    for (const std::size_t size : {0UL, 1UL, 64UL, 4096UL, 65536UL, 1UL << 20}) {
      for (const Cpus cpus : {Cpus::same, Cpus::smt, Cpus::llc, Cpus::socket, Cpus::node}) {
        for (const Wait wait : {Wait::block, Wait::spin, Wait::adaptive}) {
          Cell cell = make_cell("quite_a_long_mechanism_" + std::to_string(i), size);
          cell.cpus = cpus;
          cell.wait = wait;
          const std::uint64_t faster = wait == Wait::block ? 1 : 10;
          for (std::uint32_t launch = 0; launch < 2; ++launch) {
            report.cells.add(
                latency_row(cell, launch, (20'000 + 100 * static_cast<std::uint64_t>(i)) / faster));
          }
        }
      }
    }
  }
  for (int i = 0; i < 30; ++i) {
    report.doubts.push_back({Doubt::Level::warn,
                             "Something is doubtful about fact " + std::to_string(i) + ".",
                             "Do something about it, which takes a whole sentence to say."});
  }
  return report;
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
