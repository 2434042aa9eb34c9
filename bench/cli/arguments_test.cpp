#include "bench/cli/arguments.hpp"

#include <gtest/gtest.h>

#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::usage_message;
using Texts = std::vector<std::string>;

// Catches an item lost at either end of a list, and lists of one argument that replace those of another.
TEST(SplitList, JoinsListsAndRepeatedArguments) {
  EXPECT_EQ(split_list("--wait", {"a,b", "c"}), (Texts{"a", "b", "c"}));
  EXPECT_EQ(split_list("--wait", {"a"}), Texts{"a"});
}

TEST(SplitList, RefusesEmptyItems) {
  for (const char* text : {"", "a,", ",a", "a,,b"}) {
    EXPECT_EQ(usage_message([&] { split_list("--wait", {text}); }),
              "--wait: '" + std::string(text) + "' has an empty item.");
  }
}

// Catches a cell that would be measured twice because it was named twice.
TEST(ParseAxisList, ReadsNamesOnceEach) {
  EXPECT_EQ(parse_axis_list<Wait>("--wait", {"spin,block,spin"}), (std::vector{Wait::spin, Wait::block}));
  EXPECT_EQ(usage_message([] { parse_axis_list<Wait>("--wait", {"block,spni"}); }),
            "--wait: 'spni' is not known; did you mean 'spin'? allowed: block, spin, poll, adaptive.");
}

// Catches numbers that are cut, wrap around, or are read from the front of something else.
TEST(ParseNumber, ReadsWholeNumbersInRangeOnly) {
  EXPECT_EQ(parse_number("--seed", "18446744073709551615", 0, UINT64_MAX), UINT64_MAX);
  EXPECT_EQ(parse_number("--repetitions", "1", 1, 10), 1U);
  for (const char* text : {"", "0", "11", "-1", "+1", "1.0", "1x", " 1", "18446744073709551616"}) {
    EXPECT_EQ(usage_message([&] { parse_number("--repetitions", text, 1, 10); }),
              "--repetitions: '" + std::string(text) + "' is not a whole number from 1 to 10.");
  }
}

// Catches a size list that loses the argument given first, and sizes that no buffer can have.
TEST(ParseSizes, ReadsSizesOfAllArguments) {
  EXPECT_EQ(parse_sizes("--size", {"64,4KiB", "1"}), (std::vector<std::uint64_t>{1, 64, 4096}));
  EXPECT_EQ(parse_sizes("--size", {"0"}), std::vector<std::uint64_t>{0});  // a token
  EXPECT_EQ(usage_message([] { parse_sizes("--size", {"2GiB"}); }),
            "--size: 2 GiB is too long for a message; allowed: up to 1 GiB.");
  EXPECT_NE(usage_message([] { parse_sizes("--size", {"4XB"}); }).find("'4XB'"), std::string::npos);
}

TEST(ParseTime, ReadsDurationsInRangeOnly) {
  EXPECT_EQ(parse_time("--time", "50ms", milliseconds(1), seconds(1)), milliseconds(50));
  EXPECT_EQ(usage_message([] { parse_time("--time", "2s", milliseconds(1), seconds(1)); }),
            "--time: '2s' is out of range; allowed: 1.00 ms to 1.00 s.");
  EXPECT_NE(
      usage_message([] { parse_time("--time", "50", milliseconds(1), seconds(1)); }).find("'50' has no unit"),
      std::string::npos);
}

}  // namespace
}  // namespace ipcbench
