// Counted launches of real mechanisms, whose system calls are known.
#include <gtest/gtest.h>

#include "mechanisms/testing/launching.hpp"

namespace ipcbench {
namespace {

Cell ping_pong(const char* mechanism, Wait wait, Peers peers) {
  return {.mechanism = mechanism,
          .pattern = Pattern::latency,
          .size_bytes = 64,
          .wait = wait,
          .peers = peers,
          .parameters = {}};
}

LaunchOptions counted(const Placement& placement) {
  LaunchOptions options = brief();
  options.placement = placement;
  options.timed = std::chrono::milliseconds(20);
  options.counts = true;
  return options;
}

// Skips where tracefs is not mounted or may not be read, and the kernel says no more.
#define SKIP_WITHOUT_SYSTEM_CALLS(counts)                                                   \
  for (const MissingCounter& each : (counts).missing) {                                     \
    if (each.counter == kCounters[0].name) GTEST_SKIP() << "system calls: " << each.reason; \
  }

// A round trip over a pipe is a write and a read at either end. Catches counts of one end alone or of both in
// one, of the warm-up or the verified pass, and of the calls around the timed phase.
TEST(Counts, ABlockingPipeTakesAWriteAndARead) {
  for (const Peers peers : {Peers::fork, Peers::exec, Peers::thread}) {
    Cell cell = ping_pong("pipe", Wait::block, peers);
    cell.cpus = Cpus::same;
    const Measurement m = measured(cell, counted(on_one_cpu()));
    ASSERT_TRUE(m.counts);
    SKIP_WITHOUT_SYSTEM_CALLS(*m.counts);
    for (const SideCounts& side : {m.counts->producer, m.counts->consumer}) {
      const double calls = static_cast<double>(side.system_calls.value());
      EXPECT_NEAR(calls / static_cast<double>(m.messages), 2, 0.1) << name_of(peers);
    }
  }
}

// Catches a harness that makes system calls between two messages: its own would be in every count.
TEST(Counts, ASpinningRingTakesNone) {
  if (allowed_cpus().size() < 2) GTEST_SKIP() << "on one CPU the ends yield to each other";
  const Measurement m = measured(ping_pong("posix_shm_ring", Wait::spin, Peers::fork), counted({}));
  ASSERT_TRUE(m.counts);
  SKIP_WITHOUT_SYSTEM_CALLS(*m.counts);
  constexpr std::uint64_t kSome = 2;  // for a phase without any message to speak of
  for (const SideCounts& side : {m.counts->producer, m.counts->consumer}) {
    EXPECT_LE(side.system_calls.value(), kSome + m.messages / 100);
  }
}

// Catches counters that are opened in every launch, although they slow down system calls.
TEST(Counts, AreOnlyTakenWhereTheyAreAskedFor) {
  LaunchOptions options = counted(on_one_cpu());
  options.counts = false;
  EXPECT_FALSE(measured(ping_pong("pipe", Wait::block, Peers::fork), options).counts);
}

}  // namespace
}  // namespace ipcbench
