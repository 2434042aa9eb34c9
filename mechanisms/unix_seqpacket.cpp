// unix(7), SOCK_SEQPACKET: a connection that keeps messages apart, between processes that know its path.
#include "mechanisms/parts/datagram_batches.hpp"
#include "mechanisms/parts/datagram_ends.hpp"
#include "mechanisms/parts/socket_options.hpp"
#include "mechanisms/parts/unix_connection.hpp"

namespace ipcbench {
namespace {

struct Seqpacket {
  static constexpr Traits kTraits{.name = "unix_seqpacket",
                                  .summary = "UNIX socket with a path, connected, that keeps messages apart",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .kinship = Kinship::named,
                                  .flow = Flow::duplex,
                                  .direct = true,
                                  .batches = true,
                                  .lifetime = Lifetime::file_system};
  static constexpr int kSocketType = SOCK_SEQPACKET;
  using Sender = DatagramSender;
  using Receiver = DatagramReceiver;
  static MessageLimit message_limit(const Settings& parameters) { return unix_datagram_limit(parameters); }
  struct Batched;
};
struct Seqpacket::Batched : Seqpacket {
  static constexpr Traits kTraits = batched(Seqpacket::kTraits);
  using Sender = BatchedDatagramSender;
  using Receiver = BatchedDatagramReceiver;
};
using UnixSeqpacket = UnixConnection<Seqpacket>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(UnixSeqpacket);
}  // namespace ipcbench
