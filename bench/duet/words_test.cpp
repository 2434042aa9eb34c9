#include "bench/duet/words.hpp"

#include <gtest/gtest.h>

#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

using Words = std::vector<std::string>;

// Expected: what `printf '%s\n'` of a POSIX shell prints of the same text. Catches words that are joined,
// empty ones that are made up or lost, and paths with blanks that are torn apart.
TEST(DuetWords, AreSplitLikeAShellDoes) {
  EXPECT_EQ(split_words("--new", "setarch -R ./ipcbench"), (Words{"setarch", "-R", "./ipcbench"}));
  EXPECT_EQ(split_words("--new", "  a \t b  "), (Words{"a", "b"}));
  EXPECT_EQ(split_words("--new", "'my build/ipcbench' --x=\"1 2\""), (Words{"my build/ipcbench", "--x=1 2"}));
  EXPECT_EQ(split_words("--new", R"(a\ b '\' "\"\\\n" '' )"), (Words{"a b", "\\", R"("\\n)", ""}));
  EXPECT_EQ(split_words("--new", " "), Words{});
}

// Catches a quotation that swallows the rest in silence.
TEST(DuetWords, AQuotationHasAnEnd) {
  EXPECT_EQ(testing::usage_message([] { split_words("--new-args", "--filter 'a b"); }),
            "--new-args: '--filter 'a b' lacks a closing '.");
}

}  // namespace
}  // namespace ipcbench
