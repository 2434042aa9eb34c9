#include "harness/base/child.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

#include "harness/base/child_setup.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

// glibc 2.36 has wrappers for these, older ones do not.
int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }
void signal_pidfd(int pidfd, int signal) { syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0); }
constexpr idtype_t kPidfd = static_cast<idtype_t>(3);  // P_PIDFD

}  // namespace

Child::Child(pid_t pid) : pid_(pid), pidfd_(pid > 0 ? open_pidfd(pid) : -1) {
  if (pid <= 0) throw std::invalid_argument("no child process has the number " + std::to_string(pid));
  if (pidfd_ >= 0) return;
  const int error = errno;
  ::kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  throw_error(error, "cannot watch a child process (pidfd_open, Linux 5.3)");
}

Child::Child(Child&& other) noexcept
    : pid_(other.pid_),
      pidfd_(std::exchange(other.pidfd_, -1)),
      reaped_(std::exchange(other.reaped_, true)) {}

Child::~Child() {
  if (!reaped_) put_to_death();
  if (pidfd_ >= 0) close(pidfd_);
}

void Child::kill() noexcept { signal_pidfd(pidfd_, SIGKILL); }

bool Child::put_to_death() noexcept {
  kill();
  return reap_within(std::chrono::seconds(2)).has_value();
}

std::optional<ExitStatus> Child::reap_within(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  pollfd watched{.fd = pidfd_, .events = POLLIN, .revents = 0};
  auto left = limit;
  while (poll(&watched, 1, static_cast<int>(left.count())) <= 0) {
    left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
  }
  return reap();
}

ExitStatus Child::reap() {
  siginfo_t info{};
  while (waitid(kPidfd, static_cast<id_t>(pidfd_), &info, WEXITED) != 0 && errno == EINTR) {
  }
  reaped_ = true;
  if (info.si_code == CLD_EXITED) return {.code = info.si_status, .signal = std::nullopt};
  return {.code = std::nullopt, .signal = info.si_status};
}

Child fork_child(pid_t group, const std::function<void()>& body) {
  std::fflush(nullptr);  // or the child's copy of a buffer would be written twice
  const pid_t launcher = getpid();
  const pid_t pid = fork();
  if (pid < 0) throw_errno("cannot fork", {{EAGAIN, kAllowMoreProcesses}});
  if (pid == 0) {
    set_up_child(launcher, group);
    body();
    _exit(0);
  }
  setpgid(pid, group == 0 ? pid : group);  // here too: whichever of the two comes first
  return Child(pid);
}

}  // namespace ipcbench
