// nng: PUSH sockets that send to one PULL socket over ipc://.
#include <nng/nng.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>

#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/nng_link.hpp"

namespace ipcbench {
namespace {

// The receiver listens, so that there can be several senders.
class NngPushPullIpc : public NngLink {
 public:
  static constexpr Traits kTraits{
      .name = "nng_push_pull_ipc",
      .summary = "nng, PUSH sockets to one PULL socket over ipc:// (nng_sendmsg, nng_recvmsg)",
      .kind = MechanismKind::library,
      .made_of = "nng, UNIX socket, epoll, futex",
      .in_between =
          "SP, 9 bytes before a message; the caller writes, a pool of two threads a CPU reads and wakes the "
          "receiver",
      .kinship = Kinship::named,
      .waits = {Wait::block, Wait::spin},
      .sharing = {.senders = true}};

  static std::unique_ptr<NngPushPullIpc> create(const LinkSpec& spec) {
    return std::make_unique<NngPushPullIpc>(spec, ipc_address(spec));
  }
  static std::unique_ptr<NngPushPullIpc> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<NngPushPullIpc>(spec, address);
  }

  using NngLink::NngLink;

  NngSender sender() {
    const auto socket = make_socket(nng_push0_open, {NNG_OPT_SENDBUF});
    socket->dial(address());
    return {socket, wait()};
  }
  // PULL has no buffer of its own.
  NngLoneReceiver receiver() {
    const auto socket = make_socket(nng_pull0_open, {});
    socket->listen(address());
    return {socket, wait()};
  }
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(NngPushPullIpc);
}  // namespace ipcbench
