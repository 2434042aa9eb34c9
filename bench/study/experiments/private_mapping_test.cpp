#include "bench/study/experiments/private_mapping.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace ipcbench {
namespace {

TEST(PrivateMapping, IsItsOwnFromTheFirstWriteOn) {
  const PrivateMapping seen = private_mapping(MAP_PRIVATE);
  EXPECT_TRUE(seen.sees_others_before_writing);
  EXPECT_FALSE(seen.own_write_seen_by_others);
  EXPECT_FALSE(seen.sees_others_after_writing);
  EXPECT_TRUE(seen.other_page_sees_others);
}

// The other way: catches an experiment that would find any mapping private.
TEST(PrivateMapping, SharedOneShowsEverything) {
  const PrivateMapping seen = private_mapping(MAP_SHARED);
  EXPECT_TRUE(seen.sees_others_before_writing);
  EXPECT_TRUE(seen.own_write_seen_by_others);
  EXPECT_TRUE(seen.sees_others_after_writing);
  EXPECT_TRUE(seen.other_page_sees_others);
}

}  // namespace
}  // namespace ipcbench
