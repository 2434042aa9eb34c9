#include "harness/base/fd.hpp"

#include <array>

namespace ipcbench {

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

void append_some(Fd& from, std::string& text) {
  std::array<char, 65536> piece{};
  const ssize_t got = read(from.get(), piece.data(), piece.size());
  if (got > 0) text.append(piece.data(), static_cast<std::size_t>(got));
  if (got == 0 || (got < 0 && !try_again(errno))) from.reset();
}

}  // namespace ipcbench
