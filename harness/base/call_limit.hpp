// A time limit on calls into a mechanism that this process makes itself. It creates the objects before there
// is another process to kill.
#pragma once

#include <chrono>
#include <csignal>
#include <exception>
#include <string>

#include "harness/base/error.hpp"

namespace ipcbench {

struct CallTimedOut : Error {
  using Error::Error;
};

// While one exists, SIGALRM arrives once the limit has passed and ten times a second after that, so a waiting
// system call returns with EINTR. A call that takes twice the limit retries or never enters the kernel: a
// line on standard error names it, the program exits with set_exit_code()'s code, and its guardian cleans up.
// At most one may exist.
class CallLimit {
 public:
  // what: "pipe: create()".
  CallLimit(const std::string& what, std::chrono::nanoseconds limit);
  ~CallLimit();
  CallLimit(const CallLimit&) = delete;
  CallLimit& operator=(const CallLimit&) = delete;

  // The exit code after a call that cannot be interrupted; EXIT_FAILURE by default.
  static void set_exit_code(int code);

  [[nodiscard]] static bool has_passed();
  // The error to throw instead of one that came after the limit.
  [[nodiscard]] CallTimedOut error() const;

 private:
  std::string what_;
  std::chrono::nanoseconds limit_;
  struct sigaction previous_ {};
};

// Returns what `call` returns. Throws CallTimedOut instead of any error that came after the limit.
template <class Call>
auto call_within(std::chrono::nanoseconds limit, const std::string& what, Call call) {
  const CallLimit watch(what, limit);
  try {
    return call();
  } catch (const std::exception&) {
    if (CallLimit::has_passed()) throw watch.error();
    throw;
  }
}

}  // namespace ipcbench
