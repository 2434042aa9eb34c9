#include "bench/cli/pattern.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

using testing::usage_message;

std::string complaint(const std::string& pattern) {
  return usage_message([&] { compile_pattern("--filter", pattern); });
}
std::string groups(std::size_t depth) {
  return fmt::format("{}a{}", std::string(depth, '('), std::string(depth, ')'));
}
bool finds(const std::string& pattern, const std::string& text) {
  return std::regex_search(text, compile_pattern("--filter", pattern));
}

TEST(Pattern, FindsWhatItDescribes) {
  EXPECT_TRUE(finds("^(pipe|fifo)/.*size:[0-9]{2,4}/", "pipe/latency/size:64/wait:block"));
  EXPECT_FALSE(finds("size:6$", "pipe/latency/size:64"));
  EXPECT_TRUE(finds("", "anything"));
}

// Catches a matcher that tries all ways to divide the text: 2^100 here.
TEST(Pattern, NestedRepetitionsEnd) {
  const std::string text(100, 'a');
  EXPECT_FALSE(finds("(a*)*b", text));
  EXPECT_FALSE(finds("(a|aa)+$b", text));
  EXPECT_FALSE(finds("a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

// Catches the standard library's recursion, which ended in a segmentation fault.
TEST(Pattern, WhatWouldExhaustTheStackIsRefused) {
  EXPECT_NE(complaint(std::string(100'000, '(')).find("is longer than 1000 bytes"), std::string::npos);
  EXPECT_NE(complaint(groups(60)).find("more than 50 groups"), std::string::npos);
  EXPECT_NE(complaint("(a?){90000}").find("repeats too much"), std::string::npos);
  EXPECT_NE(complaint("((a{100}){100}){100}").find("repeats too much"), std::string::npos);
  EXPECT_NE(complaint("a{99999999999999999999}").find("repeats too much"), std::string::npos);
  EXPECT_EQ(complaint(std::string(1000, 'a')), "no error");
  EXPECT_EQ(complaint(groups(50)), "no error");
  EXPECT_FALSE(finds("(a?){180}b", "c"));
}

TEST(Pattern, WhatIsNoneIsNamed) {
  EXPECT_NE(complaint("(").find("--filter: '(' is not a regular expression"), std::string::npos);
  EXPECT_NE(complaint("(a)\\1").find("is not a regular expression"), std::string::npos);
  EXPECT_EQ(complaint("\\(\\{"), "no error");
}

// Google Benchmark can only match by backtracking.
TEST(Pattern, WhatBacktrackingWouldTakeTooLongFor) {
  const auto refused = [](const char* pattern) {
    return usage_message([&] {
             check_for_backtracking("--benchmark_filter", pattern);
           }).find("use --filter") != std::string::npos;
  };
  EXPECT_TRUE(refused("(a*)*b"));
  EXPECT_TRUE(refused("(a|aa)+$"));
  EXPECT_TRUE(refused("a*a*a*a*a*b"));
  EXPECT_FALSE(refused("^(pipe|fifo)?/.*size:64.*"));
  EXPECT_FALSE(refused("\\(*"));
}

}  // namespace
}  // namespace ipcbench
