#include "bench/study/experiments/shm_removal.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "bench/testing/try_to_make.hpp"

namespace ipcbench {
namespace {

// Linux keeps the identifier of a marked segment valid until the last process has detached.
TEST(ShmRemoval, SysvSegmentIsAttachedAgainByItsIdentifier) {
  IPCBENCH_MAKE_OR_SKIP(segment, make_sysv_segment());
  const ShmRemoval removal = shm_removal(*segment);
  EXPECT_EQ(removal.attach_again, 0);
  EXPECT_EQ(removal.attach_elsewhere, 0);
  EXPECT_TRUE(removal.is_the_same);
  EXPECT_EQ(removal.look_up, ENOENT);
  EXPECT_NE(removal.attach_after_detach, 0);
}

// The other way: a POSIX object without its name is out of reach. Catches an experiment that attaches
// something else.
TEST(ShmRemoval, PosixObjectIsNot) {
  IPCBENCH_MAKE_OR_SKIP(segment, make_posix_segment());
  const ShmRemoval removal = shm_removal(*segment);
  EXPECT_EQ(removal.attach_again, ENOENT);
  EXPECT_EQ(removal.attach_elsewhere, ENOENT);
  EXPECT_FALSE(removal.is_the_same);
  EXPECT_EQ(removal.look_up, ENOENT);
}

}  // namespace
}  // namespace ipcbench
