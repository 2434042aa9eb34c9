// The connection of unix_stream.cpp, with io_uring(7) to send and receive.
#include "mechanisms/parts/unix_connection.hpp"
#include "mechanisms/parts/uring_available.hpp"
#include "mechanisms/parts/uring_stream_ends.hpp"

namespace ipcbench {
namespace {
struct IoUringStream {
  static constexpr Traits kTraits{
      .name = "io_uring_unix_stream",
      .summary = "UNIX stream socket with a path, sending and receiving by io_uring",
      .kind = MechanismKind::socket,
      .made_of = "UNIX socket, io_uring",
      .kinship = Kinship::named,
      .framing = Framing::stream,
      .flow = Flow::duplex,
      .lifetime = Lifetime::file_system};
  static constexpr int kSocketType = SOCK_STREAM;
  static constexpr std::array kParameters{kSocketSendBytes, kSocketReceiveBytes, kUringRegistered,
                                          kUringMultishot, kUringSqpoll};
  using Sender = UringSender;
  using Receiver = UringReceiver;

  static Unavailable available() { return uring_available({IORING_OP_SEND, IORING_OP_RECV}, "5.6"); }
  static Settings settings(const Settings& parameters) { return uring_settings(parameters); }
  static Ends<Sender, Receiver> ends(Fd fd, const LinkSpec& spec) {
    return uring_socket_ends(std::move(fd), spec);
  }
};
using IoUringUnixStream = UnixConnection<IoUringStream>;

}  // namespace

// For TCP too.
template class EndLoops<kUringConnectionLoops, UringSender, UringReceiver>;

IPCBENCH_REGISTER_MECHANISM(IoUringUnixStream);
}  // namespace ipcbench
