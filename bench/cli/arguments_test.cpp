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

Texts axis_values(std::string_view axis, const Texts& texts) { return parse_axis(axis_named(axis), texts); }

// Catches a cell that would be measured twice because it was named twice.
TEST(ParseAxis, ReadsNamesOnceEach) {
  EXPECT_EQ(axis_values("wait", {"spin,block,spin"}), (Texts{"spin", "block"}));
  EXPECT_EQ(usage_message([] { axis_values("wait", {"block,spni"}); }),
            "--wait: 'spni' is not known; did you mean 'spin'? allowed: block, spin, poll, adaptive.");
}

// Catches an axis whose names come from elsewhere and that takes any name.
TEST(ParseAxis, ChecksNamesThatTheAxisDoesNotKnow) {
  const auto parse = [](const char* name) {
    return parse_axis(axis_named("mechanism"), {name}, {"a", "bb"});
  };
  EXPECT_EQ(parse("bb,a"), (Texts{"bb", "a"}));
  EXPECT_EQ(usage_message([&] { parse("cc"); }), "--mechanism: 'cc' is not known; allowed: a, bb.");
}

// Catches a size list that loses the argument given first, and sizes that no buffer can have.
TEST(ParseAxis, ReadsSizesOfAllArguments) {
  EXPECT_EQ(axis_values("size", {"64,4KiB", "1"}), (Texts{"1", "64", "4096"}));
  EXPECT_EQ(axis_values("size", {"0"}), Texts{"0"});  // a token
  EXPECT_EQ(usage_message([] { axis_values("size", {"2GiB"}); }),
            "--size: 2 GiB is too long for a message; allowed: up to 1 GiB.");
  EXPECT_NE(usage_message([] { axis_values("size", {"4XB"}); }).find("'4XB'"), std::string::npos);
}

TEST(ParseAxis, ReadsRatesAndShares) {
  EXPECT_EQ(axis_values("rate", {"5000,80%"}), (Texts{"5000", "80%"}));
  for (const char* text : {"", "%", "0", "0%", "-1", "1001%", "5k"}) {
    EXPECT_EQ(usage_message([&] { axis_values("rate", {text}); }).substr(0, 7), "--rate:") << text;
  }
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
