// socketpair(2): two connected UNIX stream sockets, between processes that inherit them.
#include "harness/registry.hpp"
#include "mechanisms/socket_options.hpp"
#include "mechanisms/stream_ends.hpp"

namespace ipcbench {
namespace {

class SocketPair {
 public:
  static constexpr Traits kTraits{.name = "socketpair",
                                  .summary = "connected pair of UNIX stream sockets, inherited",
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

  explicit SocketPair(const LinkSpec& spec) : spec_(spec) {
    std::array<int, 2> fds{};
    checked(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
    sockets_ = {Fd(fds[0]), Fd(fds[1])};
    for (const Fd& fd : sockets_) set_socket_buffers(fd.get(), spec.parameters);
    settings_ = socket_buffers(sockets_[0].get());
  }

  // Each side keeps its own socket alone.
  Ends<StreamSender, StreamReceiver> attach(Side side) {
    const bool producer = side == Side::producer;
    sockets_[producer ? 1 : 0].reset();
    Fd mine = std::move(sockets_[producer ? 0 : 1]);
    Fd copy = duplicate(mine);
    return {StreamSender(std::move(copy), spec_.message_bytes, spec_.wait),
            StreamReceiver(std::move(mine), spec_.message_bytes, spec_.wait)};
  }

  [[nodiscard]] Settings settings() const { return settings_; }

 private:
  LinkSpec spec_;
  std::array<Fd, 2> sockets_;  // by Side
  Settings settings_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SocketPair);
}  // namespace ipcbench
