#include "plots/comparison_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/comparison/compare.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::latency_row;
using testing::make_cell;

// A session of one host with two cells; `ns` is a round trip over a pipe.
NamedReport session(const std::string& name, std::uint64_t ns, const std::string& started,
                    const std::string& machine = "board") {
  Report report = testing::sample_report();
  report.session.id = name;
  report.session.started_utc = started;
  report.host = {{"machine_id", machine}};
  report.doubts = {};
  report.skipped = {};
  report.failed = {};
  report.cells = {};
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    report.cells.add(latency_row(make_cell("pipe"), launch, ns + 16 * launch));
    report.cells.add(latency_row(make_cell("fifo"), launch, 4000 + 16 * launch));
  }
  return {.stem = name, .report = std::move(report)};
}

std::size_t row_of(const json& findings, std::string_view start, std::string_view metric) {
  for (std::size_t i = 0; i < findings["name"].size(); ++i) {
    const auto name = findings["name"][i].get<std::string>();
    if (findings["level"][i] == "cell" && name.starts_with(start) && findings["metric"][i] == metric)
      return i;
  }
  throw std::out_of_range(std::string(start));
}

TEST(Comparisons, OneReportHasNone) {
  EXPECT_TRUE(comparisons_of({session("a", 3000, "2026-01-01T00:00:00Z")}).is_null());
}

// Catches base and new in each other's place, and columns that do not belong together.
TEST(Comparisons, TwoReportsHaveTheFindingsOfCompare) {
  const auto a = session("a", 3000, "2026-01-01T00:00:00Z");
  const auto b = session("b", 6000, "2026-01-02T00:00:00Z");
  const json all = comparisons_of({a, b});
  ASSERT_EQ(all["pairs"].size(), 1U);
  const json& pair = all["pairs"][0];
  EXPECT_EQ(pair["base"], "a");
  EXPECT_EQ(pair["new"], "b");
  EXPECT_EQ(pair["method"], "informational");
  const json& findings = pair["findings"];
  const std::size_t pipe = row_of(findings, "pipe/", "time");
  const std::size_t fifo = row_of(findings, "fifo/", "time");
  EXPECT_NEAR(findings["ratio"][pipe].get<double>(), 2, 0.05);
  EXPECT_LT(findings["low"][pipe], findings["high"][pipe]);
  EXPECT_GT(findings["new_ns"][pipe], findings["base_ns"][pipe]);
  EXPECT_EQ(findings["verdict"][pipe], "slower");
  EXPECT_NEAR(findings["ratio"][fifo].get<double>(), 1, 0.01);
  const Comparison same = compare(samples_of(a.report, "a"), samples_of(b.report, "b"), {}, {});
  EXPECT_EQ(pair["verdict"], name_of(same.verdict));
  EXPECT_TRUE(all["latest"].is_null());
  EXPECT_TRUE(all["trend"].is_null());
}

// Sessions are followed in the order of their start, whatever that of the arguments. The last is compared
// with the others.
TEST(Comparisons, SessionsOfOneHostAreFollowed) {
  const json all = comparisons_of(
      {session("c", 3000, "2026-01-03T00:00:00Z"), session("a", 3000, "2026-01-01T00:00:00Z"),
       session("d", 6000, "2026-01-04T00:00:00Z"), session("b", 3000, "2026-01-02T00:00:00Z")});
  EXPECT_EQ(all["pairs"].size(), 3U);
  EXPECT_EQ(all["pairs"][0]["base"], "c");
  EXPECT_EQ(all["trend"]["sessions"], json({"a", "b", "c", "d"}));
  EXPECT_EQ(all["latest"]["new"], "d");
  EXPECT_EQ(all["latest"]["method"], "several_bases");
  const json& trends = all["trend"]["trends"];
  const auto pipe = std::ranges::find_if(trends, [](const json& trend) {
    return trend["level"] == "cell" && trend["name"].get<std::string>().starts_with("pipe/");
  });
  ASSERT_NE(pipe, trends.end());
  EXPECT_GT((*pipe)["time_ns"][3], (*pipe)["time_ns"][2]);
}

TEST(Comparisons, SeveralHostsHaveNoTrend) {
  const json all = comparisons_of({session("a", 3000, "2026-01-01T00:00:00Z"),
                                   session("b", 3000, "2026-01-02T00:00:00Z", "other board"),
                                   session("c", 3000, "2026-01-03T00:00:00Z")});
  EXPECT_TRUE(all["trend"].is_null());
  EXPECT_THAT(all["pairs"][0]["differing"].dump(), HasSubstr("machine_id"));
}

// Catches a page that is not drawn because two of its reports have no cell in common.
TEST(Comparisons, WhatCannotBeComparedSaysWhy) {
  NamedReport other = session("b", 3000, "2026-01-02T00:00:00Z");
  other.report.cells = {latency_row(make_cell("eventfd"), 0, 3000)};
  const json all = comparisons_of({session("a", 3000, "2026-01-01T00:00:00Z"), other});
  EXPECT_THAT(all["pairs"][0]["error"].get<std::string>(), HasSubstr("no cell of"));
}

}  // namespace
}  // namespace ipcbench
