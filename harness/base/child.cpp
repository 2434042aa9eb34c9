#include "harness/base/child.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace ipcbench {
namespace {

// glibc 2.36 has wrappers for these, older ones do not.
int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }
bool signal_pidfd(int pidfd, int signal) {
  return syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) == 0;
}
constexpr idtype_t kPidfd = static_cast<idtype_t>(3);  // P_PIDFD

}  // namespace

std::string describe_failure(const ExitStatus& status) {
  if (status.signal) return fmt::format("killed by {}", signal_name(*status.signal));
  return status.code.value_or(0) != 0 ? fmt::format("exited with {}", *status.code) : "";
}

std::string signal_name(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

Child::Child(pid_t pid) : pid_(pid), pidfd_(pid > 0 ? open_pidfd(pid) : -1) {
  if (pid <= 0) throw std::invalid_argument("no child process has the number " + std::to_string(pid));
  if (pidfd_) return;
  const int error = errno;
  ::kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  throw_error(error, "cannot watch a child process (pidfd_open, Linux 5.3)");
}

Child::Child(Child&& other) noexcept
    : pid_(other.pid_), pidfd_(std::move(other.pidfd_)), reaped_(std::exchange(other.reaped_, true)) {}

Child::~Child() {
  if (!reaped_) kill_and_reap();
}

bool Child::kill() noexcept { return signal_pidfd(pidfd(), SIGKILL) || ::kill(pid_, SIGKILL) == 0; }

std::optional<ExitStatus> Child::kill_and_reap() noexcept {
  // One that may not be killed ends when it is through, or with this process.
  constexpr std::chrono::milliseconds kToDie{2000};
  constexpr std::chrono::milliseconds kToBeThrough{5};
  return reap_within(kill() ? kToDie : kToBeThrough);
}

std::optional<ExitStatus> Child::reap_within(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  pollfd watched{.fd = pidfd(), .events = POLLIN, .revents = 0};
  auto left = limit;
  while (poll(&watched, 1, static_cast<int>(left.count())) <= 0) {
    left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
  }
  return reap();
}

ExitStatus Child::reap() {
  siginfo_t info{};
  while (waitid(kPidfd, static_cast<id_t>(pidfd()), &info, WEXITED) != 0 && errno == EINTR) {
  }
  reaped_ = true;
  if (info.si_code == CLD_EXITED) return {.code = info.si_status, .signal = std::nullopt};
  return {.code = std::nullopt, .signal = info.si_status};
}

bool is_asleep(pid_t pid) {
  const Fd file(open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> text{};
  const ssize_t got = file ? read(file.get(), text.data(), text.size()) : 0;
  const std::string_view stat(text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  // The state follows the name in parentheses, and the name may itself contain some (proc(5)).
  const std::size_t name_end = stat.rfind(')');
  return name_end != std::string_view::npos && stat.substr(name_end, 3) == ") S";
}

}  // namespace ipcbench
