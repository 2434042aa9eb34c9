#include "results/summary/marks.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

// Catches a mark that README.md does not explain, or explains in other words, and one of which it still
// knows.
TEST(Marks, AreThoseOfTheReadme) {
  std::ifstream file(IPCBENCH_RESULTS_DIR "/../README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  const std::size_t begin = readme.find("\n| mark |");
  ASSERT_NE(begin, std::string::npos);
  std::string table = "\n| mark | the figure beside it |\n|---|---|\n";
  for (const Mark& mark : all_marks()) table += fmt::format("| `{}` | {} |\n", mark.symbol, mark.meaning);
  EXPECT_EQ(readme.substr(begin, readme.find("\n\n", begin) + 1 - begin), table);
}

// Catches two marks of one sign.
TEST(Marks, AreDistinct) {
  std::set<char> symbols;
  for (const Mark& mark : all_marks()) EXPECT_TRUE(symbols.insert(mark.symbol).second) << mark.symbol;
  EXPECT_THAT(explain_mark(kUncertain, 100), HasSubstr("~ the median is uncertain"));
}

}  // namespace
}  // namespace ipcbench
