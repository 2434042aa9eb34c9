#include "plots/comparison_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/comparison/compare.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::latency_row;
using testing::make_cell;
using ::testing::Not;

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

// A value of a record in columns (columns.hpp).
json value_at(const json& columns, const std::string& field, std::size_t row) {
  const json& column = columns["columns"][field];
  if (column.contains("words")) return column["words"][column["at"][row].get<std::size_t>()];
  return column.contains("each") ? column["each"][row] : column["all"];
}

// The row about the time of the cell whose name starts so.
std::size_t row_of(const json& columns, std::string_view start) {
  for (std::size_t row = 0; row < columns["count"]; ++row) {
    const json metric =
        columns["columns"].contains("metric") ? value_at(columns, "metric", row) : json("time");
    const auto name = value_at(columns, "name", row).get<std::string>();
    if (value_at(columns, "level", row) == "cell" && name.starts_with(start) && metric == "time") return row;
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
  const auto number = [&](const std::string& field, std::string_view start) {
    return value_at(findings, field, row_of(findings, start)).get<double>();
  };
  EXPECT_NEAR(number("ratio", "pipe/"), 2, 0.05);
  EXPECT_LT(number("low", "pipe/"), number("high", "pipe/"));
  EXPECT_GT(number("new_ns", "pipe/"), number("base_ns", "pipe/"));
  EXPECT_EQ(number("cell", "pipe/"), 0);
  EXPECT_EQ(number("cell", "fifo/"), 1);
  EXPECT_EQ(value_at(findings, "verdict", row_of(findings, "pipe/")), "slower");
  EXPECT_NEAR(number("ratio", "fifo/"), 1, 0.01);
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
  const json times = value_at(trends, "time_ns", row_of(trends, "pipe/"));
  EXPECT_GT(times[3], times[2]);
}

// Catches options that do not arrive: with a variance between sessions the verdict is more than information,
// and facts that are compared on purpose are no difference.
TEST(Comparisons, TakeTheOptionsOfCompare) {
  CompareOptions options;
  options.assumed_session_sd = 0.02;
  options.across = {"machine_id"};
  const json all = comparisons_of(
      {session("a", 3000, "2026-01-01T00:00:00Z"), session("b", 3000, "2026-01-02T00:00:00Z", "other board")},
      options);
  const json& pair = all["pairs"][0];
  EXPECT_EQ(pair["method"], "independent");
  EXPECT_THAT(pair["differing"].dump(), Not(HasSubstr("machine_id")));
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
