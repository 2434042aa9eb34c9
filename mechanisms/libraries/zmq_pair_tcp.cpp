// ZeroMQ: two PAIR sockets over tcp://, on the loopback network.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/unpredictable.hpp"
#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/zmq_gate.hpp"
#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {
namespace {

// The creator keeps the consumer's port from strangers. A password in a file of the launch keeps them from
// being taken for the producer: unlike a plain TCP connection, ZeroMQ does not show the port that a peer
// comes from.
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
    auto made = std::make_unique<ZmqPairTcp>(spec, LoopbackPorts::reserve(SOCK_STREAM), spec.path(), true);
    made->write_password();
    return made;
  }
  // address: "40001,40002 PATH", the ports and the password's file
  static std::unique_ptr<ZmqPairTcp> join(const LinkSpec& spec, const std::string& address) {
    const std::size_t space = std::min(address.find(' '), address.size());
    return std::make_unique<ZmqPairTcp>(spec, LoopbackPorts::parse(address.substr(0, space)),
                                        address.substr(std::min(space + 1, address.size())), false);
  }

  ZmqPairTcp(const LinkSpec& spec, LoopbackPorts ports, std::string path, bool owner)
      : ZmqLink(spec), ports_(std::move(ports)), password_file_(std::move(path), owner) {}

  [[nodiscard]] std::string address() const { return ports_.str() + " " + password_file_.str(); }

  Ends<ZmqSender, ZmqReceiver> attach(Side side) {
    const auto socket = make_socket(ZMQ_PAIR);
    if (side == Side::consumer) {
      let_in_producer(*socket);
    } else {
      say_password(*socket, password());
      socket->connect(endpoint());
    }
    return {ZmqSender(socket, spec().wait), ZmqReceiver(socket, spec().wait)};
  }

 private:
  void write_password() const {
    constexpr mode_t kMode = 0600;
    const Fd file(
        checked(open(password_file_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kMode), "open"));
    const int error = write_all(file.get(), unpredictable_name());
    if (error != 0) throw_error(error, "write", {{ENOSPC, "set TMPDIR to a larger file system"}});
  }
  [[nodiscard]] std::string password() const {
    constexpr std::size_t kMost = 255;  // of PLAIN
    const Fd file(checked(open(password_file_.c_str(), O_RDONLY | O_CLOEXEC), "open"));
    std::string text(kMost, '\0');
    text.resize(static_cast<std::size_t>(checked(read(file.get(), text.data(), text.size()), "read")));
    return text;
  }

  [[nodiscard]] std::string endpoint() const {
    return fmt::format("tcp://127.0.0.1:{}", ports_.of(Side::consumer));
  }

  // ZeroMQ could not bind the port itself, because the creator holds it. It accepts without asking whether
  // anybody still waits, so the listener must not block.
  void let_in_producer(ZmqSocket& socket) {
    ZmqGate gate(socket, password());
    Fd listener = bind_loopback(SOCK_STREAM | SOCK_NONBLOCK, ports_.of(Side::consumer));
    checked(listen(listener.get(), SOMAXCONN), "listen");
    socket.set(ZMQ_USE_FD, listener.get());
    socket.bind(endpoint());
    static_cast<void>(listener.release());  // ZeroMQ closes it
    gate.wait_for_peer();
  }

  LoopbackPorts ports_;
  OwnedPath password_file_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(ZmqPairTcp);
}  // namespace ipcbench
