#include "harness/loops/control_block.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/child.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

// Catches a barrier that lets one side run ahead: both see the same release time, round after round.
TEST(Barrier, KeepsBothSidesInStep) {
  Barrier barrier;
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

// Catches a barrier that lets go when two of several have come.
TEST(Barrier, WaitsForAllParties) {
  Barrier barrier;
  barrier.set_parties(5);
  std::atomic<int> arrived{0};
  std::atomic<int> early{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&] {
      for (int round = 1; round <= 200; ++round) {
        ++arrived;
        barrier.arrive_and_wait();
        if (arrived < 5 * round) ++early;
        barrier.arrive_and_wait();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(early, 0);
}

TEST(Ends, HaveAPlaceOfTheirOwn) {
  Job job;
  job.producers = 3;
  const std::vector<EndId> ends = ends_of(job);
  ASSERT_EQ(ends.size(), 4U);
  for (std::size_t i = 0; i < ends.size(); ++i) EXPECT_EQ(place_of(ends[i]), i);
  EXPECT_EQ(name_of(ends[2], 3), "producer 2");
  EXPECT_EQ(name_of(ends[1], 1), "consumer");
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

// What cannot be killed must not be waited for: as little as what is not killed.
TEST(Child, IsWaitedForWithinALimit) {
  Child sleeps = fork_child(0, [] { pause(); });
  EXPECT_FALSE(sleeps.reap_within(std::chrono::milliseconds(20)));
  EXPECT_TRUE(sleeps.put_to_death());
  Child exits = fork_child(0, [] { _exit(7); });
  const auto left = exits.reap_within(std::chrono::seconds(60));
  ASSERT_TRUE(left);
  EXPECT_EQ(left->code, 7);
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

// -1, what a failed start is remembered by, is to kill(2) every process there is. In a process namespace,
// where that would be this test's alone.
TEST(Child, IsNeverEverybody) {
  const pid_t outer = fork();
  if (outer == 0) {
    if (unshare(geteuid() == 0 ? CLONE_NEWPID : CLONE_NEWPID | CLONE_NEWUSER) != 0) _exit(77);
    const pid_t inner = fork();
    int code = 0;
    if (inner == 0) {
      for (const pid_t nobody : {-1, 0}) {
        try {
          const Child child(nobody);
          code = 1;
        } catch (const std::invalid_argument&) {
        }
      }
    } else {
      waitpid(inner, &code, 0);
    }
    _exit(code == 0 ? 0 : 1);
  }
  int status = 0;
  waitpid(outer, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no process namespaces here; remedy: run as root";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

// Catches a failed start that Boost.Process does not tell of, having no descriptor left for its pipe.
TEST(ExecChild, CannotBeStartedWithoutDescriptors) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer needs a descriptor itself, to look whether memory can be read";
#endif
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int next = dup(STDERR_FILENO);  // the lowest that is free
  close(next);
  const rlimit none_left{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none_left);
  std::string reason;
  try {
    exec_child(0, "/bin/true", {}, {});
  } catch (const KernelError& error) {
    reason = error.what();
  }
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(reason, "cannot start /bin/true; raise ulimit -n: Too many open files");
}

// Descriptors that leak into a program started afresh keep pipes open and files alive.
TEST(ExecChild, InheritsNothingButTheStandardStreamsAndWhatIsNamed) {
  const int leak = dup(STDERR_FILENO);  // not close-on-exec
  const int named = dup(STDERR_FILENO);
  const std::string script = "test -e /proc/self/fd/" + std::to_string(named) +
                             " && test ! -e /proc/self/fd/" + std::to_string(leak);
  Child child = exec_child(0, "/bin/sh", {"-c", script}, {{.fd = named}});
  EXPECT_EQ(child.reap().code, 0);
  close(leak);
  close(named);
}

// A shell joins two programs like this.
TEST(ExecChild, PutsADescriptorInThePlaceOfAStandardStream) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  Child child = exec_child(0, "/bin/sh", {"-c", "echo hello"}, {{.fd = ends[1], .as = STDOUT_FILENO}});
  EXPECT_EQ(child.reap().code, 0);
  close(ends[1]);
  std::array<char, 16> text{};
  EXPECT_EQ(read(ends[0], text.data(), text.size()), 6);
  EXPECT_STREQ(text.data(), "hello\n");
  close(ends[0]);
}

TEST(ExecChild, SaysWhichProgramCannotBeStarted) {
  try {
    exec_child(0, "/nonexistent/program", {}, {});
    FAIL() << "nothing was thrown";
  } catch (const KernelError& error) {
    EXPECT_NE(std::string(error.what()).find("cannot start /nonexistent/program"), std::string::npos);
  }
}

// Catches an end that dies of SIGBUS, because what it was told to map is shorter than a control block.
TEST(SharedControl, WhatIsNoControlBlockIsRefused) {
  const int short_file = memfd_create("short", MFD_CLOEXEC);
  ASSERT_GE(short_file, 0);
  EXPECT_THROW(SharedControl{short_file}, KernelError);
  EXPECT_THROW(SharedControl{-1}, KernelError);
  close(short_file);
}

}  // namespace
}  // namespace ipcbench
