#include "bench/run/run_screen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "results/summary/overview.hpp"
#include "results/testing/crowded_report.hpp"

namespace ipcbench {
namespace {

using ::testing::EndsWith;

// How many lines of a terminal a text takes.
std::size_t screen_lines(const std::string& text, std::size_t columns) {
  std::size_t lines = 0;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines += line.empty() ? 1 : (line.size() - 1) / columns + 1;
  return lines;
}

// Catches pointers that push the beginning off the screen, also where a long path takes two lines of each.
TEST(RunScreen, FitsWithItsPointers) {
  const std::string deep = "results/runs/" + std::string(60, 'x') + ".json";
  Report report = testing::crowded_report();
  report.counts.reset();  // their tables come beyond the screen
  for (const std::string& out : {std::string("report.json"), deep}) {
    const std::string text = run_screen(report, out, {.columns = 80});
    EXPECT_LE(screen_lines(text, 80), kScreenLines) << text;
    EXPECT_GT(screen_lines(text, 80), kScreenLines / 2) << text;
    EXPECT_THAT(text, EndsWith("\n\nReport: " + out + "\nTables: ipcbench show " + out +
                               " --all\nCharts: ipcbench plot " + out + "\nAdvice: ipcbench advise " + out +
                               " --stream SIZE@RATE\n"));
  }
}

TEST(RunScreen, OnlyPathsAreWiderThanANarrowTerminal) {
  std::istringstream stream(run_screen(testing::crowded_report(), "report.json", {.columns = 60}));
  for (std::string line; std::getline(stream, line);) EXPECT_LE(line.size(), 60U) << line;
}

}  // namespace
}  // namespace ipcbench
