#include "harness/base/fd.hpp"

#include <array>

namespace ipcbench {
namespace {

struct flock write_lock() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;  // a length of 0 reaches to the end, wherever that is
}

}  // namespace

PipeEnds make_pipe() {
  std::array<int, 2> fds{};
  checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
  PipeEnds pipe{.read = Fd(fds[0]), .write = Fd(fds[1])};
  for (Fd* const end : {&pipe.read, &pipe.write}) {
    if (end->get() > STDERR_FILENO) continue;
    *end = Fd(checked(fcntl(end->get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1), "fcntl(F_DUPFD_CLOEXEC)"));
  }
  return pipe;
}

int write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

bool lock_whole_file(int fd) noexcept {
  const struct flock lock = write_lock();
  return fcntl(fd, F_SETLK, &lock) == 0;
}

bool is_locked_by_another(int fd) noexcept {
  struct flock lock = write_lock();
  return fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

void append_some(Fd& from, std::string& text) {
  std::array<char, 65536> piece{};
  const ssize_t got = read(from.get(), piece.data(), piece.size());
  if (got > 0) text.append(piece.data(), static_cast<std::size_t>(got));
  if (got == 0 || (got < 0 && !try_again(errno))) from.reset();
}

}  // namespace ipcbench
