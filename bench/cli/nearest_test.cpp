#include "bench/cli/nearest.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

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

// Catches suggestions of something unlike what was typed.
TEST(Nearest, SuggestsOnlyWhatIsClose) {
  const std::vector<std::string> known{"pipe", "fifo", "unix_stream", "tcp"};
  EXPECT_EQ(nearest("pip", known), "pipe");
  EXPECT_EQ(nearest("unix_steam", known), "unix_stream");
  EXPECT_EQ(nearest("xy", known), std::nullopt);  // two edits from nothing here, but no letter in common
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

}  // namespace
}  // namespace ipcbench
