// socketpair(2): two connected UNIX stream sockets, between processes that inherit them.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/socket_options.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {

class SocketPair {
 public:
  static constexpr Traits kTraits{.name = "socketpair",
                                  .summary = "connected pair of UNIX stream sockets, inherited",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .kinship = Kinship::kin,
                                  .framing = Framing::stream,
                                  .flow = Flow::duplex,
                                  .lifetime = Lifetime::process};
  static constexpr std::array kParameters = kSocketBuffers;

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<SocketPair> create(const LinkSpec& spec) {
    return std::make_unique<SocketPair>(spec);
  }

  static std::unique_ptr<SocketPair> inherit(const LinkSpec& spec, Side side, std::span<const int> numbers) {
    return std::make_unique<SocketPair>(spec, side, Fd(numbers[0]));
  }

  explicit SocketPair(const LinkSpec& spec) : spec_(spec) {
    std::array<int, 2> fds{};
    checked(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
    sockets_ = {Fd(fds[0]), Fd(fds[1])};
    for (const Fd& fd : sockets_) set_socket_buffers(fd.get(), spec.parameters);
    settings_ = socket_buffers(sockets_[0].get());
  }
  SocketPair(LinkSpec spec, Side side, Fd socket)
      : spec_(std::move(spec)), settings_(socket_buffers(socket.get())) {
    sockets_[index(side)] = std::move(socket);
  }

  // Each side keeps its own socket alone; threads of one process cannot.
  Ends<StreamSender, StreamReceiver> attach(Side side) {
    if (!spec_.one_process) sockets_[1 - index(side)].reset();
    Fd mine = take_or_share(sockets_[index(side)], spec_.one_process);
    Fd copy = duplicate(mine);
    return {StreamSender(std::move(copy), spec_.message_bytes, spec_.wait),
            StreamReceiver(std::move(mine), spec_.message_bytes, spec_.wait)};
  }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const {
    return {{.fd = sockets_[index(side)].get()}};
  }
  [[nodiscard]] Settings settings() const { return settings_; }

 private:
  static std::size_t index(Side side) { return static_cast<std::size_t>(side); }

  LinkSpec spec_;
  std::array<Fd, 2> sockets_;  // by Side
  Settings settings_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SocketPair);
}  // namespace ipcbench
