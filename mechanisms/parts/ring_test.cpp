// The ring's two ends on two threads of one process, where the thread sanitizer can watch them; with
// everything that they can sleep on.
#include "mechanisms/parts/ring.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "harness/loops/payload.hpp"
#include "harness/loops/transfer.hpp"
#include "mechanisms/parts/ring_wait_objects.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

// The objects outside the ring's memory on which its ends sleep.
template <class Sleep>
struct WaitObjects {
  void initialise(Ring<Sleep> ring) { ring.initialise(); }
};

template <>
struct WaitObjects<AnnouncedSleep<WaitOnSysvSemaphore>> {
  void initialise(Ring<AnnouncedSleep<WaitOnSysvSemaphore>> ring) {
    ring.initialise(WaitOnSysvSemaphore::Member{set.id(), 0}, WaitOnSysvSemaphore::Member{set.id(), 1});
  }
  SysvSemaphoreSet set{std::array<unsigned short, 2>{}};
};

template <>
struct WaitObjects<AnnouncedSleep<WaitOnEvent>> {
  void initialise(Ring<AnnouncedSleep<WaitOnEvent>> ring) {
    ring.initialise(consumers.get(), producers.get());
  }
  Fd consumers{eventfd(0, EFD_CLOEXEC)};
  Fd producers{eventfd(0, EFD_CLOEXEC)};
};

template <class Sleep = FutexSleep>
class RingMemory {
 public:
  explicit RingMemory(std::size_t capacity)
      : capacity_(capacity), lines_(Ring<Sleep>::memory_bytes(capacity) / sizeof(Line) + 1) {
    objects_.initialise(ring());
  }
  Ring<Sleep> ring() { return {lines_.data(), capacity_}; }

 private:
  struct alignas(kNoSharingBytes) Line {
    std::byte bytes[kNoSharingBytes];
  };
  std::size_t capacity_;
  std::vector<Line> lines_;
  WaitObjects<Sleep> objects_;
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

template <Wait W, class Sleep>
void send_all(RingSender<Sleep> sender, std::size_t message_bytes, std::uint64_t messages) {
  Waiter<W> waiter(true);
  Buffers buffers(message_bytes);
  for (std::uint64_t i = 0; i < messages; ++i) {
    fill_verified(buffers.source(), i);
    send_message<W, Payload::copy>(waiter, sender, buffers.source());
  }
}

// Returns the number of wrong messages.
template <Wait W, class Sleep>
std::uint64_t receive_all(RingReceiver<Sleep> receiver, std::size_t message_bytes, std::uint64_t messages) {
  Waiter<W> waiter(true);
  Buffers buffers(message_bytes);
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < messages; ++i) {
    receive_message<W, Payload::copy>(waiter, receiver, buffers.sink());
    if (check_verified(buffers.sink(), i)) ++wrong;
  }
  return wrong;
}

template <Wait W, class Sleep = FutexSleep>
void exchange(std::size_t capacity, std::size_t message_bytes, std::uint64_t messages) {
  RingMemory<Sleep> memory(capacity);
  std::thread producer([&] { send_all<W>(RingSender<Sleep>(memory.ring()), message_bytes, messages); });
  EXPECT_EQ(receive_all<W>(RingReceiver<Sleep>(memory.ring()), message_bytes, messages), 0U);
  producer.join();
}

TEST(Ring, LosesNoMessagesWhenSpinning) { exchange<Wait::spin>(64, 24, 50'000); }
TEST(Ring, LosesNoMessagesWhenItCannotSleep) { exchange<Wait::spin, NoSleep>(64, 24, 50'000); }
TEST(Ring, StreamsMessagesLongerThanItself) { exchange<Wait::block>(64, 1000, 5'000); }

template <class Sleep>
class RingSleep : public ::testing::Test {
 protected:
  void SetUp() override {
    if constexpr (std::is_same_v<Sleep, AnnouncedSleep<WaitOnSysvSemaphore>>) {
      if (const auto reason = SysvSemaphoreSet::available()) GTEST_SKIP() << *reason;
    }
  }
};

struct SleepName {
  template <class Sleep>
  static std::string GetName(int index) {
    constexpr std::array kNames{"Futex", "PosixSemaphore", "SysvSemaphore", "Condition", "Event", "Signal"};
    return kNames.at(static_cast<std::size_t>(index));
  }
};
using Sleeping = ::testing::Types<FutexSleep, AnnouncedSleep<WaitOnPosixSemaphore>,
                                  AnnouncedSleep<WaitOnSysvSemaphore>, AnnouncedSleep<WaitOnCondition>,
                                  AnnouncedSleep<WaitOnEvent>, AnnouncedSleep<WaitOnSignal>>;
TYPED_TEST_SUITE(RingSleep, Sleeping, SleepName);

// A lost wake-up hangs these (the test's time limit ends them); a missing release or acquire is seen by the
// thread sanitizer, and where memory ordering is weak as a wrong message. The ring of 64 bytes is full or
// empty at nearly every step, so both ends fall asleep all the time.
TYPED_TEST(RingSleep, LosesNeitherMessagesNorWakeUpsWhenBlocking) {
  exchange<Wait::block, TypeParam>(64, 24, 50'000);
}
TYPED_TEST(RingSleep, LosesNeitherMessagesNorWakeUpsWhenAdaptive) {
  exchange<Wait::adaptive, TypeParam>(64, 24, 50'000);
}

// Two threads, each the sender of one ring and the receiver of another. Catches a wake-up for one ring that
// the thread takes while it sleeps on the other. That could happen with a signal: a thread has one.
TYPED_TEST(RingSleep, KeepsTwoRingsOfAThreadApart) {
  constexpr std::uint64_t kRoundTrips = 20'000;
  constexpr auto kWait = Wait::block;
  RingMemory<TypeParam> there(64);
  RingMemory<TypeParam> back(64);
  std::thread echo([&] {
    RingReceiver<TypeParam> receiver(there.ring());
    RingSender<TypeParam> sender(back.ring());
    Waiter<kWait> waiter(true);
    Buffers buffers(24);
    for (std::uint64_t i = 0; i < kRoundTrips; ++i) {
      receive_message<kWait, Payload::copy>(waiter, receiver, buffers.sink());
      send_message<kWait, Payload::copy>(waiter, sender, buffers.sink());
    }
  });
  RingSender<TypeParam> sender(there.ring());
  RingReceiver<TypeParam> receiver(back.ring());
  Waiter<kWait> waiter(true);
  Buffers buffers(24);
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < kRoundTrips; ++i) {
    fill_verified(buffers.source(), i);
    send_message<kWait, Payload::copy>(waiter, sender, buffers.source());
    receive_message<kWait, Payload::copy>(waiter, receiver, buffers.sink());
    if (check_verified(buffers.sink(), i)) ++wrong;
  }
  echo.join();
  EXPECT_EQ(wrong, 0U);
}

// Counts its waits and posts.
struct Counting {
  explicit Counting(int* counts) : waits(counts), posts(counts + 1) {}
  void wait() const { ++*waits; }
  void post() const { ++*posts; }
  int* waits;
  int* posts;
};

class AnnouncedSleepTest : public ::testing::Test {
 protected:
  std::array<int, 2> counts_{};  // waits, posts
  AnnouncedSleep<Counting> sleep_{counts_.data()};
};

// Catches a system call on every hand-over.
TEST_F(AnnouncedSleepTest, PostsNothingToWhoIsAwake) {
  sleep_.wake();
  EXPECT_EQ(counts_, (std::array{0, 0}));
}

// Catches an announcement that stays although its sleep did not happen.
TEST_F(AnnouncedSleepTest, IsTakenBackByWhoIsReadyAfterAll) {
  sleep_.sleep_unless([] { return true; });
  sleep_.wake();
  EXPECT_EQ(counts_, (std::array{0, 0}));
}

// Catches posts that nobody takes, which would add up. The peer sees the announcement before the sleeper
// looks again.
TEST_F(AnnouncedSleepTest, TakesThePostThatIsUnderWay) {
  sleep_.sleep_unless([this] {
    sleep_.wake();
    return true;
  });
  EXPECT_EQ(counts_, (std::array{1, 1}));
}

// Catches several posts for one sleep.
TEST_F(AnnouncedSleepTest, IsPostedOnce) {
  sleep_.sleep_unless([this] {
    sleep_.wake();
    sleep_.wake();
    return false;
  });
  EXPECT_EQ(counts_, (std::array{1, 1}));
}

}  // namespace
}  // namespace ipcbench
