#include "bench/run/progress.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

ProgressState state(std::size_t launch, std::size_t launches, std::size_t failures = 0) {
  return {.elapsed = seconds(30),
          .left = seconds(90),
          .launch = launch,
          .launches = launches,
          .cell = "pipe size:64",
          .failures = failures};
}

TEST(StatusLine, SaysHowFarAndHowLong) {
  EXPECT_EQ(status_line(state(37, 144), 25, 110, false), " 25 %  launch 37 of 144  1:30 left  pipe size:64");
  EXPECT_EQ(status_line(state(37, 144, 2), 25, 110, true),
            "[#####---------------]  25 %  launch 37 of 144  1:30 left  pipe size:64  2 failed");
  EXPECT_EQ(status_line({}, 0, 110, true), "[--------------------]   0 %  0:00 left  ");
  EXPECT_EQ(status_line({}, 100, 110, true).substr(0, 22), "[####################]");
  ProgressState about = state(37, 190);
  about.may_change = true;
  EXPECT_EQ(status_line(about, 25, 110, false), " 25 %  launch 37 of about 190  1:30 left  pipe size:64");
  EXPECT_EQ(status_line(state(37, 0), 25, 110, false), " 25 %  launch 37  1:30 left  pipe size:64");
}

// Catches a line that wraps and so cannot be rewritten: the bar goes, the cell's name is cut, the failures
// stay.
TEST(StatusLine, FitsItsColumns) {
  EXPECT_EQ(status_line(state(37, 144, 2), 25, 50, true),
            " 25 %  launch 37 of 144  1:30 left  pipe  2 failed");
}

// Catches a name whose distinguishing part is beyond the edge of the screen.
TEST(CellLabels, LeaveOutWhatAllCellsShare) {
  const CellLabels labels({"pipe/latency/size:64/wait:block", "pipe/latency/size:4096/wait:block",
                           "pipe/throughput/size:64/wait:block"});
  EXPECT_EQ(labels("pipe/latency/size:64/wait:block"), "latency size:64");
  EXPECT_EQ(CellLabels({"pipe/latency/size:64"})("pipe/latency/size:64"), "pipe/latency/size:64");
  EXPECT_EQ(CellLabels()("pipe/latency"), "pipe latency");
}

struct Moment {
  int elapsed_ms;
  int estimate_ms;
};
// What two runs on a busy machine estimated from launch to launch: one that its budget ended, and one whose
// medians turned out to be uncertain in its third round, which made it four times as long.
const std::vector<std::vector<Moment>> kRecorded{
    {{0, 21440},     {1982, 42017},  {4221, 39778},  {5596, 38403},  {7846, 36153},  {9629, 34370},
     {10125, 33874}, {10533, 33466}, {11058, 32941}, {11690, 32309}, {12179, 31820}, {12766, 31233},
     {13345, 30654}, {13906, 30093}, {14781, 29218}, {15522, 28477}, {16326, 27673}, {16974, 27025},
     {17704, 26295}, {18787, 25212}, {19321, 24678}, {19932, 24067}, {20713, 23286}, {21421, 22578},
     {22076, 21923}, {22810, 21189}, {23861, 20138}, {24762, 19237}, {25371, 18628}, {26094, 17905},
     {26839, 17160}, {27745, 16254}, {28600, 15399}, {29605, 14394}, {30745, 13254}, {31553, 12446},
     {32473, 11526}, {33487, 10512}, {34457, 9542},  {35450, 8549},  {36298, 7701},  {37053, 6946}},
    {{0, 16513},     {4251, 31508},   {5730, 28805},   {7067, 27621},   {8792, 27575},   {10227, 26357},
     {11752, 25275}, {13651, 59799},  {15093, 58312},  {16792, 69059},  {18559, 68669},  {20471, 75636},
     {22495, 75772}, {24263, 77658},  {26143, 76979},  {27827, 76889},  {30059, 76904},  {31604, 75070},
     {33632, 72205}, {35283, 70569},  {36879, 65186},  {38702, 66077},  {40212, 65140},  {42012, 63727},
     {43759, 58779}, {45067, 56218},  {46703, 54685},  {48347, 53043},  {49863, 50099},  {51859, 50445},
     {53351, 44656}, {55515, 46025},  {57483, 44840},  {60138, 43159},  {62871, 42277},  {65283, 40980},
     {67387, 39447}, {69707, 38001},  {71943, 36470},  {74423, 35020},  {77863, 33939},  {80815, 30427},
     {83527, 28861}, {85713, 27078},  {89680, 25788},  {91735, 23890},  {94513, 22154},  {96494, 20210},
     {98763, 18317}, {100971, 16400}, {102679, 14402}, {104559, 12435}, {106175, 10446}, {107773, 8468},
     {109587, 6517}, {111768, 4585},  {113831, 2643},  {117755, 565},   {118273, 141}}};

// Catches a time left that jumps by half or stands still for long, and one that is far off.
TEST(ShownTimeLeft, NeverJumpsAndEndsWithTheRun) {
  for (const auto& run : kRecorded) {
    ShownTimeLeft time_left;
    std::vector<Moment> shown;
    for (const Moment& each : run) {
      const nanoseconds left = time_left.show(milliseconds(each.elapsed_ms), milliseconds(each.estimate_ms));
      shown.push_back({each.elapsed_ms, static_cast<int>(left / milliseconds(1))});
    }
    const int end = shown.back().elapsed_ms;
    EXPECT_LT(shown.back().estimate_ms, end / 5);
    for (std::size_t i = 1; i < shown.size(); ++i) {
      SCOPED_TRACE(shown[i].elapsed_ms);
      const int due = shown[i - 1].estimate_ms - (shown[i].elapsed_ms - shown[i - 1].elapsed_ms);
      EXPECT_LT(shown[i].estimate_ms, 1.5 * std::max(shown[i - 1].estimate_ms, 2000));
      EXPECT_GT(shown[i].estimate_ms, 0.5 * due - 1);
      // From the middle on it is not off by a third of the whole.
      if (shown[i].elapsed_ms > end / 2) {
        EXPECT_NEAR(shown[i].elapsed_ms + shown[i].estimate_ms, end, end * 0.34);
      }
    }
  }
}

TEST(Progress, NeverGoesBack) {
  for (const auto& run : kRecorded) {
    int last = 0;
    Progress progress(Progress::Style::lines, [&](std::string_view text) {
      const int percent = std::stoi(std::string(text.substr(0, 3)));
      EXPECT_GE(percent, last);
      last = percent;
    });
    for (const Moment& each : run) {
      progress.show(
          {.elapsed = milliseconds(each.elapsed_ms), .left = milliseconds(each.estimate_ms), .cell = ""});
    }
    EXPECT_GT(last, 60);  // the last line may be ten seconds before the end
  }
}

// Catches a log full of status lines: one every ten seconds is enough.
TEST(Progress, WritesALineNowAndThen) {
  std::vector<std::string> lines;
  Progress progress(Progress::Style::lines, [&](std::string_view text) { lines.emplace_back(text); });
  progress.expect({"pipe/size:1", "pipe/size:2"});
  for (int second = 0; second <= 25; ++second) {
    progress.show({.elapsed = seconds(second), .left = seconds(75 - second), .cell = "pipe/size:1"});
  }
  progress.clear();
  EXPECT_EQ(lines, (std::vector<std::string>{"  0 %  1:15 left  size:1", " 13 %  1:05 left  size:1",
                                             " 26 %  0:55 left  size:1"}));
}

// Catches remains of a status line in front of later output.
TEST(Progress, RewritesInPlaceAndWipes) {
  std::string screen;
  Progress progress(Progress::Style::in_place, [&](std::string_view text) { screen += text; });
  progress.show({.left = seconds(1), .cell = "pipe"});
  progress.show(
      {.elapsed = milliseconds(50), .left = seconds(1), .cell = "fifo"});  // too soon to be readable
  progress.clear();
  progress.clear();
  EXPECT_TRUE(screen.starts_with("\r")) << screen;  // with a bar if the terminal is wide enough
  EXPECT_TRUE(screen.ends_with("  0 %  0:01 left  pipe\033[K\r\033[K")) << screen;
}

TEST(Progress, QuietIsSilent) {
  Progress progress(Progress::Style::none, [](std::string_view) { FAIL(); });
  progress.show({.elapsed = seconds(20), .left = seconds(1), .cell = "pipe"});
  progress.clear();
}

}  // namespace
}  // namespace ipcbench
