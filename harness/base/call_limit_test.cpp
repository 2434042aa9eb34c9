#include "harness/base/call_limit.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

constexpr auto kLong = std::chrono::seconds(60);
constexpr auto kShort = std::chrono::milliseconds(50);

// Throws when interrupted, as code that checks its system calls does.
int wait_for_nothing() {
  if (poll(nullptr, 0, -1) < 0) throw_errno("poll");
  return 0;
}

TEST(CallLimit, LetsThroughWhatReturnsInTime) {
  EXPECT_EQ(call_within(kLong, "seven", [] { return 7; }), 7);
  EXPECT_THROW(call_within(kLong, "broken", []() -> int { throw std::logic_error("broken"); }),
               std::logic_error);
}

TEST(CallLimit, EndsAWaitInTheKernel) {
  try {
    call_within(kShort, "poll", wait_for_nothing);
    FAIL() << "was to throw";
  } catch (const CallTimedOut& error) {
    EXPECT_STREQ(error.what(), "poll did not return within 0.05 s");
  }
}

// A result that came too late is still a result.
TEST(CallLimit, TakesAnAnswerThatIsLate) {
  const auto late = [] {
    poll(nullptr, 0, -1);
    return 7;
  };
  EXPECT_EQ(call_within(kShort, "late", late), 7);
}

TEST(CallLimit, EndsTheProgramForWhatCannotBeInterrupted) {
  const auto busy = [] {
    volatile bool ready = false;
    while (!ready) {
    }
    return 0;
  };
  const auto end_with_7 = [&] {
    CallLimit::set_exit_code(7);
    call_within(kShort, "loop", busy);
  };
  EXPECT_EXIT(call_within(kShort, "loop", busy), ::testing::ExitedWithCode(EXIT_FAILURE),
              "ipcbench: loop has not returned after 0.1 s and cannot be interrupted");
  EXPECT_EXIT(end_with_7(), ::testing::ExitedWithCode(7), "ipcbench: loop has not returned");
}

// An alarm that came later would end the program.
TEST(CallLimit, LeavesNoAlarmBehind) {
  struct sigaction before {};
  sigaction(SIGALRM, nullptr, &before);
  EXPECT_THROW(call_within(kShort, "poll", wait_for_nothing), CallTimedOut);
  struct sigaction after {};
  sigaction(SIGALRM, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
  EXPECT_EQ(poll(nullptr, 0, 300), 0);
}

TEST(Availability, IsAskedForWithinALimit) {
  const MechanismEntry entry{.traits = {.name = "mute", .summary = "never answers"},
                             .parameters = {},
                             .available = []() -> Unavailable {
                               wait_for_nothing();
                               return std::nullopt;
                             },
                             .message_limit = nullptr,
                             .refuses = nullptr,
                             .create = nullptr,
                             .join = nullptr,
                             .try_out = nullptr,
                             .try_join = nullptr};
  EXPECT_EQ(ask_whether_available(entry, kShort), "mute: available() did not return within 0.05 s");
}

}  // namespace
}  // namespace ipcbench
