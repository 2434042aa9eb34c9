#include "bench/run/dry_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/report/json_document.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;

Plan small_plan() {
  return {.cells = {{{}, "pipe/latency", {}}, {{}, "fifo/latency", {}}},
          .skipped = {{"tcp/latency", "no network"}, {"udp/latency", "no network"}}};
}

// 100 ms of phases and the usual 30 ms: 2 cells x 3 launches x 130 ms.
RoundsOptions three_launches() {
  RoundsOptions options;
  options.launches = 3;
  options.phases = {milliseconds(10), milliseconds(90)};
  return options;
}

TEST(DryRun, ExpectsWhatLaunchesUsuallyTake) {
  RoundsOptions options = three_launches();
  EXPECT_EQ(expected_time(small_plan(), options), milliseconds(780));
  options.budget = milliseconds(500);
  EXPECT_EQ(expected_time(small_plan(), options), milliseconds(500));
}

// Catches a reason that is repeated for each cell, and a cell that is lost.
TEST(DryRun, SaysWhatWouldBeMeasuredAndWhatNot) {
  EXPECT_EQ(plan_text(small_plan(), three_launches()),
            "Would measure 2 cells, 3 launches each: 6 launches, about 0:01\n"
            "  pipe/latency\n"
            "  fifo/latency\n"
            "Skipped: 2 cells\n"
            "  no network\n"
            "    tcp/latency\n"
            "    udp/latency\n");
  RoundsOptions options = three_launches();
  options.launches = 1;
  options.budget = std::chrono::minutes(9);
  options.add_launches = true;
  Plan one = small_plan();
  one.cells.pop_back();
  one.skipped.clear();
  EXPECT_EQ(
      plan_text(one, options),
      "Would measure 1 cell, 1 launch each: 1 launch, about 0:00; more for uncertain medians, up to 9:00 "
      "in all\n"
      "  pipe/latency\n");
}

// Nine launches of both take 2.3 s. Catches a promise of launches for which there is no time.
TEST(DryRun, SaysHowManyLaunchesAreSureWhereThePlannedDoNotFit) {
  RoundsOptions options = three_launches();
  options.launches = 9;
  options.budget = std::chrono::seconds(2);
  options.add_launches = true;
  EXPECT_TRUE(
      plan_text(small_plan(), options)
          .starts_with(
              "Would measure 2 cells, 3 launches each, more where they tell most, and none after 0:02\n"));
  options.budget = std::chrono::seconds(3);
  EXPECT_TRUE(plan_text(small_plan(), options).starts_with("Would measure 2 cells, 9 launches each:"));
}

TEST(DryRun, SaysTheSameToPrograms) {
  const std::string text = plan_json(small_plan(), three_launches());
  const Json json = Json::parse(text);
  EXPECT_EQ(json["cells"], Json({"pipe/latency", "fifo/latency"}));
  EXPECT_EQ(json["skipped"][1]["cell"], "udp/latency");
  EXPECT_EQ(json["skipped"][1]["reason"], "no network");
  EXPECT_EQ(json["launches"], 6);
  EXPECT_EQ(json["expected_seconds"], 0.78);
  EXPECT_TRUE(json["budget_seconds"].is_null());
}

}  // namespace
}  // namespace ipcbench
