// Boost.Lockfree: spsc_queue of bytes in POSIX shared memory, which a fixed capacity allows.
#include <algorithm>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>
#include <span>

#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/shared_queue.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {
namespace {

// One place always stays free. With N - 1 bytes there are N places, and messages keep their alignment on the
// way round. With N bytes each round begins one byte further on, and messages of 4 and 64 KiB took 2.3
// and 2.5 times as long through 1 MiB.
template <std::size_t N>
using ByteQueue = boost::lockfree::spsc_queue<std::byte, boost::lockfree::capacity<N - 1>>;

// A long message goes in pieces, so that one end can copy in while the other copies out.
constexpr std::size_t kPieces = 4;

class BoostSpscSender {
 public:
  BoostSpscSender(SharedQueue<ByteQueue> queue, std::size_t capacity)
      : queue_(queue), piece_bytes_(capacity / kPieces), buffer_(piece_bytes_) {}

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), std::min(n, piece_bytes_)}; }
  bool commit(std::size_t n) {
    pushed_ += queue_.with([&](auto& queue) { return queue.push(buffer_.data() + pushed_, n - pushed_); });
    if (pushed_ < n) return false;
    pushed_ = 0;
    return true;
  }

 private:
  SharedQueue<ByteQueue> queue_;
  std::size_t piece_bytes_;
  MessageBuffer buffer_;
  std::size_t pushed_ = 0;  // of the loan
};

class BoostSpscReceiver {
 public:
  BoostSpscReceiver(SharedQueue<ByteQueue> queue, std::size_t capacity)
      : queue_(queue), piece_bytes_(capacity / kPieces), buffer_(piece_bytes_) {}

  std::span<const std::byte> peek(std::size_t n) {
    const std::size_t wanted = std::min(n, piece_bytes_);
    const std::size_t got = queue_.with([&](auto& queue) { return queue.pop(buffer_.data(), wanted); });
    if (got == 0) return {};
    return {buffer_.data(), got};
  }
  void release() {}

 private:
  SharedQueue<ByteQueue> queue_;
  std::size_t piece_bytes_;
  MessageBuffer buffer_;
};

struct BoostSpscQueueKind {
  static constexpr Traits kTraits{
      .name = "boost_spsc_queue",
      .summary = "Boost.Lockfree, spsc_queue of bytes in shared memory (push, pop)",
      .made_of = "Boost.Lockfree, POSIX shared memory",
      .in_between = "copies in and out; reads the other end's index at each call"};
  using Queue = SharedQueue<ByteQueue>;
  using Sender = BoostSpscSender;
  using Receiver = BoostSpscReceiver;
};
using BoostSpscQueue = SharedQueueMechanism<BoostSpscQueueKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(BoostSpscQueue);
}  // namespace ipcbench
