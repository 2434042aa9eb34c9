#include "harness/loops/clock_offset.hpp"

#include <limits>

#include "harness/base/clock.hpp"
#include "harness/loops/wait.hpp"

namespace ipcbench {
namespace {

constexpr std::uint64_t kExchanges = 400;
// So many looks take tens of microseconds. A peer that runs answers within one; one that does not may be
// waiting for this CPU, and an exchange that waited for it narrows no bounds.
constexpr std::uint64_t kLooksBeforeYielding = 1000;

// Spins until arrived() holds.
template <class Arrived>
void wait_until(Arrived arrived, bool shares_cpu) {
  for (std::uint64_t looks = 0; !arrived(); ++looks) {
    Waiter<Wait::spin>(shares_cpu || looks >= kLooksBeforeYielding).relax();
  }
}

}  // namespace

ClockOffset ask_clock(ClockExchange& exchange, bool shares_cpu) {
  ClockOffset bounds{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  for (std::uint64_t number = 1; number <= kExchanges; ++number) {
    std::uint64_t answered_ns = 0;
    exchange.answer_ns.store(0, std::memory_order_relaxed);
    const std::uint64_t asked_ns = now_ns();
    exchange.question.store(number, std::memory_order_release);
    wait_until([&] { return (answered_ns = exchange.answer_ns.load(std::memory_order_acquire)) != 0; },
               shares_cpu);
    bounds = intersection(bounds, offset_bounds(asked_ns, answered_ns, now_ns()));
  }
  return bounds;
}

void answer_clock(ClockExchange& exchange, bool shares_cpu) {
  for (std::uint64_t number = 1; number <= kExchanges; ++number) {
    wait_until([&] { return exchange.question.load(std::memory_order_acquire) == number; }, shares_cpu);
    exchange.answer_ns.store(now_ns(), std::memory_order_release);
  }
}

}  // namespace ipcbench
