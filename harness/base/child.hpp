// A child process that cannot be lost: in a process group of its own, killed with its parent, watched
// through a pidfd. The two ways to get one are fork and exec.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/fd.hpp"

namespace ipcbench {

// How a process ended: exactly one of the two is set.
struct ExitStatus {
  std::optional<int> code;
  std::optional<int> signal;
};

// "killed by SIGSEGV", "exited with 3"; empty for success and for a process that has not ended.
std::string describe_failure(const ExitStatus& status);
// "SIGPIPE".
std::string signal_name(int signal);

class Child {
 public:
  // Takes over a child of this process that nobody else waits for. Throws KernelError, and
  // std::invalid_argument for 0 and below: kill(2) takes -1 as everybody and 0 as the caller's group.
  explicit Child(pid_t pid);
  // Kills the process if it still runs, and reaps it. Gives up after two seconds on one that is stuck in the
  // kernel, and within milliseconds on one that may not be killed: it goes with this process.
  ~Child();
  Child(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child& operator=(Child&&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  // Readable (for poll) once the process has ended.
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }
  // False if no signal may be sent (a seccomp filter).
  bool kill() noexcept;
  // Waits for the end and reaps. At most once.
  ExitStatus reap();
  // The same, but waits at most `limit`. Empty: it still runs.
  std::optional<ExitStatus> reap_within(std::chrono::milliseconds limit);
  // Empty: it could not be killed within two seconds, or not at all.
  std::optional<ExitStatus> kill_and_reap() noexcept;

 private:
  pid_t pid_;
  Fd pidfd_;
  bool reaped_ = false;
};

// Whether the process sleeps in the kernel until somebody wakes it. False if it runs or is gone.
bool is_asleep(pid_t pid);

// Either way, the child joins process group `group` (0: leads a new one), so the terminal's Ctrl-C reaches
// only the launcher. It dies with the launcher. Its signal handling is the default, except that SIGPIPE is
// ignored: writing to a peer that is gone is an error to report. Both throw KernelError.

// Runs `body` in a forked child, which then leaves by _exit(0) without running destructors; by _exit(1) if
// `body` throws.
Child fork_child(pid_t group, const std::function<void()>& body);

// Starts `program` afresh. It gets our descriptors 0, 1, 2 and `inherited`, nothing else. One inherited as 0,
// 1 or 2 replaces ours.
Child exec_child(pid_t group, const std::string& program, const std::vector<std::string>& arguments,
                 const std::vector<InheritedFd>& inherited);

// The file that execvp(3) would start; empty if there is none.
std::optional<std::string> find_program(const std::string& name);

}  // namespace ipcbench
