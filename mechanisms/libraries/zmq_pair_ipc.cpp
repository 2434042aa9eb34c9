// ZeroMQ: two PAIR sockets over ipc://, which is a UNIX stream socket with ZeroMQ's protocol.
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/zmq_ends.hpp"

namespace ipcbench {
namespace {

class ZmqPairIpc {
 public:
  static constexpr Traits kTraits{
      .name = "zmq_pair_ipc",
      .summary = "ZeroMQ, PAIR sockets over ipc:// (zmq_msg_send, zmq_msg_recv)",
      .kind = MechanismKind::library,
      .made_of = "UNIX stream socket, eventfd",
      .in_between = "ZMTP 3.1; an I/O thread in each process, woken through an eventfd; batches what waits",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin}};

  static std::unique_ptr<ZmqPairIpc> create(const LinkSpec& spec) {
    return std::make_unique<ZmqPairIpc>(spec, "ipc://" + spec.path());
  }
  static std::unique_ptr<ZmqPairIpc> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<ZmqPairIpc>(spec, address);
  }

  ZmqPairIpc(const LinkSpec& spec, std::string address) : wait_(spec.wait), address_(std::move(address)) {}

  [[nodiscard]] std::string address() const { return address_; }

  Ends<ZmqSender, ZmqReceiver> attach(Side side) {
    auto socket = std::make_shared<ZmqSocket>(ZMQ_PAIR);
    socket->set(ZMQ_LINGER, 0);
    if (side == Side::producer) {
      socket->bind(address_);
    } else {
      socket->set(ZMQ_RECONNECT_IVL, 1);  // the other side may not have bound yet
      socket->connect(address_);
    }
    return {ZmqSender(socket, wait_), ZmqReceiver(socket, wait_)};
  }

 private:
  Wait wait_;
  std::string address_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(ZmqPairIpc);
}  // namespace ipcbench
