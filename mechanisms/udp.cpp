// udp(7) over the loopback network: datagrams. They are dropped silently when the receiver's buffer is full.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/datagram_ends.hpp"
#include "mechanisms/parts/loopback.hpp"
#include "mechanisms/parts/udp_batches.hpp"

namespace ipcbench {
namespace {

class UdpSender : public DatagramSender {
 public:
  using DatagramSender::DatagramSender;

  // Sends an empty datagram; messages are never empty. It may be dropped like any other.
  void finish() const {
    if (send(fd(), nullptr, 0, MSG_NOSIGNAL) < 0 && !try_again(errno)) throw_errno("send");
  }
};

class UdpReceiver {
 public:
  UdpReceiver(Fd fd, const LinkSpec& spec) : fd_(std::move(fd)), buffer_(spec.message_bytes) {
    set_blocking_for(fd_.get(), spec.wait);
  }

  std::span<const std::byte> peek(std::size_t n) {
    const ssize_t got = receive_datagram(fd_.get(), buffer_.data(), n);
    finished_ = got == 0;
    if (got <= 0) return {};
    if (static_cast<std::size_t>(got) != n) throw_wrong_length(static_cast<std::size_t>(got), n);
    return {buffer_.data(), n};
  }

  void release() {}
  void park() { wait_for(fd_.get(), POLLIN); }
  [[nodiscard]] int pollable_fd() const { return fd_.get(); }

  [[nodiscard]] bool finished() const { return finished_; }
  void drain() {
    while (recv(fd_.get(), buffer_.data(), 0, MSG_DONTWAIT) >= 0) {
    }
    if (!try_again(errno)) throw_errno("recv");
  }

 private:
  Fd fd_;
  MessageBuffer buffer_;
  bool finished_ = false;
};

constexpr Traits kUdpTraits{.name = "udp",
                            .summary = "UDP datagrams over 127.0.0.1; lost when the receiver is too slow",
                            .kind = MechanismKind::socket,
                            .made_of = "UDP socket",
                            .kinship = Kinship::named,
                            .flow = Flow::duplex,
                            .batches = true,
                            .delivery = Delivery::lossy};

template <class Sender, class Receiver>
class UdpOf {
 public:
  static constexpr Traits kTraits = Flushes<Sender> ? batched(kUdpTraits) : kUdpTraits;
  using Batched = UdpOf<BatchedUdpSender, BatchedUdpReceiver>;
  static constexpr std::array kParameters{kSocketSendBytes, kSocketReceiveBytes, kUdpSegments};

  static Unavailable available() { return loopback_available(); }
  // The length of an IPv4 datagram has 16 bits and includes 20 + 8 bytes of headers.
  static MessageLimit message_limit(const Settings&) {
    return {.bytes = kMostUdpBytes, .remedy = "no setting raises this limit of UDP over IPv4"};
  }
  static Unavailable refuses(const Cell& cell) {
    if (!uses_segments(cell.parameters) || cell.batch > 1) return std::nullopt;
    return "segments are those of a batch; add --batch 16";
  }

  static std::unique_ptr<UdpOf> create(const LinkSpec& spec) {
    return std::make_unique<UdpOf>(spec, LoopbackPorts::reserve(SOCK_DGRAM));
  }
  static std::unique_ptr<UdpOf> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<UdpOf>(spec, LoopbackPorts::parse(address));
  }

  UdpOf(LinkSpec spec, LoopbackPorts ports) : spec_(std::move(spec)), ports_(std::move(ports)) {}

  // A connected socket takes datagrams from its peer only, and the kernel prefers it to the one that merely
  // holds the port. Nothing is sent before both are connected, so no message meets a closed port.
  Ends<Sender, Receiver> attach(Side side) {
    const Side other = side == Side::producer ? Side::consumer : Side::producer;
    Fd fd = bind_loopback(SOCK_DGRAM, ports_.of(side));
    set_socket_buffers(fd.get(), spec_.parameters);
    if (uses_segments(spec_.parameters)) use_segments(fd.get(), spec_.message_bytes);
    settings_ = socket_buffers(fd.get());
    settings_.emplace(kUdpSegments.name, uses_segments(spec_.parameters) ? 1 : 0);
    connect_datagrams(fd.get(), loopback_address(ports_.of(other)));
    Fd copy = duplicate(fd);
    return {Sender(std::move(copy), spec_), Receiver(std::move(fd), spec_)};
  }

  BareEnd bare(Side side) {
    if (side == Side::consumer) return bare_post_box(ports_.take(side));
    return bare_client(connected_at_once(SOCK_DGRAM, ports_.of(Side::consumer)), "a socket of its own");
  }

  [[nodiscard]] std::string address() const { return ports_.str(); }
  [[nodiscard]] Settings settings() const { return settings_; }

 private:
  LinkSpec spec_;
  LoopbackPorts ports_;
  Settings settings_;
};
using Udp = UdpOf<UdpSender, UdpReceiver>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Udp);
}  // namespace ipcbench
