#include "bench/study/parts/system_calls.hpp"

#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <set>

#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

constexpr int kMark = -12'345;  // no descriptor: closing it marks where the body begins and ends

// Waits until the child stops.
int next_stop(pid_t pid) {
  const auto deadline = std::chrono::steady_clock::now() + kAttemptLimit;
  while (std::chrono::steady_clock::now() < deadline) {
    int status = 0;
    const pid_t changed = waitpid(pid, &status, WNOHANG | __WALL);
    if (changed < 0) throw_errno("waitpid");
    if (changed == 0)
      sched_yield();
    else if (WIFSTOPPED(status))
      return WSTOPSIG(status);
    else
      throw Error("its system calls cannot be counted: it may not be traced (ptrace), or it ended early");
  }
  throw Error("a process whose system calls are counted waits for ever");
}

struct Call {
  std::uint64_t number = 0;  // SYS_read
  std::array<std::uint64_t, 6> arguments{};
  std::int64_t result = 0;  // negative: -errno
};

// Runs the child until its next system call is over.
Call next_call(pid_t pid) {
  Call call;
  while (true) {
    checked(ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr), "ptrace");
    if (next_stop(pid) != (SIGTRAP | 0x80)) continue;
    __ptrace_syscall_info info{};
    checked(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info), "ptrace(PTRACE_GET_SYSCALL_INFO)");
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      call.number = info.entry.nr;
      std::copy(std::begin(info.entry.args), std::end(info.entry.args), call.arguments.begin());
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
      call.result = info.exit.rval;
      return call;
    }
  }
}

bool is_mark(const Call& call) {
  return call.number == SYS_close && static_cast<int>(call.arguments[0]) == kMark;
}

// The result is the number of bytes; msgsnd and mq_send return 0 and have it as their third argument.
std::size_t copied_by(const Call& call) {
  static const std::set<std::uint64_t> kByResult{SYS_read,   SYS_write,   SYS_pread64, SYS_pwrite64,
                                                 SYS_readv,  SYS_writev,  SYS_sendto,  SYS_recvfrom,
                                                 SYS_msgrcv, SYS_sendmsg, SYS_recvmsg, SYS_mq_timedreceive};
  if (call.result < 0) return 0;
  if (kByResult.contains(call.number)) return static_cast<std::size_t>(call.result);
  return call.number == SYS_msgsnd || call.number == SYS_mq_timedsend ? call.arguments[2] : 0;
}

}  // namespace

SystemCalls system_calls_of(const std::function<void()>& body) {
  const Child child = fork_child(0, [&] {
    checked(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr), "ptrace");
    raise(SIGSTOP);
    close(kMark);
    body();
    close(kMark);
  });
  next_stop(child.pid());
  constexpr auto kOptions = static_cast<long>(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  checked(ptrace(PTRACE_SETOPTIONS, child.pid(), nullptr, kOptions), "ptrace(PTRACE_SETOPTIONS)");
  while (!is_mark(next_call(child.pid()))) {
  }
  SystemCalls calls;
  for (Call call = next_call(child.pid()); !is_mark(call); call = next_call(child.pid())) {
    ++calls.made;
    calls.copied_bytes += copied_by(call);
  }
  return calls;
}

}  // namespace ipcbench
