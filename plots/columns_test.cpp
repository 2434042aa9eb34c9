#include "plots/columns.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

using nlohmann::json;

// Catches a column whose values are of other records, and a missing field taken for another record's.
TEST(Columns, HoldEveryRecordsValue) {
  const json packed = to_columns({{{"same", 7}, {"name", "a"}, {"time", 1.5}, {"rare", 1}},
                                  {{"same", 7}, {"name", "b"}, {"time", 2.5}},
                                  {{"same", 7}, {"name", "a"}, {"time", nullptr}}});
  EXPECT_EQ(packed["count"], 3);
  EXPECT_EQ(packed["columns"]["same"], json({{"all", 7}}));
  EXPECT_EQ(packed["columns"]["name"], json({{"words", {"a", "b"}}, {"at", {0, 1, 0}}}));
  EXPECT_EQ(packed["columns"]["time"], json({{"each", {1.5, 2.5, nullptr}}}));
  EXPECT_EQ(packed["columns"]["rare"], json({{"each", {1, nullptr, nullptr}}}));
}

// Catches sizes and counts that are rounded: 65537 and 65536 are different messages.
TEST(Columns, RoundMeasurementsOnly) {
  const json packed =
      to_columns({{{"size", 16777217}, {"ns", json::array({123456.7, 0.000123456, 3000.0})}}});
  EXPECT_EQ(packed["columns"]["size"].dump(), R"({"all":16777217})");
  EXPECT_EQ(packed["columns"]["ns"].dump(), R"({"all":[123460,0.00012346,3000]})");
}

TEST(Columns, NoRecordsAreNoColumns) {
  EXPECT_EQ(to_columns({}), json({{"count", 0}, {"columns", json::object()}}));
}

}  // namespace
}  // namespace ipcbench
