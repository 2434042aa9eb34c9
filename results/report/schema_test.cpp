// Compares the schema, which is written by hand, with the table of axes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/base/measurement.hpp"
#include "results/report/guarantees.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::UnorderedElementsAreArray;

// The description of a row's `ipc`: the one object that has a cell's axes.
const json* find_ipc(const json& schema) {
  if (schema.is_object()) {
    const auto properties = schema.find("properties");
    if (properties != schema.end() && properties->contains("mechanism") && properties->contains("size_bytes"))
      return &schema;
  }
  if (!schema.is_structured()) return nullptr;
  for (const json& part : schema) {
    if (const json* found = find_ipc(part)) return found;
  }
  return nullptr;
}

TEST(Schema, HasTheAxesOfTheTable) {
  std::ifstream file(IPCBENCH_RESULTS_DIR "/report/report.schema.json");
  const json schema = json::parse(file);
  const json* const ipc = find_ipc(schema);
  ASSERT_NE(ipc, nullptr);
  const auto required = ipc->at("required").get<std::vector<std::string>>();
  for (const CellAxis& axis : kCellAxes) {
    const std::string key(axis.json_key);
    ASSERT_TRUE(ipc->at("properties").contains(key)) << key;
    const json& property = ipc->at("properties").at(key);
    if (!axis.optional_in_json && axis.applies == nullptr) {
      EXPECT_THAT(required, Contains(key));
    }
    if (axis.values == nullptr) continue;
    std::vector<std::string> names;
    for (const auto& value : axis.values()) names.emplace_back(value.name);
    EXPECT_THAT(property.at("enum").get<std::vector<std::string>>(), UnorderedElementsAreArray(names)) << key;
  }
}

// Catches a counter that the schema does not know.
TEST(Schema, HasTheCounters) {
  std::ifstream file(IPCBENCH_RESULTS_DIR "/report/report.schema.json");
  const json definitions = json::parse(file)["definitions"];
  std::vector<std::string> names;
  for (const Counter& counter : kCounters) names.emplace_back(counter.name);
  const json& missing = definitions["counts"]["properties"]["missing"]["items"]["properties"];
  EXPECT_THAT(missing["counter"]["enum"].get<std::vector<std::string>>(), UnorderedElementsAreArray(names));
  std::vector<std::string> counted;
  for (const auto& property : definitions["side_counts"]["properties"].items()) {
    counted.push_back(property.key());
  }
  EXPECT_THAT(counted, UnorderedElementsAreArray(names));
}

// Catches a question that the schema does not know.
TEST(Schema, HasTheGuarantees) {
  std::ifstream file(IPCBENCH_RESULTS_DIR "/report/report.schema.json");
  const json guarantees = json::parse(file)["definitions"]["guarantees"];
  std::vector<std::string> names;
  for (const auto& question : kAxis<Guarantee>) names.emplace_back(question.name);
  std::vector<std::string> described;
  for (const auto& property : guarantees["additionalProperties"]["properties"].items()) {
    described.push_back(property.key());
  }
  EXPECT_THAT(described, UnorderedElementsAreArray(names));
}

}  // namespace
}  // namespace ipcbench
