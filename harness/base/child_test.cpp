#include "harness/base/child.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace ipcbench {
namespace {

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

// Catches waiting for a child that cannot be killed.
TEST(Child, IsWaitedForWithinALimit) {
  Child sleeps = fork_child(0, [] { pause(); });
  EXPECT_FALSE(sleeps.reap_within(std::chrono::milliseconds(20)));
  EXPECT_TRUE(sleeps.kill_and_reap());
  Child exits = fork_child(0, [] { _exit(7); });
  const auto left = exits.reap_within(std::chrono::seconds(60));
  ASSERT_TRUE(left);
  EXPECT_EQ(left->code, 7);
}

// Catches a forgotten child left behind: its handle kills it.
TEST(Child, IsGoneWhenItsHandleIs) {
  pid_t pid = 0;
  {
    const Child child = fork_child(0, [] { pause(); });
    pid = child.pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

// Denies this process the calls that send a signal to another one, as the filter of a container may.
void deny_signals() {
  std::array filter{sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_kill, 1, 0),
                    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_send_signal, 0, 1),
                    sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                    sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) _exit(77);
}

// Catches a wait for the end of a child that cannot be killed. It ends with its parent.
TEST(Child, ThatMayNotBeKilledIsGivenUp) {
  Child outer = fork_child(0, [] {
    deny_signals();
    Child sleeps = fork_child(0, [] { pause(); });
    _exit(!sleeps.kill() && !sleeps.kill_and_reap() ? 0 : 1);
  });
  const auto code = outer.reap().code;
  if (code == 77) GTEST_SKIP() << "needs seccomp filters";
  EXPECT_EQ(code, 0);
}

// Catches an exception that unwinds into what the parent was about to do, a second time.
TEST(Child, EndsWithAnException) {
  Child throws = fork_child(0, [] { throw std::runtime_error("no"); });
  EXPECT_EQ(throws.reap().code, 1);
}

// To kill(2), the pid -1 of a failed start means every process. In a process namespace that is this test
// alone.
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

// Catches a failed start that Boost.Process does not report, for lack of a descriptor for its pipe.
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

// Descriptors that leak into a fresh program keep pipes open and files alive.
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
  const auto reason = [](const std::string& program) -> std::string {
    try {
      exec_child(0, program, {}, {});
    } catch (const KernelError& error) {
      return error.what();
    }
    return "started";
  };
  EXPECT_EQ(reason("/nonexistent/program"),
            "cannot start /nonexistent/program; name a program that exists: No such file or directory");
  EXPECT_EQ(reason("/proc/0/exe"), "cannot start /proc/0/exe; mount /proc: No such file or directory");
}

}  // namespace
}  // namespace ipcbench
