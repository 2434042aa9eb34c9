// unix(7), SOCK_STREAM: a byte stream both ways, between processes that know its path.
#include "mechanisms/parts/stream_ends.hpp"
#include "mechanisms/parts/unix_connection.hpp"

namespace ipcbench {
namespace {
struct Stream {
  static constexpr Traits kTraits{.name = "unix_stream",
                                  .summary = "UNIX stream socket with a path",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .kinship = Kinship::named,
                                  .framing = Framing::stream,
                                  .flow = Flow::duplex,
                                  .direct = true,
                                  .batches = true,
                                  .lifetime = Lifetime::file_system};
  static constexpr int kSocketType = SOCK_STREAM;
  using Sender = StreamSender;
  using Receiver = StreamReceiver;
  struct Batched;
};
struct Stream::Batched : Stream {
  static constexpr Traits kTraits = batched(Stream::kTraits);
  using Sender = BatchedStreamSender;
  using Receiver = BatchedStreamReceiver;
};
using UnixStream = UnixConnection<Stream>;

}  // namespace

// For all connections.
template class EndLoops<kConnectionLoops, StreamSender, StreamReceiver>;

IPCBENCH_REGISTER_MECHANISM(UnixStream);
}  // namespace ipcbench
