// The connection of tcp.cpp, with io_uring(7) to send and receive.
#include "mechanisms/parts/tcp_connection.hpp"
#include "mechanisms/parts/uring_available.hpp"
#include "mechanisms/parts/uring_stream_ends.hpp"

namespace ipcbench {
namespace {
struct IoUringTcpKind {
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
  using Sender = UringSender;
  using Receiver = UringReceiver;

  static Unavailable available() { return uring_available({IORING_OP_SEND, IORING_OP_RECV}, "5.6"); }
  static Settings settings(const Settings& parameters) { return uring_settings(parameters); }
  static Ends<Sender, Receiver> ends(Fd fd, const LinkSpec& spec) {
    return uring_socket_ends(std::move(fd), spec);
  }
};
using IoUringTcp = TcpConnection<IoUringTcpKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(IoUringTcp);
}  // namespace ipcbench
