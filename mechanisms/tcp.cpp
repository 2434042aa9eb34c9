// tcp(7) over the loopback network: a byte stream both ways through the whole network stack.
#include "mechanisms/parts/loopback_connection.hpp"
#include "mechanisms/parts/stream_ends.hpp"
#include "mechanisms/parts/tcp_options.hpp"

namespace ipcbench {
namespace {
struct TcpKind : TcpOptions {
  static constexpr Traits kTraits{.name = "tcp",
                                  .summary = "TCP connection over 127.0.0.1",
                                  .kind = MechanismKind::socket,
                                  .made_of = "TCP socket",
                                  .kinship = Kinship::named,
                                  .framing = Framing::stream,
                                  .flow = Flow::duplex,
                                  .direct = true,
                                  .batches = true};
  static constexpr std::array kParameters{kSocketSendBytes, kSocketReceiveBytes, kTcpNodelay};

  static Unavailable available() { return loopback_available(); }
  static Ends<StreamSender, StreamReceiver> ends(Fd fd, const LinkSpec& spec) {
    return stream_ends(std::move(fd), spec);
  }
  struct Batched;
};
struct TcpKind::Batched : TcpKind {
  static constexpr Traits kTraits = batched(TcpKind::kTraits);
  static Ends<BatchedStreamSender, BatchedStreamReceiver> ends(Fd fd, const LinkSpec& spec) {
    return stream_ends<BatchedStreamSender, BatchedStreamReceiver>(std::move(fd), spec);
  }
};
using Tcp = LoopbackConnection<TcpKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Tcp);
}  // namespace ipcbench
