// The loop around the instructions that watch a cache line, with a stand-in for them. Those themselves run
// where the CPU has them, in the conformance tests of the mechanism.
#include "mechanisms/parts/cpu_watch.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "harness/base/mapping.hpp"
#include "harness/loops/payload.hpp"
#include "harness/loops/transfer.hpp"
#include "mechanisms/parts/mirrored_view.hpp"
#include "mechanisms/parts/ring.hpp"

namespace ipcbench {
namespace {

// As the instructions, but it never returns early.
struct Watchman {
  static void arm(const void* address) {
    watched = static_cast<const Atomic<std::uint64_t>*>(address);
    seen = watched->load(std::memory_order_relaxed);
  }
  static void pause() {
    ++pauses;
    while (watched->load(std::memory_order_relaxed) == seen) sched_yield();
  }

  static thread_local const Atomic<std::uint64_t>* watched;
  static thread_local std::uint64_t seen;
  static thread_local std::uint64_t pauses;
};
thread_local const Atomic<std::uint64_t>* Watchman::watched = nullptr;
thread_local std::uint64_t Watchman::seen = 0;
thread_local std::uint64_t Watchman::pauses = 0;
using WatchedByMan = WatchBy<Watchman>;

// Catches a look before the watch begins: the store between the two would be missed, and this would hang.
TEST(CpuWatch, SeesAStoreAfterItsLook) {
  Atomic<std::uint64_t> counter{0};
  Watchman::pauses = 0;
  WatchedByMan::watch(counter, [&] {
    counter.store(1);
    return false;
  });
  EXPECT_EQ(Watchman::pauses, 1U);
}

// Catches a pause of an end whose turn has come.
TEST(CpuWatch, DoesNotPauseIfItsTurnHasCome) {
  Atomic<std::uint64_t> counter{0};
  Watchman::pauses = 0;
  WatchedByMan::watch(counter, [] { return true; });
  EXPECT_EQ(Watchman::pauses, 0U);
}

// Catches an end that watches its own counter, and one that does not watch but spins: both ends of a page
// that is full or empty at nearly every message have to wait.
TEST(CpuWatch, LetsBothEndsOfARingWait) {
  constexpr std::size_t kBytes = 1536;
  constexpr std::uint64_t kMessages = 20'000;
  using OfRing = Ring<WatchedByMan>;
  const SharedMapping memory(-1, OfRing::memory_bytes(page_bytes()));
  const MirroredView view(memory.data(), OfRing::header_bytes(), page_bytes());
  const OfRing ring(view.data(), page_bytes());
  OfRing(ring).initialise(false);

  std::uint64_t pauses_of_sender = 0;
  std::thread producer([&] {
    RingSender<WatchedByMan> sender(ring);
    Waiter<Wait::spin> waiter(false);
    Buffers buffers(kBytes);
    for (std::uint64_t i = 0; i < kMessages; ++i) {
      fill_verified(buffers.source(), i);
      send_message<Wait::spin, Payload::copy>(waiter, sender, buffers.source());
    }
    pauses_of_sender = Watchman::pauses;
  });
  Watchman::pauses = 0;
  RingReceiver<WatchedByMan> receiver(ring);
  Waiter<Wait::spin> waiter(false);
  Buffers buffers(kBytes);
  for (std::uint64_t i = 0; i < kMessages; ++i) {
    receive_message<Wait::spin, Payload::copy>(waiter, receiver, buffers.sink());
    ASSERT_EQ(check_verified(buffers.sink(), i), std::nullopt);
  }
  producer.join();
  EXPECT_GT(Watchman::pauses, 0U);
  EXPECT_GT(pauses_of_sender, 0U);
}

#if defined(__x86_64__)
// Catches a CPU that is told to have an instruction which it has not: the mechanism would end by SIGILL.
TEST(CpuWatch, IsRefusedWhereTheKernelSeesNoInstruction) {
  std::ifstream file("/proc/cpuinfo");
  const std::string flags{std::istreambuf_iterator<char>(file), {}};
  const bool shown =
      flags.find(" waitpkg") != std::string::npos || flags.find(" mwaitx") != std::string::npos;
  EXPECT_EQ(!CpuWatch::available(), shown) << CpuWatch::available().value_or("");
}
#endif

}  // namespace
}  // namespace ipcbench
