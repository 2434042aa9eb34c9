// ZeroMQ: two PAIR sockets over ipc://, which is a UNIX stream socket with ZeroMQ's protocol.
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"
#include "mechanisms/libraries/parts/zmq_ends.hpp"

namespace ipcbench {
namespace {

class ZmqPairIpc : public ZmqLink {
 public:
  static constexpr Traits kTraits{
      .name = "zmq_pair_ipc",
      .summary = "ZeroMQ, PAIR sockets over ipc:// (zmq_msg_send, zmq_msg_recv)",
      .kind = MechanismKind::library,
      .made_of = "ZeroMQ, UNIX socket, eventfd, epoll",
      .in_between =
          "ZMTP 3.1; an I/O thread an end, woken through an eventfd; copies what waits into batches of 8 KiB",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin}};

  static std::unique_ptr<ZmqPairIpc> create(const LinkSpec& spec) {
    return std::make_unique<ZmqPairIpc>(spec, socket_path(spec));
  }
  static std::unique_ptr<ZmqPairIpc> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<ZmqPairIpc>(spec, address);
  }

  ZmqPairIpc(const LinkSpec& spec, std::string path) : ZmqLink(spec), path_(std::move(path)) {}

  [[nodiscard]] std::string address() const { return path_; }

  Ends<ZmqSender, ZmqReceiver> attach(Side side) {
    const auto socket = make_socket(ZMQ_PAIR);
    if (side == Side::consumer) {
      bind_to_file(*socket, path_);
    } else {
      connect_to_file(*socket, path_);
    }
    return {ZmqSender(socket, spec().wait), ZmqReceiver(socket, spec().wait)};
  }

 private:
  std::string path_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(ZmqPairIpc);
}  // namespace ipcbench
