// The ring's two ends on two threads of one process, where the thread sanitizer can watch them.
#include "mechanisms/ring.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "harness/payload.hpp"
#include "harness/transfer.hpp"

namespace ipcbench {
namespace {

class RingMemory {
 public:
  explicit RingMemory(std::size_t capacity)
      : capacity_(capacity), lines_(Ring::memory_bytes(capacity) / sizeof(Line) + 1) {
    ring().initialise();
  }
  Ring ring() { return {lines_.data(), capacity_}; }

 private:
  struct alignas(kNoSharingBytes) Line {
    std::byte bytes[kNoSharingBytes];
  };
  std::size_t capacity_;
  std::vector<Line> lines_;
};

// Catches a loan beyond what is free: 64 bytes hold four messages of 16, not a fifth.
TEST(Ring, IsFullWhenItsCapacityIsWritten) {
  RingMemory memory(64);
  RingSender sender(memory.ring());
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(sender.loan(16).size(), 16U);
    ASSERT_TRUE(sender.commit(16));
  }
  EXPECT_TRUE(sender.loan(16).empty());
  RingReceiver receiver(memory.ring());
  ASSERT_EQ(receiver.peek(16).size(), 16U);
  receiver.release();
  EXPECT_EQ(sender.loan(16).size(), 16U);
}

// Catches showing bytes that were not committed.
TEST(Ring, ShowsNothingBeforeCommit) {
  RingMemory memory(64);
  RingSender sender(memory.ring());
  RingReceiver receiver(memory.ring());
  ASSERT_EQ(sender.loan(8).size(), 8U);
  EXPECT_TRUE(receiver.peek(8).empty());
  sender.commit(8);
  EXPECT_EQ(receiver.peek(8).size(), 8U);
}

// Catches a piece that runs over the end of the memory: from byte 60 of 64 only 4 lie in one stretch.
TEST(Ring, SplitsAMessageAtItsEnd) {
  RingMemory memory(64);
  RingSender sender(memory.ring());
  RingReceiver receiver(memory.ring());
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(sender.loan(12).size(), 12U);
    sender.commit(12);
    ASSERT_EQ(receiver.peek(12).size(), 12U);
    receiver.release();
  }
  EXPECT_EQ(sender.loan(12).size(), 4U);
}

// A message longer than a quarter of the ring goes in pieces of a quarter, so that both ends copy at once.
TEST(Ring, LendsALongMessageInQuarters) {
  RingMemory memory(64);
  RingSender sender(memory.ring());
  EXPECT_EQ(sender.loan(1000).size(), 16U);
}

template <Wait W>
void exchange(std::size_t capacity, std::size_t message_bytes, std::uint64_t messages) {
  RingMemory memory(capacity);
  std::thread producer([&] {
    RingSender sender(memory.ring());
    Waiter<W> waiter(true);
    Buffers buffers(message_bytes);
    for (std::uint64_t i = 0; i < messages; ++i) {
      fill_verified(buffers.source(), i);
      send_message<W, Payload::copy>(waiter, sender, buffers.source());
    }
  });
  RingReceiver receiver(memory.ring());
  Waiter<W> waiter(true);
  Buffers buffers(message_bytes);
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < messages; ++i) {
    receive_message<W, Payload::copy>(waiter, receiver, buffers.sink());
    if (check_verified(buffers.sink(), i)) ++wrong;
  }
  producer.join();
  EXPECT_EQ(wrong, 0U);
}

// A lost wake-up hangs these (the test's time limit ends them); a missing release or acquire is seen by the
// thread sanitizer, and where memory ordering is weak as a wrong message. The ring of 64 bytes is full or
// empty at nearly every step, so both ends fall asleep all the time.
TEST(Ring, LosesNeitherMessagesNorWakeUpsWhenBlocking) { exchange<Wait::block>(64, 24, 50'000); }
TEST(Ring, LosesNeitherMessagesNorWakeUpsWhenAdaptive) { exchange<Wait::adaptive>(64, 24, 50'000); }
TEST(Ring, LosesNoMessagesWhenSpinning) { exchange<Wait::spin>(64, 24, 50'000); }
TEST(Ring, StreamsMessagesLongerThanItself) { exchange<Wait::block>(64, 1000, 5'000); }

}  // namespace
}  // namespace ipcbench
