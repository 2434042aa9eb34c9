#include "harness/base/shortage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>

#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

// What with_shortage() makes of the text in a process with that limit.
std::string told_under(__rlimit_resource resource, rlim_t limit, const std::string& text) {
  return bytes_from_child(
      [&] {
        const rlimit allowed{.rlim_cur = limit, .rlim_max = limit};
        setrlimit(resource, &allowed);
        return with_shortage(text);
      },
      5s);
}

// Catches a remedy where nothing is short, which would explain each failure of a library by a limit.
TEST(Shortage, SaysNothingWhereThereIsEnough) {
  const auto shortage = what_is_short();
  EXPECT_FALSE(shortage) << shortage->cause;
  EXPECT_EQ(with_shortage("a library failed\n"), "a library failed");
}

// Catches another limit named than the one that is reached, and descriptors that are not given back: the
// second look would find fewer.
TEST(Shortage, NamesTheLimit) {
  EXPECT_THAT(told_under(RLIMIT_FSIZE, 4096, "failed"), HasSubstr("only 4096 bytes here; raise ulimit -f"));
  const std::string told = told_under(RLIMIT_NOFILE, 20, "failed in\ntwo lines");
  EXPECT_THAT(told,
              ::testing::MatchesRegex("failed in two lines; only [0-9]+ further descriptors can be had here; "
                                      "raise ulimit -n"));
  EXPECT_EQ(told_under(RLIMIT_NOFILE, 20, "failed in\ntwo lines"), told);
}

// Catches saying the same remedy twice.
TEST(Shortage, KeepsAnErrorThatHasTheRemedy) {
  EXPECT_EQ(told_under(RLIMIT_NOFILE, 20, "socket; raise ulimit -n: Too many open files"),
            "socket; raise ulimit -n: Too many open files");
}

}  // namespace
}  // namespace ipcbench
