// A limit on what this process itself asks of a mechanism: its objects are created before there is any other
// process, one that could be killed instead.
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

// While one exists, SIGALRM comes when the limit has passed, and ten times a second from then on: a system
// call that waits returns with EINTR. If the call to the mechanism takes twice the limit, since it tries
// again or never asked the kernel at all, a line on standard error names it and the program ends with exit
// code 5; its guardian tidies up. At most one may exist.
class CallLimit {
 public:
  // what: "pipe: create()".
  CallLimit(const std::string& what, std::chrono::nanoseconds limit);
  ~CallLimit();
  CallLimit(const CallLimit&) = delete;
  CallLimit& operator=(const CallLimit&) = delete;

  [[nodiscard]] static bool has_passed();
  // What to throw for an error that came when it had.
  [[nodiscard]] CallTimedOut error() const;

 private:
  std::string what_;
  std::chrono::nanoseconds limit_;
  struct sigaction previous_ {};
};

// What `call` returns. Throws CallTimedOut in place of any error that came when the limit had passed.
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
