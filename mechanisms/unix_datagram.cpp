// unix(7), SOCK_DGRAM: datagrams that arrive in order. None is lost, because a sender waits while
// net.unix.max_dgram_qlen of them are queued at the receiver.
#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/datagram_batches.hpp"
#include "mechanisms/parts/datagram_ends.hpp"
#include "mechanisms/parts/socket_options.hpp"
#include "mechanisms/parts/unix_address.hpp"

namespace ipcbench {
namespace {

constexpr Traits kUnixDatagramTraits{.name = "unix_datagram",
                                     .summary = "UNIX datagram sockets with paths",
                                     .kind = MechanismKind::socket,
                                     .made_of = "UNIX socket",
                                     .kinship = Kinship::named,
                                     .flow = Flow::duplex,
                                     .direct = true,
                                     .batches = true,
                                     .lifetime = Lifetime::file_system};

template <class Sender, class Receiver>
class UnixDatagramOf {
 public:
  static constexpr Traits kTraits = Flushes<Sender> ? batched(kUnixDatagramTraits) : kUnixDatagramTraits;
  using Batched = UnixDatagramOf<BatchedDatagramSender, BatchedDatagramReceiver>;
  static constexpr std::array kParameters = kSocketBuffers;

  static MessageLimit message_limit(const Settings& parameters) { return unix_datagram_limit(parameters); }

  static std::unique_ptr<UnixDatagramOf> create(const LinkSpec& spec) {
    const std::string stem = spec.path();
    static_cast<void>(UnixAddress(stem + ".p"));  // finds a path that is too long before an end attaches
    return std::make_unique<UnixDatagramOf>(spec, stem, true);
  }
  static std::unique_ptr<UnixDatagramOf> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<UnixDatagramOf>(spec, address, false);
  }

  UnixDatagramOf(LinkSpec spec, const std::string& stem, bool owner)
      : spec_(std::move(spec)), stem_(stem), producer_(stem + ".p", owner), consumer_(stem + ".c", owner) {}

  // Connected both ways: each socket hears its peer only, and poll(2) knows when the peer's queue has room.
  Ends<Sender, Receiver> attach(Side side) {
    const bool producer = side == Side::producer;
    Fd fd = open_socket(AF_UNIX, SOCK_DGRAM);
    set_socket_buffers(fd.get(), spec_.parameters);
    settings_ = socket_buffers(fd.get());
    UnixAddress((producer ? producer_ : consumer_).str()).bind_to(fd.get());
    UnixAddress((producer ? consumer_ : producer_).str()).connect_to(fd.get());
    Fd copy = duplicate(fd);
    return {Sender(std::move(copy), spec_), Receiver(std::move(fd), spec_)};
  }

  // Each sender has a name that the kernel chooses, so that it can be answered.
  BareEnd bare(Side side) {
    Fd fd = open_socket(AF_UNIX, SOCK_DGRAM);
    if (side == Side::consumer) {
      UnixAddress(consumer_.str()).bind_to(fd.get());
      return bare_post_box(std::move(fd));
    }
    constexpr sa_family_t kAnyName = AF_UNIX;
    checked(bind(fd.get(), reinterpret_cast<const sockaddr*>(&kAnyName), sizeof kAnyName), "bind");
    UnixAddress(consumer_.str()).connect_at_once(fd.get());
    return bare_client(std::move(fd), "a socket of its own");
  }

  [[nodiscard]] std::string address() const { return stem_; }
  void unlink() const noexcept {
    producer_.unlink();
    consumer_.unlink();
  }
  [[nodiscard]] Settings settings() const { return settings_; }

 private:
  LinkSpec spec_;
  std::string stem_;
  OwnedPath producer_;
  OwnedPath consumer_;
  Settings settings_;
};
using UnixDatagram = UnixDatagramOf<DatagramSender, DatagramReceiver>;

}  // namespace

// For SOCK_SEQPACKET too.
template class EndLoops<kDatagramLoops, DatagramSender, DatagramReceiver>;

IPCBENCH_REGISTER_MECHANISM(UnixDatagram);
}  // namespace ipcbench
