#include "harness/registry/link.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ipcbench {
namespace {

// Catches telling an end the number that the descriptor had in the launcher.
TEST(InheritedNumbers, AreThoseThatTheEndWillHave) {
  EXPECT_EQ(format_numbers({{.fd = 7}, {.fd = 9, .as = 1}}), "7,1");
  EXPECT_EQ(format_numbers({}), "");
}

TEST(InheritedNumbers, AreReadBack) {
  EXPECT_EQ(parse_numbers("7,1"), (std::vector<int>{7, 1}));
  EXPECT_EQ(parse_numbers(""), std::vector<int>{});
}

// Catches a misread descriptor number, and an error message that is just "stoi".
TEST(InheritedNumbers, NothingElseIsRead) {
  for (const char* text : {"a", ",5", "5x", "-1", "99999999999", " 5"}) {
    EXPECT_THROW(parse_numbers(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace ipcbench
