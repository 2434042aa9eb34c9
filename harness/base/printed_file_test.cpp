#include "harness/base/printed_file.hpp"

#include <gtest/gtest.h>

#include <cstdio>

#include "harness/base/child.hpp"

namespace ipcbench {
namespace {

// Catches the first line, an empty one or control characters in place of the last line, and a second child
// that writes over the first one's words.
TEST(PrintedFile, HasTheLastLineOfSeveralChildren) {
  const PrintedFile printed;
  EXPECT_EQ(printed.last_line(), "");
  for (const char* const words : {"first\nlonger than the second\n", "second\n\033[1mlast\n\n"}) {
    fork_child(0, [&] {
      printed.take_standard_streams();
      std::fputs(words, stderr);
    }).reap();
  }
  EXPECT_EQ(printed.last_line(), "?[1mlast");
}

// Catches a reason of pages.
TEST(PrintedFile, ShortensALongLine) {
  const PrintedFile printed;
  ASSERT_EQ(write_all(printed.fd(), std::string(5000, 'x')), 0);
  EXPECT_LT(printed.last_line().size(), 300U);
}

}  // namespace
}  // namespace ipcbench
