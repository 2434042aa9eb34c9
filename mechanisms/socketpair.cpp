// socketpair(2): two connected UNIX stream sockets, between processes that inherit them.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/descriptors.hpp"
#include "mechanisms/parts/socket_options.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {

constexpr Traits kSocketPairTraits{.name = "socketpair",
                                   .summary = "connected pair of UNIX stream sockets, inherited",
                                   .kind = MechanismKind::socket,
                                   .made_of = "UNIX socket",
                                   .framing = Framing::stream,
                                   .flow = Flow::duplex,
                                   .direct = true,
                                   .batches = true};

template <class Sender, class Receiver>
class SocketPairOf {
 public:
  static constexpr Traits kTraits = Flushes<Sender> ? batched(kSocketPairTraits) : kSocketPairTraits;
  using Batched = SocketPairOf<BatchedStreamSender, BatchedStreamReceiver>;
  static constexpr std::array kParameters = kSocketBuffers;

  static std::unique_ptr<SocketPairOf> create(const LinkSpec& spec) {
    std::array<int, 2> fds{};
    checked(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
    DescriptorPair by_side({Fd(fds[0]), Fd(fds[1])}, spec.one_process);
    for (const Side side : {Side::producer, Side::consumer}) {
      set_socket_buffers(by_side.get(side), spec.parameters);
    }
    return std::make_unique<SocketPairOf>(spec, std::move(by_side));
  }
  static std::unique_ptr<SocketPairOf> inherit(const LinkSpec& spec, Side side,
                                               std::span<const int> numbers) {
    return std::make_unique<SocketPairOf>(spec, DescriptorPair::inherited(spec, side, numbers));
  }

  SocketPairOf(LinkSpec spec, DescriptorPair sockets)
      : spec_(std::move(spec)), sockets_(std::move(sockets)), settings_(socket_buffers(sockets_.any())) {}

  Ends<Sender, Receiver> attach(Side side) {
    return stream_ends<Sender, Receiver>(sockets_.take(side), spec_);
  }

  BareEnd bare(Side side) { return bare_client(sockets_.take(side), "one of the two sockets"); }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const { return {{.fd = sockets_.get(side)}}; }
  [[nodiscard]] Settings settings() const { return settings_; }

 private:
  LinkSpec spec_;
  DescriptorPair sockets_;
  Settings settings_;
};
using SocketPair = SocketPairOf<StreamSender, StreamReceiver>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SocketPair);
}  // namespace ipcbench
