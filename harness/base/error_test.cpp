#include "harness/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <stdexcept>
#include <system_error>

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

template <class Throw>
KernelError thrown(Throw call) {
  try {
    call();
  } catch (const KernelError& caught) {
    return caught;
  }
  throw std::logic_error("nothing was thrown");
}

// Catches an error of a limit that does not say which limit, and one whose number gets lost on the way.
TEST(Error, PutsTheUsualRemedyBetweenCauseAndMessage) {
  const KernelError error = thrown([] { throw_error(EMFILE, "socket"); });
  EXPECT_STREQ(error.what(), "socket; raise ulimit -n: Too many open files");
  EXPECT_EQ(error.cause(), "socket");
  EXPECT_EQ(error.remedy(), "raise ulimit -n");
  EXPECT_EQ(error.number(), EMFILE);
}

// Catches a second, general remedy that may be wrong, and the remedy of another error.
TEST(Error, PrefersTheRemedyOfThePlace) {
  const auto fail = [](int number) {
    return thrown([number] {
      errno = number;
      throw_errno("cannot set queue_bytes", {{EINVAL, "lower it"}, {EPERM, "raise kernel.msgmnb (sysctl)"}});
    });
  };
  EXPECT_STREQ(fail(EPERM).what(),
               "cannot set queue_bytes; raise kernel.msgmnb (sysctl): Operation not permitted");
  EXPECT_EQ(fail(ENOMEM).remedy(), usual_remedy(ENOMEM));
  EXPECT_EQ(usual_remedy(ENOENT, "mount it"), "mount it");
}

// Catches looking for the remedy in the text of the cause.
TEST(Error, KeepsASemicolonInItsCause) {
  const UsageError error("--size: 'a;b' is not a size", "name a number");
  EXPECT_EQ(error.cause(), "--size: 'a;b' is not a size");
  EXPECT_EQ(error.remedy(), "name a number");
  EXPECT_EQ(error.number(), 0);
  EXPECT_STREQ(error.what(), "--size: 'a;b' is not a size; name a number");
}

// Catches a reason of several lines, as libraries and servers give them, and a user's text that is changed.
TEST(Error, IsExplainedInOneLine) {
  EXPECT_EQ(one_line_of("the server said:\nno memory\n"), "the server said: no memory");
  EXPECT_EQ(explained(std::runtime_error("two\r\nlines\n")), "two  lines");
  EXPECT_EQ(explained(Error("'a\nb' is not a size")), "'a\nb' is not a size");
}

// Catches "a sentence.; a remedy", and a full stop that is lost at the end or of three.
TEST(Error, ASentenceThatGoesOnHasNoFullStop) {
  const UsageError error("There is none.", "make one.");
  EXPECT_STREQ(error.what(), "There is none; make one.");
  EXPECT_EQ(error.cause(), "There is none");
  EXPECT_EQ(error.remedy(), "make one.");
  EXPECT_STREQ(Error("a.", "", ENOENT).what(), "a: No such file or directory");
  EXPECT_STREQ(UsageError("There is none.").what(), "There is none.");
  EXPECT_STREQ(UsageError("a, b...", "c").what(), "a, b...; c");
}

// Catches advice that is made up.
TEST(Error, InventsNoRemedy) {
  const KernelError error = thrown([] { throw_error(ENOENT, "open"); });
  EXPECT_STREQ(error.what(), "open: No such file or directory");
  EXPECT_EQ(error.remedy(), "");
  EXPECT_EQ(describe_signal(SIGSEGV), "killed by signal 11 (Segmentation fault)");
}

// Catches taking a broken promise for a limit of the machine, and the reverse.
TEST(Error, TellsWhatTheSystemRefused) {
  EXPECT_TRUE(is_refusal(KernelError(ENOSPC, "msgget")));
  EXPECT_TRUE(is_refusal(std::system_error(EAGAIN, std::generic_category())));
  EXPECT_TRUE(is_refusal(std::bad_alloc()));
  EXPECT_FALSE(is_refusal(Error("end of file: the other end is gone")));
}

// Catches telling a user nothing but "std::bad_alloc".
TEST(Error, ExplainsWhatTheLibraryThrows) {
  EXPECT_THAT(explained(std::bad_alloc()), HasSubstr("ulimit -v"));
  EXPECT_EQ(explained(std::runtime_error("a cause")), "a cause");
}

TEST(Error, NamesTheLimitThatSentASignal) { EXPECT_THAT(describe_signal(SIGXCPU), HasSubstr("ulimit -t")); }

}  // namespace
}  // namespace ipcbench
