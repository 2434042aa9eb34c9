#include "bench/testing/core/bare_ring.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/testing/core/rings.hpp"
#include "harness/loops/payload.hpp"
#include "mechanisms/parts/ring.hpp"

namespace ipcbench::core {
namespace {

struct BareRing {
  explicit BareRing(std::size_t bytes) : slots(bytes / sizeof(Page)) {}

  struct alignas(4096) Page {
    std::array<std::byte, 4096> bytes{};
  };

  alignas(kNoSharingBytes) std::atomic<std::uint64_t> written{0};  // messages
  alignas(kNoSharingBytes) std::atomic<std::uint64_t> read{0};
  alignas(kNoSharingBytes) std::vector<Page> slots;
};

// One end of a ring, with its own copy of what it saw of the other's counter.
class BareEnd {
 public:
  BareEnd(BareRing& ring, std::size_t message_bytes, bool shares_cpu)
      : ring_(ring),
        begin_(ring.slots.front().bytes.data()),
        end_(begin_ + ring.slots.size() * sizeof(BareRing::Page)),
        slot_(begin_),
        slots_(static_cast<std::size_t>(end_ - begin_) / message_bytes),
        message_(message_bytes),
        waiter_(shares_cpu) {}

  void write(std::uint64_t number) {
    spin_until(waiter_, [&] {
      if (number - seen_ <= slots_) return true;
      seen_ = ring_.read.load(std::memory_order_acquire);
      return number - seen_ <= slots_;
    });
    std::memcpy(slot_, message_.source().data(), message_.source().size());
    next_slot();
    ring_.written.store(number, std::memory_order_release);
  }
  void read(std::uint64_t number) {
    spin_until(waiter_, [&] {
      if (seen_ >= number) return true;
      seen_ = ring_.written.load(std::memory_order_acquire);
      return seen_ >= number;
    });
    std::memcpy(message_.sink().data(), slot_, message_.sink().size());
    keep(message_.sink().data());
    next_slot();
    ring_.read.store(number, std::memory_order_release);
  }

 private:
  void next_slot() {
    slot_ += message_.source().size();
    if (slot_ == end_) slot_ = begin_;
  }

  BareRing& ring_;
  std::byte* begin_;
  std::byte* end_;
  std::byte* slot_;
  std::size_t slots_;
  std::uint64_t seen_ = 0;
  Buffers message_;
  Waiter<Wait::spin> waiter_;
};

}  // namespace

double bare_ring_round_trip_ns(const Setting& setting) {
  constexpr std::size_t kSmall = 8;
  const auto there = std::make_unique<BareRing>(kQueueBytes);
  const auto back = std::make_unique<BareRing>(kQueueBytes);
  BareEnd near_out(*there, kSmall, setting.shares_cpu()), near_in(*back, kSmall, setting.shares_cpu());
  BareEnd far_in(*there, kSmall, setting.shares_cpu()), far_out(*back, kSmall, setting.shares_cpu());
  const auto near = [&](std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t number = first; number < first + count; ++number) {
      near_out.write(number);
      near_in.read(number);
    }
  };
  const auto far = [&](std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t number = first; number < first + count; ++number) {
      far_in.read(number);
      far_out.write(number);
    }
  };
  return run_batches(setting, near, far);
}

double bare_ring_stream_ns(const Setting& setting, std::size_t message_bytes, std::size_t ring_bytes) {
  const auto ring = std::make_unique<BareRing>(ring_bytes);
  BareEnd writer(*ring, message_bytes, setting.shares_cpu());
  BareEnd reader(*ring, message_bytes, setting.shares_cpu());
  const auto write = [&](std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t number = first; number < first + count; ++number) writer.write(number);
  };
  const auto read = [&](std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t number = first; number < first + count; ++number) reader.read(number);
  };
  return run_batches(setting, write, read);
}

}  // namespace ipcbench::core
