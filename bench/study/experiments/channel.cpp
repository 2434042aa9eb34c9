#include "bench/study/experiments/channel.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <array>

#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {

Channel open_pipe_channel() {
  std::array<int, 2> fds{};
  checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
  return {Fd(fds[0]), Fd(fds[1])};
}

Channel open_unix_channel(int socket_type) {
  std::array<int, 2> fds{};
  checked(socketpair(AF_UNIX, socket_type | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
  return {Fd(fds[0]), Fd(fds[1])};
}

Channel open_udp_channel() {
  Channel channel{bind_loopback(SOCK_DGRAM, 0), bind_loopback(SOCK_DGRAM, 0)};
  const auto connect_to = [](const Fd& from, const Fd& to) {
    sockaddr_in address{};
    socklen_t bytes = sizeof address;
    checked(getsockname(to.get(), reinterpret_cast<sockaddr*>(&address), &bytes), "getsockname");
    connect_datagrams(from.get(), address);
  };
  connect_to(channel.write_end, channel.read_end);
  connect_to(channel.read_end, channel.write_end);
  return channel;
}

Channel open_file_channel() {
  Fd write_end(checked(memfd_create("ipcbench-file", MFD_CLOEXEC), "memfd_create"));
  const std::string path = fmt::format("/proc/self/fd/{}", write_end.get());
  return {Fd(checked(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open")), std::move(write_end)};
}

void set_nonblocking(const Fd& fd, bool nonblocking) {
  set_blocking_for(fd.get(), nonblocking ? Wait::spin : Wait::block);
}

}  // namespace ipcbench
