// Whether two CPUs agree on the time: the check without which a one-way time means nothing.
#pragma once

#include <atomic>
#include <cstdint>

#include "harness/base/measurement.hpp"

namespace ipcbench {

// Two words in shared memory for the exchange, each written by one end alone.
struct ClockExchange {
  alignas(64) std::atomic<std::uint64_t> question{0};
  alignas(64) std::atomic<std::uint64_t> answer_ns{0};
};

// The bounds that one exchange gives: the asker read `asked_ns`, then the answerer `answered_ns`, then the
// asker `heard_ns` on its clock. Cause comes before effect, so the answerer's clock is ahead by at least
// answered - heard and at most answered - asked (Cristian, Distributed Computing 3, 1989).
constexpr ClockOffset offset_bounds(std::uint64_t asked_ns, std::uint64_t answered_ns,
                                    std::uint64_t heard_ns) {
  return {static_cast<std::int64_t>(answered_ns - heard_ns),
          static_cast<std::int64_t>(answered_ns - asked_ns)};
}

// What both say.
constexpr ClockOffset intersection(const ClockOffset& a, const ClockOffset& b) {
  return {a.low_ns > b.low_ns ? a.low_ns : b.low_ns, a.high_ns < b.high_ns ? a.high_ns : b.high_ns};
}

// Each in its own thread, at the same time, once per exchange. They spin, and yield the CPU between looks if
// they share it. ask_clock() gives the tightest bounds of some hundred exchanges; the answerer's clock is the
// one that is ahead or behind.
ClockOffset ask_clock(ClockExchange& exchange, bool shares_cpu);
void answer_clock(ClockExchange& exchange, bool shares_cpu);

}  // namespace ipcbench
