// The mechanisms with planted faults that tests launch, by name: planted_pair, planted_named, planted_lossy
// and planted_tokens. The cell's parameters say which fault (planted_fault.hpp).
#include "mechanisms/parts/unix_connection.hpp"
#include "mechanisms/testing/packet_pair.hpp"
#include "mechanisms/testing/planted_fault.hpp"

// The classes of mechanisms that are measured, without registering them a second time.
#pragma push_macro("IPCBENCH_REGISTER_MECHANISM")
#undef IPCBENCH_REGISTER_MECHANISM
#define IPCBENCH_REGISTER_MECHANISM(Class) static_assert(ipcbench::Mechanism<Class>)
#include "mechanisms/eventfd.cpp"
#pragma pop_macro("IPCBENCH_REGISTER_MECHANISM")

namespace ipcbench {
namespace {

using PlantedPair = Faulty<PacketPair, PlantedFault>;

// Between unrelated processes, which connect by name: an end sees the end of file when its peer goes, since
// the launcher holds no socket.
struct PacketsByName {
  static constexpr Traits kTraits{.name = "planted_named",
                                  .summary = "packets between unrelated processes, for planted faults",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .kinship = Kinship::named,
                                  .flow = Flow::duplex,
                                  .waits = {Wait::block}};
  static constexpr int kSocketType = SOCK_SEQPACKET;
  using Sender = DatagramSender;
  using Receiver = DatagramReceiver;
  static MessageLimit message_limit(const Settings&) { return {}; }
};
using PlantedNamed = Faulty<UnixConnection<PacketsByName>, PlantedFault>;

// Declared lossy, but loses only what is planted. An empty datagram says that the producer has finished.
class LossySender : public DatagramSender {
 public:
  using DatagramSender::DatagramSender;
  void finish() const { checked(send(fd(), nullptr, 0, MSG_NOSIGNAL), "send"); }
};
class LossyReceiver {
 public:
  LossyReceiver(Fd fd, const LinkSpec& spec) : fd_(std::move(fd)), buffer_(spec.message_bytes) {}
  std::span<const std::byte> peek(std::size_t n) {
    const ssize_t got = receive_datagram(fd_.get(), buffer_.data(), n);
    finished_ = got == 0;
    return got > 0 ? std::span<const std::byte>(buffer_.data(), n) : std::span<const std::byte>{};
  }
  void release() {}
  [[nodiscard]] bool finished() const { return finished_; }
  void drain() {
    while (recv(fd_.get(), buffer_.data(), 0, MSG_DONTWAIT) >= 0) {
    }
  }

 private:
  Fd fd_;
  MessageBuffer buffer_;
  bool finished_ = false;
};
class LossyPair {
 public:
  static constexpr Traits kTraits{.name = "planted_lossy",
                                  .summary = "datagrams, for planted losses",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .flow = Flow::duplex,
                                  .waits = {Wait::block},
                                  .delivery = Delivery::lossy};
  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<LossyPair> create(const LinkSpec& spec) { return std::make_unique<LossyPair>(spec); }

  explicit LossyPair(LinkSpec spec) : spec_(std::move(spec)), sockets_(connected_sockets(SOCK_DGRAM)) {}

  Ends<LossySender, LossyReceiver> attach(Side side) {
    const Fd& mine = sockets_[static_cast<std::size_t>(side)];
    Fd copy = duplicate(mine);
    return {LossySender(std::move(copy), spec_), LossyReceiver(duplicate(mine), spec_)};
  }

 private:
  LinkSpec spec_;
  std::array<Fd, 2> sockets_;  // by Side
};
using PlantedLossy = Faulty<LossyPair, PlantedFault>;

constexpr std::string_view kPlantedTokens = "planted_tokens";
using PlantedTokens = Faulty<EventFd, Named<kPlantedTokens, PlantedFault>>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(PlantedPair);
IPCBENCH_REGISTER_MECHANISM(PlantedNamed);
IPCBENCH_REGISTER_MECHANISM(PlantedLossy);
IPCBENCH_REGISTER_MECHANISM(PlantedTokens);
}  // namespace ipcbench
