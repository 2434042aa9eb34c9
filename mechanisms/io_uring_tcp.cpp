// The connection of tcp.cpp, with io_uring(7) to send and receive.
#include "mechanisms/parts/loopback_connection.hpp"
#include "mechanisms/parts/tcp_options.hpp"
#include "mechanisms/parts/uring_available.hpp"
#include "mechanisms/parts/uring_stream_ends.hpp"

namespace ipcbench {
namespace {
struct IoUringTcpKind : TcpOptions {
  static constexpr Traits kTraits{
      .name = "io_uring_tcp",
      .summary = "TCP connection over 127.0.0.1, sending and receiving by io_uring",
      .kind = MechanismKind::socket,
      .made_of = "TCP socket, io_uring",
      .kinship = Kinship::named,
      .framing = Framing::stream,
      .flow = Flow::duplex};
  static constexpr std::array kParameters{kSocketSendBytes, kSocketReceiveBytes, kTcpNodelay,
                                          kUringRegistered, kUringMultishot,     kUringSqpoll};

  static Unavailable available() {
    if (auto reason = loopback_available()) return reason;
    return uring_available({IORING_OP_SEND, IORING_OP_RECV}, "5.6");
  }
  static Settings set_up(int fd, const Settings& parameters) {
    Settings settings = TcpOptions::set_up(fd, parameters);
    settings.merge(uring_settings(parameters));
    return settings;
  }
  static Ends<UringSender, UringReceiver> ends(Fd fd, const LinkSpec& spec) {
    return uring_socket_ends(std::move(fd), spec);
  }
};
using IoUringTcp = LoopbackConnection<IoUringTcpKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(IoUringTcp);
}  // namespace ipcbench
