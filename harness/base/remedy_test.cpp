#include "harness/base/remedy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <stdexcept>
#include <system_error>

namespace ipcbench {
namespace {

using testing::HasSubstr;
using testing::Not;

std::system_error thrown(int error, const char* what) {
  try {
    throw_error(error, what);
  } catch (const std::system_error& caught) {
    return caught;
  }
}

// Catches an error of a limit that does not say which limit, and one whose number gets lost on the way.
TEST(Remedy, StandsBetweenCauseAndMessage) {
  const std::system_error error = thrown(EMFILE, "socket");
  EXPECT_STREQ(error.what(), "socket; raise ulimit -n: Too many open files");
  EXPECT_EQ(error.code().value(), EMFILE);
}

// Catches two remedies for one error, of which the general one may be wrong.
TEST(Remedy, LeavesASpecificOneAlone) {
  EXPECT_STREQ(thrown(EPERM, "cannot set queue_bytes; raise kernel.msgmnb (sysctl)").what(),
               "cannot set queue_bytes; raise kernel.msgmnb (sysctl): Operation not permitted");
}

// Catches advice that is made up.
TEST(Remedy, IsNotInventedWhereItDepends) {
  EXPECT_STREQ(thrown(ENOENT, "open").what(), "open: No such file or directory");
  EXPECT_EQ(describe_signal(SIGSEGV), "killed by signal 11 (Segmentation fault)");
}

// Catches "std::bad_alloc" as all that a user is told.
TEST(Remedy, ExplainsWhatTheLibraryThrows) {
  EXPECT_THAT(explained(std::bad_alloc()), HasSubstr("ulimit -v"));
  EXPECT_EQ(explained(std::runtime_error("a cause")), "a cause");
}

TEST(Remedy, IsSaidOfSignalsThatALimitSends) {
  EXPECT_THAT(describe_signal(SIGXCPU), HasSubstr("ulimit -t"));
}

}  // namespace
}  // namespace ipcbench
