#include "bench/cli/arguments.hpp"

#include <gtest/gtest.h>

#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::usage_message;
using Texts = std::vector<std::string>;

// Catches an item lost at either end of a list, and a repeated argument that replaces the earlier list.
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

// Catches a cell that is measured twice because it was named twice.
TEST(ParseAxis, ReadsNamesOnceEach) {
  EXPECT_EQ(axis_values("wait", {"spin,block,spin"}), (Texts{"spin", "block"}));
  EXPECT_EQ(usage_message([] { axis_values("wait", {"block,spni"}); }),
            "--wait: 'spni' is not known; did you mean 'spin'? allowed: block, spin, poll, epoll, adaptive.");
}

// Catches a repeated size list that drops the first one, and sizes that no buffer can have.
TEST(ParseAxis, ReadsSizesOfAllArguments) {
  EXPECT_EQ(axis_values("size", {"64,4KiB", "1"}), (Texts{"1", "64", "4096"}));
  EXPECT_EQ(axis_values("size", {"0"}), Texts{"0"});  // a token
  EXPECT_EQ(usage_message([] { axis_values("size", {"2GiB"}); }),
            "--size: 2 GiB is too long for a message; allowed: up to 1 GiB.");
  EXPECT_NE(usage_message([] { axis_values("size", {"4XB"}); }).find("'4XB'"), std::string::npos);
}

TEST(ParseAxis, ReadsRatesAndShares) {
  EXPECT_EQ(axis_values("rate", {"5000,80%"}), (Texts{"5000", "80%"}));
  EXPECT_EQ(axis_values("rate", {"50k,200Hz"}), (Texts{"50000", "200"}));
  for (const char* text : {"", "%", "0", "0%", "-1", "1001%", "5x", "2G"}) {
    EXPECT_EQ(usage_message([&] { axis_values("rate", {text}); }).substr(0, 7), "--rate:") << text;
  }
}

// Catches numbers that are cut, wrap around, or are read from the front of a longer text.
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

// Catches an edit that is counted wrongly: each of the four kinds, and the textbook's pair.
TEST(EditDistance, CountsEachKindOfEditOnce) {
  EXPECT_EQ(edit_distance("pipe", "pipe"), 0U);
  EXPECT_EQ(edit_distance("pip", "pipe"), 1U);    // insertion
  EXPECT_EQ(edit_distance("pipee", "pipe"), 1U);  // deletion
  EXPECT_EQ(edit_distance("pope", "pipe"), 1U);   // substitution
  EXPECT_EQ(edit_distance("ippe", "pipe"), 1U);   // swap of neighbours, two edits without that rule
  EXPECT_EQ(edit_distance("", "pipe"), 4U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

// Catches suggestions that do not resemble the typed word.
TEST(Nearest, SuggestsOnlyWhatIsClose) {
  const std::vector<std::string> known{"pipe", "fifo", "unix_stream", "tcp"};
  EXPECT_EQ(nearest("pip", known), "pipe");
  EXPECT_EQ(nearest("unix_steam", known), "unix_stream");
  EXPECT_EQ(nearest("xy", known), std::nullopt);  // two edits, but no letter in common
  EXPECT_EQ(nearest("carrier_pigeon", known), std::nullopt);
  EXPECT_EQ(nearest("pipe", {}), std::nullopt);
}

// Catches a message that leaves out the argument, the word, the suggestion or what is allowed.
TEST(Nearest, MessageSaysAllThereIsToSay) {
  EXPECT_EQ(unknown_name("--wait", "blok", {"block", "spin"}),
            "--wait: 'blok' is not known; did you mean 'block'? allowed: block, spin.");
  EXPECT_EQ(unknown_name("--wait", "zzzzzz", {"block", "spin"}),
            "--wait: 'zzzzzz' is not known; allowed: block, spin.");
}

// Expected: what `printf '%s\n'` prints for the same text in a POSIX shell. Catches words that are joined,
// empty words that appear or get lost, and paths with blanks that are split.
TEST(SplitWords, SplitsAsAShellDoes) {
  EXPECT_EQ(split_words("--new", "setarch -R ./ipcbench"), (Texts{"setarch", "-R", "./ipcbench"}));
  EXPECT_EQ(split_words("--new", "  a \t b  "), (Texts{"a", "b"}));
  EXPECT_EQ(split_words("--new", "'my build/ipcbench' --x=\"1 2\""), (Texts{"my build/ipcbench", "--x=1 2"}));
  EXPECT_EQ(split_words("--new", R"(a\ b '\' "\"\\\n" '' )"), (Texts{"a b", "\\", R"("\\n)", ""}));
  EXPECT_EQ(split_words("--new", " "), Texts{});
}

// Catches a quotation that silently swallows the rest.
TEST(SplitWords, RefusesAQuotationWithoutAnEnd) {
  EXPECT_EQ(usage_message([] { split_words("--new-args", "--filter 'a b"); }),
            "--new-args: '--filter 'a b' lacks a closing '.");
}

}  // namespace
}  // namespace ipcbench
