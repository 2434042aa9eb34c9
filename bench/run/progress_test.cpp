#include "bench/run/progress.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// 30 s of 120 s: a quarter.
TEST(StatusLine, SaysHowFarAndHowLong) {
  EXPECT_EQ(status_line({seconds(30), seconds(90), "pipe/latency", 0}, 80), " 25 %  1:30 left  pipe/latency");
  EXPECT_EQ(status_line({seconds(30), seconds(90), "pipe/latency", 2}, 80),
            " 25 %  1:30 left  pipe/latency  2 failed");
  EXPECT_EQ(status_line({seconds(0), seconds(0), "", 0}, 80), "  0 %  0:00 left  ");
}

// Catches a line that wraps and so cannot be rewritten: the cell's name is cut, the failures are not.
TEST(StatusLine, FitsItsColumns) {
  EXPECT_EQ(status_line({seconds(30), seconds(90), "pipe/latency", 2}, 32),
            " 25 %  1:30 left  pipe  2 failed");
}

// Catches a log full of status lines: one every ten seconds is enough.
TEST(Progress, WritesALineNowAndThen) {
  std::vector<std::string> lines;
  Progress progress(Progress::Style::lines, [&](std::string_view text) { lines.emplace_back(text); });
  for (int second = 0; second <= 25; ++second) progress.show({seconds(second), seconds(75), "pipe", 0});
  progress.clear();
  EXPECT_EQ(lines, (std::vector<std::string>{"  0 %  1:15 left  pipe", " 11 %  1:15 left  pipe",
                                             " 21 %  1:15 left  pipe"}));
}

// Catches remains of a status line in front of later output.
TEST(Progress, RewritesInPlaceAndWipes) {
  std::string screen;
  Progress progress(Progress::Style::in_place, [&](std::string_view text) { screen += text; });
  progress.show({milliseconds(0), seconds(1), "pipe", 0});
  progress.show({milliseconds(50), seconds(1), "fifo", 0});  // too soon to be readable
  progress.clear();
  progress.clear();
  EXPECT_EQ(screen, "\r  0 %  0:01 left  pipe\033[K\r\033[K");
}

TEST(Progress, QuietIsSilent) {
  Progress progress(Progress::Style::none, [](std::string_view) { FAIL(); });
  progress.show({seconds(20), seconds(1), "pipe", 0});
  progress.clear();
}

}  // namespace
}  // namespace ipcbench
