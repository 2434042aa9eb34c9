// Checks the documents against the tables that they describe.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "harness/base/cell.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

std::string read_document(const char* name) {
  std::ifstream file(std::string(IPCBENCH_SOURCE_DIR "/") + name);
  EXPECT_TRUE(file) << name;
  return (std::ostringstream() << file.rdbuf()).str();
}

// The table row whose first cell is `name` in backticks; empty if there is none.
std::string row_named(const std::string& document, std::string_view name) {
  std::istringstream lines(document);
  const std::string start = "| `" + std::string(name) + "` |";
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) return line;
  }
  return "";
}

// Catches an axis or a value that was added to the program but not to its documents.
TEST(Documents, DescribeEveryAxisAndItsValues) {
  const std::string document = read_document("bench/run/CELLS.md");
  for (const CellAxis* axis : named_axes()) {
    const std::string row = row_named(document, axis->name);
    EXPECT_FALSE(row.empty()) << axis->name << " has no row";
    if (axis->values == nullptr) continue;
    for (const auto& value : axis->values()) EXPECT_THAT(row, HasSubstr("`" + std::string(value.name) + "`"));
  }
}

// Catches an axis that was removed from the program but not from its documents.
TEST(Documents, DescribeNoAxisThatIsNotThere) {
  std::istringstream lines(read_document("bench/run/CELLS.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    EXPECT_NO_THROW(axis_named(line.substr(3, line.find('`', 3) - 3))) << line;
  }
}

}  // namespace
}  // namespace ipcbench
