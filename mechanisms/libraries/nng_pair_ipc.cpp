// nng: two PAIR sockets over ipc://, which is a UNIX stream socket with nng's protocol.
#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>

#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/nng_link.hpp"

namespace ipcbench {
namespace {

class NngPairIpc : public NngLink {
 public:
  static constexpr Traits kTraits{.name = "nng_pair_ipc",
                                  .summary = "nng, PAIR sockets over ipc:// (nng_sendmsg, nng_recvmsg)",
                                  .kind = MechanismKind::library,
                                  .made_of = "nng, UNIX socket, epoll, futex",
                                  .in_between =
                                      "SP, 9 bytes before a message; the caller writes, a pool of two "
                                      "threads a CPU reads and wakes the receiver",
                                  .kinship = Kinship::named,
                                  .flow = Flow::duplex,
                                  .waits = {Wait::block, Wait::spin}};

  static std::unique_ptr<NngPairIpc> create(const LinkSpec& spec) {
    return std::make_unique<NngPairIpc>(spec, ipc_address(spec));
  }
  static std::unique_ptr<NngPairIpc> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<NngPairIpc>(spec, address);
  }

  using NngLink::NngLink;

  Ends<NngSender, NngReceiver> attach(Side side) {
    const auto socket = make_socket(nng_pair0_open, {NNG_OPT_SENDBUF, NNG_OPT_RECVBUF});
    if (side == Side::consumer) {
      socket->listen(address());
    } else {
      socket->dial(address());
    }
    return {NngSender(socket, wait()), NngReceiver(socket, wait())};
  }
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(NngPairIpc);
}  // namespace ipcbench
