// ZeroMQ: two PAIR sockets over tcp://, on the loopback network.
#include <sys/socket.h>

#include "harness/base/unpredictable.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/zmq_gate.hpp"
#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {
namespace {

// The creator keeps the consumer's port from strangers. The password keeps them from being taken for the
// producer: unlike a plain TCP connection, ZeroMQ does not show the port that a peer comes from.
class ZmqPairTcp : public ZmqLink {
 public:
  static constexpr Traits kTraits{
      .name = "zmq_pair_tcp",
      .summary = "ZeroMQ, PAIR sockets over tcp:// at 127.0.0.1 (zmq_msg_send, zmq_msg_recv)",
      .kind = MechanismKind::library,
      .made_of = "ZeroMQ, TCP socket, eventfd, epoll",
      .in_between =
          "ZMTP 3.1, with a password in the handshake; an I/O thread an end, woken through an eventfd; "
          "copies "
          "what waits into batches of 8 KiB",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin}};

  static Unavailable available() { return loopback_available(); }

  static std::unique_ptr<ZmqPairTcp> create(const LinkSpec& spec) {
    return std::make_unique<ZmqPairTcp>(spec, LoopbackPorts::reserve(SOCK_STREAM), unpredictable_name());
  }
  // address: "40001,40002 PASSWORD"
  static std::unique_ptr<ZmqPairTcp> join(const LinkSpec& spec, const std::string& address) {
    const std::size_t space = std::min(address.find(' '), address.size());
    return std::make_unique<ZmqPairTcp>(spec, LoopbackPorts::parse(address.substr(0, space)),
                                        address.substr(std::min(space + 1, address.size())));
  }

  ZmqPairTcp(const LinkSpec& spec, LoopbackPorts ports, std::string password)
      : ZmqLink(spec), ports_(std::move(ports)), password_(std::move(password)) {}

  [[nodiscard]] std::string address() const { return ports_.str() + " " + password_; }

  Ends<ZmqSender, ZmqReceiver> attach(Side side) {
    const auto socket = make_socket(ZMQ_PAIR);
    if (side == Side::consumer) {
      let_in_producer(*socket);
    } else {
      say_password(*socket, password_);
      socket->connect(endpoint());
    }
    return {ZmqSender(socket, spec().wait), ZmqReceiver(socket, spec().wait)};
  }

 private:
  [[nodiscard]] std::string endpoint() const {
    return fmt::format("tcp://127.0.0.1:{}", ports_.of(Side::consumer));
  }

  // ZeroMQ could not bind the port itself, because the creator holds it. It accepts without asking whether
  // anybody still waits, so the listener must not block.
  void let_in_producer(ZmqSocket& socket) {
    ZmqGate gate(socket, password_);
    Fd listener = bind_loopback(SOCK_STREAM | SOCK_NONBLOCK, ports_.of(Side::consumer));
    checked(listen(listener.get(), SOMAXCONN), "listen");
    socket.set(ZMQ_USE_FD, listener.get());
    socket.bind(endpoint());
    static_cast<void>(listener.release());  // ZeroMQ closes it
    gate.wait_for_peer();
  }

  LoopbackPorts ports_;
  std::string password_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(ZmqPairTcp);
}  // namespace ipcbench
