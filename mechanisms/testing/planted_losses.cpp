// A lossy mechanism whose losses are known: from message `at_message` on it loses every third ("every": 3),
// all
// ("every": 1), or sends every message twice ("every": 0).
#include <sys/socket.h>

#include <array>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/datagram_ends.hpp"

namespace ipcbench {
namespace {

class LosingSender : public DatagramSender {
 public:
  LosingSender(Fd fd, const LinkSpec& spec)
      : DatagramSender(std::move(fd), spec.message_bytes, spec.wait),
        at_message_(spec.parameter("at_message").value_or(UINT64_MAX)),
        every_(spec.parameter("every").value_or(3)) {}

  bool commit(std::size_t n) {
    const std::uint64_t number = number_++;
    if (number < at_message_) return DatagramSender::commit(n);
    if (every_ == 0) DatagramSender::commit(n);
    if (every_ != 0 && (number - at_message_) % every_ == every_ - 1) return true;
    return DatagramSender::commit(n);
  }
  void finish() const { checked(send(fd(), nullptr, 0, MSG_NOSIGNAL), "send"); }

 private:
  std::uint64_t at_message_;
  std::uint64_t every_;
  std::uint64_t number_ = 0;
};

class LosingReceiver {
 public:
  LosingReceiver(Fd fd, const LinkSpec& spec) : fd_(std::move(fd)), buffer_(spec.message_bytes) {}
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

class PlantedLosses {
 public:
  static constexpr Traits kTraits{.name = "planted_losses",
                                  .summary = "planted fault, for tests",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .kinship = Kinship::kin,
                                  .framing = Framing::message,
                                  .flow = Flow::duplex,
                                  .waits = {Wait::block},
                                  .delivery = Delivery::lossy};
  static constexpr std::array kParameters{
      Parameter{.name = "at_message", .default_text = "none", .what = "from which message on"},
      Parameter{.name = "every", .default_text = "3", .what = "which are lost; 0: each is sent twice"}};

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<PlantedLosses> create(const LinkSpec& spec) {
    return std::make_unique<PlantedLosses>(spec);
  }

  explicit PlantedLosses(LinkSpec spec) : spec_(std::move(spec)) {
    std::array<int, 2> fds{};
    checked(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
    sockets_ = {Fd(fds[0]), Fd(fds[1])};
  }

  Ends<LosingSender, LosingReceiver> attach(Side side) {
    Fd& mine = sockets_[static_cast<std::size_t>(side)];
    Fd copy = duplicate(mine);
    return {LosingSender(std::move(copy), spec_), LosingReceiver(duplicate(mine), spec_)};
  }

 private:
  LinkSpec spec_;
  std::array<Fd, 2> sockets_;  // by Side
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(PlantedLosses);
}  // namespace ipcbench
