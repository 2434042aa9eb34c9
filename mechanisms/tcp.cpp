// tcp(7) over the loopback network: a byte stream both ways through the whole network stack.
#include "mechanisms/parts/stream_ends.hpp"
#include "mechanisms/parts/tcp_connection.hpp"

namespace ipcbench {
namespace {
struct TcpKind {
  static constexpr Traits kTraits{.name = "tcp",
                                  .summary = "TCP connection over 127.0.0.1",
                                  .kind = MechanismKind::socket,
                                  .made_of = "TCP socket",
                                  .kinship = Kinship::named,
                                  .framing = Framing::stream,
                                  .flow = Flow::duplex};
  static constexpr std::array kParameters{kSocketSendBytes, kSocketReceiveBytes, kTcpNodelay};
  using Sender = StreamSender;
  using Receiver = StreamReceiver;

  static Ends<Sender, Receiver> ends(Fd fd, const LinkSpec& spec) {
    Fd copy = duplicate(fd);
    return {Sender(std::move(copy), spec.message_bytes, spec.wait),
            Receiver(std::move(fd), spec.message_bytes, spec.wait)};
  }
};
using Tcp = TcpConnection<TcpKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Tcp);
}  // namespace ipcbench
