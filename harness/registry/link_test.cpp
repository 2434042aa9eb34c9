#include "harness/registry/link.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

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

// Catches a descriptor of another number than was written, and a message that is nothing but "stoi".
TEST(InheritedNumbers, NothingElseIsRead) {
  for (const char* text : {"a", ",5", "5x", "-1", "99999999999", " 5"}) {
    EXPECT_THROW(parse_numbers(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace ipcbench
