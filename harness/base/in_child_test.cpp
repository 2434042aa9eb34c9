#include "harness/base/in_child.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace ipcbench {
namespace {

using namespace std::chrono_literals;

// Catches taking one outcome for another.
TEST(Attempt, TellsHowACallEnded) {
  EXPECT_EQ(describe(attempt([] { return 3L; })), "returned 3");
  EXPECT_EQ(describe(attempt([] { return static_cast<long>(close(-1)); })), "failed with EBADF");
  EXPECT_EQ(describe(attempt([] { return static_cast<long>(pause()); })), "was blocked");
  EXPECT_EQ(describe(attempt([] { return static_cast<long>(raise(SIGKILL)); })), "was killed by SIGKILL");
}

// Catches taking a child's error, death or hanging for a result.
TEST(InChild, GivesTheResultOrTheReason) {
  EXPECT_EQ(in_child<int>([] { return 7; }), 7);
  EXPECT_THROW(in_child<int>([]() -> int { throw std::runtime_error("no"); }), Error);
  EXPECT_THROW(in_child<int>([]() -> int { return raise(SIGKILL); }), Error);
  EXPECT_THROW(in_child<int>([]() -> int { return pause(); }, 20ms), Error);
}

ChildLimit within(std::chrono::milliseconds time) { return {.time = time}; }

// Catches losing the output of a child that died, hung or was interrupted, and waiting for a grandchild that
// keeps the pipe open after the child's end.
TEST(RunForked, KeepsWhatWasWritten) {
  const auto write_and = [](auto then) {
    return [then](const Fd& out) {
      write_all(out.get(), "written");
      then();
    };
  };
  const ChildRun died = run_forked(write_and([] { raise(SIGKILL); }), within(1min));
  EXPECT_EQ(died.output, "written");
  EXPECT_EQ(died.problem(within(1min)), "killed by SIGKILL");
  const ChildRun left = run_forked(write_and([] { _exit(3); }), within(1min));
  EXPECT_EQ(left.problem(within(1min)), "exited with 3");
  const ChildRun hung = run_forked(write_and([] { pause(); }), within(300ms));
  EXPECT_EQ(hung.output, "written");
  EXPECT_EQ(hung.problem(within(300ms)), "not through after 300 ms");
  const volatile std::sig_atomic_t interrupt = 1;
  const ChildRun interrupted =
      run_forked(write_and([] { pause(); }), {.time = 1min, .interrupted = &interrupt});
  EXPECT_EQ(interrupted.how, ChildRun::How::interrupted);
  const ChildRun orphaning = run_forked(write_and([] {
                                          if (fork() == 0) sleep(5);
                                        }),
                                        within(1min));
  EXPECT_EQ(orphaning.how, ChildRun::How::ended);
}

// Catches a deadlock between a full pipe to the child and a full pipe from it: both far above 64 KiB.
TEST(RunProgram, PassesLargeTextBothWays) {
  const std::string text(3'000'000, 'x');
  const auto run = run_program({"cat"}, text, within(1min));
  ASSERT_TRUE(run);
  EXPECT_EQ(run->status.code, 0);
  EXPECT_TRUE(run->output == text);
  EXPECT_EQ(run->errors, "");
}

TEST(RunProgram, KeepsOutputErrorsAndExitCodeApart) {
  const auto run = run_program({"sh", "-c", "echo out; echo err >&2; exit 7"}, "", within(1min));
  ASSERT_TRUE(run);
  EXPECT_EQ(run->status.code, 7);
  EXPECT_EQ(run->output, "out\n");
  EXPECT_EQ(run->errors, "err\n");
}

TEST(RunProgram, TellsAMissingProgramFromAFailingOne) {
  EXPECT_FALSE(run_program({"no-such-program"}, "", within(1min)));
  EXPECT_FALSE(run_program({"/no/such/program"}, "", within(1min)));
  EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}, "", within(1min))->status.signal, SIGKILL);
}

// Catches waiting for ever.
TEST(RunProgram, KillsWhatDoesNotEnd) {
  EXPECT_EQ(run_program({"sleep", "600"}, "", within(50ms))->how, ChildRun::How::late);
}

}  // namespace
}  // namespace ipcbench
