// An open loop over a mechanism with a known delay: the figures are the mechanism's and not the pacer's.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>

#include "harness/base/clock.hpp"
#include "harness/base/histogram.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/testing/launching.hpp"

namespace ipcbench {
namespace {

constexpr std::uint64_t kDelayNs = 100'000;

// Each slot holds a message and the time from which the receiver sees it, kDelayNs after its commit; 0:
// empty.
struct DelayedSlots {
  struct Slot {
    alignas(64) std::atomic<std::uint64_t> visible_ns{0};
    std::array<std::byte, 64> message{};
  };
  std::array<Slot, 256> slots;

  Slot& operator[](std::uint64_t number) { return slots[number % slots.size()]; }
};

struct DelayedSender {
  DelayedSlots& slots;
  std::uint64_t number = 0;

  std::span<std::byte> loan(std::size_t n) {
    auto& slot = slots[number];
    if (slot.visible_ns.load(std::memory_order_acquire) != 0) return {};
    return std::span(slot.message).first(n);
  }
  bool commit(std::size_t) {
    slots[number++].visible_ns.store(now_ns() + kDelayNs, std::memory_order_release);
    return true;
  }
};

struct DelayedReceiver {
  DelayedSlots& slots;
  std::uint64_t number = 0;

  std::span<const std::byte> peek(std::size_t n) {
    auto& slot = slots[number];
    const std::uint64_t visible_ns = slot.visible_ns.load(std::memory_order_acquire);
    if (visible_ns == 0 || now_ns() < visible_ns) return {};
    return std::span(slot.message).first(n);
  }
  void release() { slots[number++].visible_ns.store(0, std::memory_order_release); }
};

class PlantedDelay {
 public:
  static constexpr Traits kTraits{.name = "planted_delay",
                                  .summary = "slots in shared memory, seen 100 us after they were filled",
                                  .kind = MechanismKind::shared_memory,
                                  .made_of = "anonymous mapping",
                                  .waits = {Wait::spin},
                                  .in_place = true,
                                  .in_memory = true,
                                  .max_message_bytes = 64};
  static std::unique_ptr<PlantedDelay> create(const LinkSpec&) { return std::make_unique<PlantedDelay>(); }

  PlantedDelay() : memory_(-1, sizeof(DelayedSlots)), slots_(*new (memory_.data()) DelayedSlots) {}

  DelayedSender sender() { return {slots_}; }
  DelayedReceiver receiver() { return {slots_}; }

 private:
  SharedMapping memory_;
  DelayedSlots& slots_;
};

// The median from the actual send, in nanoseconds. Several messages are under way at a time.
double median_way_ns() {
  const Cell cell{.mechanism = "planted_delay",
                  .pattern = Pattern::paced,
                  .size_bytes = 64,
                  .wait = Wait::spin,
                  .load = {.per_second = 20'000},
                  .parameters = {}};
  const Measurement measurement = measured(cell, {.placement = {},
                                                  .warm_up = std::chrono::milliseconds(1),
                                                  .timed = std::chrono::milliseconds(2),
                                                  .time_limit = std::chrono::seconds(60)});
  if (!measurement.sent) return 0;
  return static_cast<double>(quantile_ns(measurement.sent->histogram, 0.5));
}

// The delay is counted by the clock, so it does not depend on the machine's speed. Another program on the
// CPUs can only lengthen it, so the shortest of several launches counts; a phase of 40 messages fits into one
// time slice. Catches a pacer whose own lag, or whose bookkeeping, is taken for the mechanism's time.
TEST(PacedDelay, IsFoundWithin5Percent) {
  double shortest_ns = INFINITY;
  for (int launch = 0; launch < 300 && shortest_ns > 1.05 * kDelayNs; ++launch) {
    shortest_ns = std::min(shortest_ns, median_way_ns());
  }
  EXPECT_GE(shortest_ns, 0.992 * kDelayNs);  // a bucket of the histogram may begin so much lower
  EXPECT_LE(shortest_ns, 1.05 * kDelayNs);
}

}  // namespace

IPCBENCH_REGISTER_MECHANISM(PlantedDelay);
}  // namespace ipcbench
