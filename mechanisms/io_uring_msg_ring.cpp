// io_uring(7), IORING_OP_MSG_RING: an entry of 8 bytes put straight into the completion queue of another
// ring. The receiver's ring is made first and inherited by both ends; the sender submits to a ring of its
// own.
#include <bit>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/descriptors.hpp"
#include "mechanisms/parts/token.hpp"
#include "mechanisms/parts/uring.hpp"
#include "mechanisms/parts/uring_available.hpp"

namespace ipcbench {
namespace {

using EntryPayload = std::array<std::byte, sizeof(std::uint64_t)>;  // user_data

// The receiver's ring. It does not depend on the waiting strategy: requests complete by other processes'
// calls.
constexpr UringOptions kReceiving{.wait = Wait::spin, .completions = 4096};

// The kernel tells the layout of a ring's memory only to the ring's creator. Whoever inherits the ring asks
// for that of another one, made alike.
io_uring_params layout_of_receiving() { return open_ring(kReceiving).layout; }

// What has no room in the peer's queue would be kept in the kernel's memory without a limit, so the sender
// looks at the queue before it sends. Several senders at once can exceed it by one message each, which the
// kernel then keeps.
class MsgRingSender {
 public:
  MsgRingSender(OpenRing peer, Wait wait) : wait_(wait), peer_(std::move(peer)), own_({.wait = wait}) {
    io_uring_sqe& request = own_.request();
    request.opcode = IORING_OP_MSG_RING;
    request.fd = peer_.fd();
    request.addr = IORING_MSG_DATA;
  }

  std::span<std::byte> loan(std::size_t n) { return std::span(payload_).first(n); }

  bool commit(std::size_t) {
    while (!under_way_) {
      if (peer_.waiting() < peer_.capacity()) {
        start();
      } else if (wait_ == Wait::block) {
        nap();
      } else {
        return false;
      }
    }
    return is_through();
  }

  // Nothing tells a sender that there is room again.
  void park() { under_way_ ? own_.enter(1) : nap(); }

 private:
  void start() {
    own_.request().off = std::bit_cast<std::uint64_t>(payload_);
    own_.publish();
    under_way_ = true;
    own_.enter(wait_ == Wait::block ? 1 : 0);
  }

  bool is_through() {
    const io_uring_cqe* done = own_.completion();
    while (done == nullptr && wait_ == Wait::block) {
      own_.enter(1);
      done = own_.completion();
    }
    if (done == nullptr) return false;
    const int result = done->res;
    own_.seen();
    under_way_ = false;
    if (result < 0) throw_error(-result, "IORING_OP_MSG_RING");
    return true;
  }

  Wait wait_;
  EntryPayload payload_{};
  Uring peer_;
  Uring own_;
  bool under_way_ = false;
};

class MsgRingReceiver {
 public:
  MsgRingReceiver(OpenRing ring, Wait wait) : wait_(wait), ring_(std::move(ring)) {}

  std::span<const std::byte> peek(std::size_t n) {
    const io_uring_cqe* got = ring_.completion();
    while (got == nullptr) {
      if (ring_.overflowed()) {
        ring_.enter(0, IORING_ENTER_GETEVENTS);
      } else if (wait_ == Wait::block) {
        ring_.enter(1);
      } else {
        return {};
      }
      got = ring_.completion();
    }
    payload_ = std::bit_cast<EntryPayload>(got->user_data);
    ring_.seen();
    return std::span(payload_).first(n);
  }
  void release() {}
  [[nodiscard]] int pollable_fd() const { return ring_.fd(); }
  void park() {
    if (wait_ == Wait::poll) {
      wait_for(ring_.fd(), POLLIN);
    } else {
      ring_.enter(1);
    }
  }

 private:
  Wait wait_;
  EntryPayload payload_{};
  Uring ring_;
};

class IoUringMsgRing {
 public:
  static constexpr Traits kTraits{.name = "io_uring_msg_ring",
                                  .summary = "io_uring message to another ring: tokens, or up to 8 bytes",
                                  .kind = MechanismKind::synchronisation,
                                  .made_of = "io_uring",
                                  .min_message_bytes = 0,
                                  .max_message_bytes = sizeof(EntryPayload),
                                  .sharing = {.senders = true}};

  static Unavailable available() { return uring_available({IORING_OP_MSG_RING}, "5.18"); }

  static std::unique_ptr<IoUringMsgRing> create(const LinkSpec& spec) {
    return std::make_unique<IoUringMsgRing>(spec, open_ring(kReceiving));
  }
  static std::unique_ptr<IoUringMsgRing> inherit(const LinkSpec& spec, Side, std::span<const int> numbers) {
    return std::make_unique<IoUringMsgRing>(spec, OpenRing{Fd(numbers.front()), layout_of_receiving()});
  }

  IoUringMsgRing(LinkSpec spec, OpenRing ring) : spec_(std::move(spec)), ring_(std::move(ring)) {}

  MsgRingSender sender() { return {taken(), spec_.wait}; }
  MsgRingReceiver receiver() { return {taken(), spec_.wait}; }

  BareEnd bare(Side) {
    return bare_both(MsgRingSender(shared(), spec_.wait), MsgRingReceiver(shared(), spec_.wait),
                     "io_uring_enter", "a look at the completion queue");
  }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side) const { return {{.fd = ring_.fd.get()}}; }

 private:
  OpenRing taken() { return {take_or_share(ring_.fd, spec_.one_process), ring_.layout}; }
  [[nodiscard]] OpenRing shared() const { return {duplicate(ring_.fd), ring_.layout}; }

  LinkSpec spec_;
  OpenRing ring_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(IoUringMsgRing);
}  // namespace ipcbench
