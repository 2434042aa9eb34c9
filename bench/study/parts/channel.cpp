#include "bench/study/parts/channel.hpp"

#include <array>

#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {

Channel open_pipe_channel() {
  PipeEnds pipe = make_pipe();
  return {std::move(pipe.read), std::move(pipe.write)};
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

void set_nonblocking(const Fd& fd, bool nonblocking) {
  set_blocking_for(fd.get(), nonblocking ? Wait::spin : Wait::block);
}

}  // namespace ipcbench
