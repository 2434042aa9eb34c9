// Running something in a child process under a time limit: a function of this program that may hang, crash or
// change its process, or another program.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "harness/base/child.hpp"

namespace ipcbench {

// How long a call may take before it counts as blocked. A process that still runs then is given more time
// (kAttemptLimit): on a busy machine, slow is not blocked.
inline constexpr std::chrono::milliseconds kPatience{25};
inline constexpr std::chrono::milliseconds kAttemptLimit{1000};

// When to give up on a child, and kill it.
struct ChildLimit {
  std::chrono::milliseconds time = kAttemptLimit;
  // A child that sleeps in the kernel after that long is given up at once. Zero: it may sleep.
  std::chrono::milliseconds patience{0};
  const volatile std::sig_atomic_t* interrupted = nullptr;  // becomes non-zero: give up at once
};

struct ChildRun {
  enum class How { ended, late, interrupted };

  How how = How::ended;
  pid_t pid = -1;      // its former pid
  ExitStatus status;   // SIGKILL if it was given up
  std::string output;  // written to `out`, or to a program's standard output
  std::string errors;  // written to a program's standard error

  // "" for success; "interrupted", "killed by SIGSEGV", "exited with 3", "not through after 1000 ms".
  [[nodiscard]] std::string problem(const ChildLimit& limit) const;
};

// Runs `body` in a forked child, which then leaves by _exit(0). What `body` writes to `out` is kept even if
// it never ends. Throws KernelError if there can be no child.
ChildRun run_forked(const std::function<void(const Fd& out)>& body, const ChildLimit& limit);

// Runs `command`, a program and its arguments, with `input` as standard input. Empty if there is no such
// program. Throws KernelError if it cannot be started for another reason.
std::optional<ChildRun> run_program(const std::vector<std::string>& command, std::string_view input,
                                    const ChildLimit& limit);

// Runs `body` in a forked child and returns its result. Throws Error with the text of its exception, or if
// the child died or exceeded the limit.
std::string bytes_from_child(const std::function<std::string()>& body, std::chrono::milliseconds limit);

// The same for a plain value.
template <class Result>
Result in_child(const std::function<Result()>& body, std::chrono::milliseconds limit = kAttemptLimit) {
  static_assert(std::is_trivially_copyable_v<Result>);
  const auto body_in_bytes = [&body] {
    const Result result = body();
    return std::string(reinterpret_cast<const char*>(&result), sizeof result);
  };
  Result result{};
  bytes_from_child(body_in_bytes, limit).copy(reinterpret_cast<char*>(&result), sizeof result);
  return result;
}

// One call that may never come back: it returned, failed, stayed blocked or killed its process.
struct Attempt {
  enum class How { returned, failed, blocked, killed };

  How how = How::returned;
  long value = 0;                    // if it returned
  int error = 0;                     // errno, if it failed
  int signal = 0;                    // if it killed the process
  std::chrono::microseconds took{};  // until that outcome
};

// Makes `call` in a forked child; a negative result is a failure with its errno. SIGPIPE is ignored there
// unless `call` says otherwise. Throws KernelError if there can be no child.
Attempt attempt(const std::function<long()>& call);

// "returned 3", "failed with EPIPE", "was blocked", "was killed by SIGPIPE".
std::string describe(const Attempt& attempt);

// "EPIPE".
std::string error_name(int error);

}  // namespace ipcbench
