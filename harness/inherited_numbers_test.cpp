#include "harness/inherited_numbers.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

// Catches an end that is told the number which the descriptor had in the launcher.
TEST(InheritedNumbers, AreThoseThatTheEndWillHave) {
  EXPECT_EQ(format_numbers({{.fd = 7}, {.fd = 9, .as = 1}}), "7,1");
  EXPECT_EQ(format_numbers({}), "");
}

TEST(InheritedNumbers, AreReadBack) {
  EXPECT_EQ(parse_numbers("7,1"), (std::vector<int>{7, 1}));
  EXPECT_EQ(parse_numbers(""), std::vector<int>{});
}

}  // namespace
}  // namespace ipcbench
