// Checks whether two CPUs agree on the time. Without that a one-way time means nothing.
#pragma once

#include <atomic>
#include <cstdint>

#include "harness/base/measurement.hpp"

namespace ipcbench {

// Two words in shared memory, each written by one end only.
struct ClockExchange {
  alignas(64) std::atomic<std::uint64_t> question{0};
  alignas(64) std::atomic<std::uint64_t> answer_ns{0};
};

// The bounds from one exchange: the asker read `asked_ns`, then the answerer `answered_ns`, then the asker
// `heard_ns`, each on its own clock. Cause precedes effect, so the answerer's clock is ahead by at least
// answered - heard and at most answered - asked (Cristian, Distributed Computing 3, 1989).
constexpr ClockOffset offset_bounds(std::uint64_t asked_ns, std::uint64_t answered_ns,
                                    std::uint64_t heard_ns) {
  return {static_cast<std::int64_t>(answered_ns - heard_ns),
          static_cast<std::int64_t>(answered_ns - asked_ns)};
}

// The bounds that satisfy both.
constexpr ClockOffset intersection(const ClockOffset& a, const ClockOffset& b) {
  return {a.low_ns > b.low_ns ? a.low_ns : b.low_ns, a.high_ns < b.high_ns ? a.high_ns : b.high_ns};
}

// Called by the two ends at the same time. They spin, and yield the CPU between looks if they share it, or if
// the peer takes so long that it cannot be running.
// ask_clock() returns the tightest bounds of 400 exchanges on how far the answerer's clock is ahead.
ClockOffset ask_clock(ClockExchange& exchange, bool shares_cpu);
void answer_clock(ClockExchange& exchange, bool shares_cpu);

}  // namespace ipcbench
