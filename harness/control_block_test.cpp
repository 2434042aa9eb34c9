#include "harness/control_block.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>
#include <vector>

#include "harness/child.hpp"
#include "harness/clock.hpp"

namespace ipcbench {
namespace {

// Catches a barrier that lets one side run ahead: both see the same release time, round after round.
TEST(PairBarrier, KeepsBothSidesInStep) {
  PairBarrier barrier;
  constexpr int kRounds = 2000;
  std::vector<std::uint64_t> theirs(kRounds);
  std::thread other([&] {
    for (auto& time : theirs) time = barrier.arrive_and_wait();
  });
  std::uint64_t before = 0;
  int out_of_step = 0;
  std::vector<std::uint64_t> ours(kRounds);
  for (auto& time : ours) {
    time = barrier.arrive_and_wait();
    if (time < before) ++out_of_step;
    before = time;
  }
  other.join();
  EXPECT_EQ(ours, theirs);
  EXPECT_EQ(out_of_step, 0);
}

TEST(SharedControl, IsSeenByAForkedChild) {
  SharedControl control;
  Child child = fork_child(0, [&] { control->side(Side::consumer).messages = 42; });
  EXPECT_EQ(child.reap().code, 0);
  EXPECT_EQ(control->side(Side::consumer).messages, 42U);
}

TEST(SharedText, CutsWhatIsTooLong) {
  SharedText<4> text;
  text.assign("abcdef");
  EXPECT_EQ(text.str(), "abcd");
  text.assign("x");
  EXPECT_EQ(text.str(), "x");
}

TEST(Child, TellsASignalFromAnExitCode) {
  Child exits = fork_child(0, [] { _exit(7); });
  const ExitStatus left = exits.reap();
  EXPECT_EQ(left.code, 7);
  EXPECT_EQ(left.signal, std::nullopt);
  Child sleeps = fork_child(0, [] { pause(); });
  sleeps.kill();
  const ExitStatus killed = sleeps.reap();
  EXPECT_EQ(killed.code, std::nullopt);
  EXPECT_EQ(killed.signal, 9);
}

// A forgotten child would be left behind: its handle kills it.
TEST(Child, IsGoneWhenItsHandleIs) {
  pid_t pid = 0;
  {
    const Child child = fork_child(0, [] { pause(); });
    pid = child.pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

// Descriptors that leak into a program started afresh keep pipes open and files alive.
TEST(ExecChild, InheritsNothingButTheStandardStreamsAndWhatIsNamed) {
  const int leak = dup(STDERR_FILENO);  // not close-on-exec
  const int named = dup(STDERR_FILENO);
  const std::string script = "test -e /proc/self/fd/" + std::to_string(named) +
                             " && test ! -e /proc/self/fd/" + std::to_string(leak);
  Child child = exec_child(0, "/bin/sh", {"-c", script}, {named});
  EXPECT_EQ(child.reap().code, 0);
  close(leak);
  close(named);
}

TEST(ExecChild, SaysWhichProgramCannotBeStarted) {
  try {
    exec_child(0, "/nonexistent/program", {}, {});
    FAIL() << "nothing was thrown";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("cannot start /nonexistent/program"), std::string::npos);
  }
}

}  // namespace
}  // namespace ipcbench
