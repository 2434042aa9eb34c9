// Descriptors: owning them, waiting on them, writing all of a text.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/axes.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {

// Passes on the value of a system call; throws KernelError if it is -1.
template <class Value>
inline Value checked(Value value, const char* what) {
  if (value == static_cast<Value>(-1)) throw_errno(what);
  return value;
}

// The same with a remedy, whatever the error is.
template <class Value>
inline Value checked(Value value, const char* what, const char* remedy) {
  if (value == static_cast<Value>(-1)) throw KernelError(errno, what, remedy);
  return value;
}

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { reset(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  void reset() noexcept {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  // For a caller that has to know whether close() worked, or hands the number to somebody else.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// A second descriptor of the same open object, for the other of two ends that share it.
inline Fd duplicate(const Fd& fd) {
  return Fd(checked(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0), "fcntl(F_DUPFD_CLOEXEC)"));
}

// The descriptor for an end: `fd` itself, or a duplicate if the other end is in the same process and `fd` has
// to stay (LinkSpec::one_process).
inline Fd take_or_share(Fd& fd, bool one_process) { return one_process ? duplicate(fd) : std::move(fd); }

// Under `block`, system calls on `fd` wait; under every other strategy they return at once.
inline void set_blocking_for(int fd, Wait wait) {
  const int flags = checked(fcntl(fd, F_GETFL), "fcntl(F_GETFL)");
  const int wanted = wait == Wait::block ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
  checked(fcntl(fd, F_SETFL, wanted), "fcntl(F_SETFL)");
}

// Sleeps until `events` (POLLIN, POLLOUT) may succeed; may return early.
inline void wait_for(int fd, short events) {
  pollfd watched{.fd = fd, .events = events, .revents = 0};
  if (poll(&watched, 1, -1) < 0 && errno != EINTR) throw_errno("poll");
}

inline bool try_again(int error) { return error == EAGAIN || error == EINTR; }

// A descriptor that a program started afresh inherits, under its own number or another (`as`: 0, 1 or 2).
struct InheritedFd {
  int fd = -1;
  int as = -1;  // -1: the same number

  [[nodiscard]] int number() const { return as < 0 ? fd : as; }
};

struct PipeEnds {
  Fd read;
  Fd write;
};

// Close-on-exec, and numbered above 2 even if standard streams are closed. Throws KernelError.
PipeEnds make_pipe();

// Writes all of `text`, resuming after interruptions. Returns an errno, 0 for success.
int write_all(int fd, std::string_view text) noexcept;

// Locks the whole file for this process. The kernel drops the lock with the process, so it shows that the
// file's user is alive. False: another process holds it.
bool lock_whole_file(int fd) noexcept;

// True also if the kernel cannot say.
bool is_locked_by_another(int fd) noexcept;

// Appends the result of one read(). Closes `from` at its end, or after any error except EAGAIN and EINTR.
void append_some(Fd& from, std::string& text);

}  // namespace ipcbench
