// One call that may never come back, tried in a child process: it returns, fails, stays blocked or kills.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <type_traits>

namespace ipcbench {

// How long a call may take before it counts as blocked. A process that still runs then is given more time
// (kAttemptLimit): on a busy machine, slow is not blocked.
inline constexpr std::chrono::milliseconds kPatience{25};
inline constexpr std::chrono::milliseconds kAttemptLimit{1000};

struct Attempt {
  enum class How { returned, failed, blocked, killed };

  How how = How::returned;
  long value = 0;                    // that it returned
  int error = 0;                     // errno, if it failed
  int signal = 0;                    // if it killed the process
  std::chrono::microseconds took{};  // until one of them
};

// Makes `call` in a forked child; negative results are failures with the errno that they leave. SIGPIPE is
// ignored there unless `call` says otherwise. Throws KernelError if there can be no child.
Attempt attempt(const std::function<long()>& call);

// "returned 3", "failed with EPIPE", "was blocked", "was killed by SIGPIPE".
std::string describe(const Attempt& attempt);

// "EPIPE"; "SIGPIPE".
std::string error_name(int error);
std::string signal_name(int signal);

// Whether the process sleeps in the kernel, and so will not come back without help. False if it runs or is
// gone.
bool is_asleep(int pid);

// Runs `body` in a forked child, which fills in `size` bytes at its argument, and copies them to `result`.
// Throws std::runtime_error with what `body` threw, or if the child died or was not through in time.
void run_in_child(const std::function<void(void*)>& body, void* result, std::size_t size,
                  std::chrono::milliseconds limit);

// What `body` returns, computed in a forked child: for what changes signals or identity of its process, may
// hang, or must not outlive the experiment.
template <class Result>
Result in_child(const std::function<Result()>& body, std::chrono::milliseconds limit = kAttemptLimit) {
  static_assert(std::is_trivially_copyable_v<Result>);
  Result result{};
  run_in_child([&](void* out) { *static_cast<Result*>(out) = body(); }, &result, sizeof result, limit);
  return result;
}

}  // namespace ipcbench
