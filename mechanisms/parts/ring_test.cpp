// The ring's two ends on two threads of one process, where the thread sanitizer can watch them; with
// everything that they can sleep on.
#include "mechanisms/parts/ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "harness/base/in_child.hpp"
#include "harness/loops/payload.hpp"
#include "harness/loops/transfer.hpp"
#include "mechanisms/parts/futex_waitv.hpp"
#include "mechanisms/parts/mirrored_view.hpp"
#include "mechanisms/parts/ring_wait_objects.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

// The objects outside the ring's memory on which its ends sleep.
template <class Sleep>
struct WaitObjects {
  void initialise(Ring<Sleep> ring, bool asymmetric) { ring.initialise(asymmetric); }
};

template <>
struct WaitObjects<AnnouncedSleep<WaitOnSysvSemaphore>> {
  void initialise(Ring<AnnouncedSleep<WaitOnSysvSemaphore>> ring, bool asymmetric) {
    ring.initialise(asymmetric, WaitOnSysvSemaphore::Member{set.id(), 0},
                    WaitOnSysvSemaphore::Member{set.id(), 1});
  }
  SysvSemaphoreSet set{std::array<unsigned short, 2>{}};
};

template <>
struct WaitObjects<AnnouncedSleep<WaitOnEvent>> {
  void initialise(Ring<AnnouncedSleep<WaitOnEvent>> ring, bool asymmetric) {
    ring.initialise(asymmetric, consumers.get(), producers.get());
  }
  Fd consumers{eventfd(0, EFD_CLOEXEC)};
  Fd producers{eventfd(0, EFD_CLOEXEC)};
};

// Capacities are whole pages.
template <class Sleep = FutexSleep>
class RingMemory {
 public:
  explicit RingMemory(std::size_t capacity, bool asymmetric = has_heavy_fence())
      : capacity_(capacity), memory_(-1, Ring<Sleep>::memory_bytes(capacity)) {
    objects_.initialise(ring(), asymmetric);
  }
  Ring<Sleep> ring() { return {view_.data(), capacity_}; }

 private:
  std::size_t capacity_;
  SharedMapping memory_;
  MirroredView view_{memory_.data(), Ring<Sleep>::header_bytes(), capacity_};
  WaitObjects<Sleep> objects_;
};

const std::size_t kPage = page_bytes();

// Catches a loan beyond what is free: a page holds four messages of a quarter, not a fifth.
TEST(Ring, IsFullWhenItsCapacityIsWritten) {
  RingMemory memory(kPage);
  RingSender sender(memory.ring());
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(sender.loan(kPage / 4).size(), kPage / 4);
    ASSERT_TRUE(sender.commit(kPage / 4));
  }
  EXPECT_TRUE(sender.loan(1).empty());
  RingReceiver receiver(memory.ring());
  ASSERT_EQ(receiver.peek(1).size(), 1U);
  receiver.release();
  EXPECT_TRUE(sender.loan(2).empty());
  EXPECT_EQ(sender.loan(1).size(), 1U);
}

// Catches showing bytes that were not committed.
TEST(Ring, ShowsNothingBeforeCommit) {
  RingMemory memory(kPage);
  RingSender sender(memory.ring());
  RingReceiver receiver(memory.ring());
  ASSERT_EQ(sender.loan(8).size(), 8U);
  EXPECT_TRUE(receiver.peek(8).empty());
  sender.commit(8);
  EXPECT_EQ(receiver.peek(8).size(), 8U);
}

// Catches a message that is cut at the end of the memory, and a view whose second half is other memory: from
// the third message on, each begins and ends at another place of the ring.
TEST(Ring, HoldsAMessageInOneStretchWherever) {
  const std::size_t bytes = kPage - 24;
  RingMemory memory(kPage);
  RingSender sender(memory.ring());
  RingReceiver receiver(memory.ring());
  for (std::uint64_t i = 0; i < 400; ++i) {
    const std::span<std::byte> room = sender.loan(bytes);
    ASSERT_EQ(room.size(), bytes);
    fill_verified(room, i);
    sender.commit(bytes);
    const std::span<const std::byte> message = receiver.peek(bytes);
    ASSERT_EQ(message.size(), bytes);
    ASSERT_EQ(check_verified(message, i), std::nullopt);
    receiver.release();
  }
}

// Catches a loan that can never be had: a message longer than the ring is lent in pieces.
TEST(Ring, LendsPiecesOfAMessageThatItCannotHold) {
  RingMemory memory(kPage);
  RingSender sender(memory.ring());
  EXPECT_EQ(sender.loan(kPage).size(), kPage);
  EXPECT_EQ(sender.loan(kPage + 1).size(), kPage / 4);
}

// The data is on pages of its own, so that copies from and to it do not cross cache lines.
TEST(Ring, HasItsDataOnAPage) {
  RingMemory memory(kPage);
  RingSender sender(memory.ring());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(sender.loan(1).data()) % kPage, 0U);
}

// Generating and reading in place takes one loan and one look; copying goes in quarters.
TEST(Ring, IsUsedInPlaceAsAWhole) {
  struct Log : RingSender<FutexSleep> {
    using RingSender::RingSender;
    std::span<std::byte> loan(std::size_t n) {
      loans.push_back(n);
      return RingSender::loan(n);
    }
    std::vector<std::size_t> loans;
  };
  RingMemory memory(kPage);
  Log sender(memory.ring());
  RingReceiver receiver(memory.ring());
  Waiter<Wait::spin> waiter(true);
  Buffers buffers(kPage);
  send_message<Wait::spin, Payload::scan>(waiter, sender, buffers.source());
  EXPECT_EQ(receiver.peek(kPage).size(), kPage);
  receiver.release();
  send_message<Wait::spin, Payload::copy>(waiter, sender, buffers.source());
  EXPECT_EQ(sender.loans, (std::vector{kPage, kPage / 4, kPage / 4, kPage / 4, kPage / 4}));
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

struct Traffic {
  std::size_t message_bytes;
  std::uint64_t messages;
  bool one_cpu = false;
  bool asymmetric = has_heavy_fence();
};
template <Wait W, class Sleep = FutexSleep>
void exchange(const Traffic& traffic) {
  RingMemory<Sleep> memory(kPage, traffic.asymmetric);
  std::thread producer([&] {
    send_all<W>(RingSender<Sleep>(memory.ring(), traffic.one_cpu), traffic.message_bytes, traffic.messages);
  });
  EXPECT_EQ(receive_all<W>(RingReceiver<Sleep>(memory.ring()), traffic.message_bytes, traffic.messages), 0U);
  producer.join();
}

TEST(Ring, LosesNoMessagesWhenSpinning) { exchange<Wait::spin>({1536, 50'000}); }
TEST(Ring, LosesNoMessagesWhenItCannotSleep) { exchange<Wait::spin, NoSleep>({1536, 50'000}); }
TEST(Ring, StreamsMessagesLongerThanItself) { exchange<Wait::block>({65'000, 1'000}); }

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
    constexpr std::array kNames{"Futex",     "FutexWaitv", "PosixSemaphore", "SysvSemaphore",
                                "Condition", "Event",      "Signal"};
    return kNames.at(static_cast<std::size_t>(index));
  }
};
using Sleeping = ::testing::Types<FutexSleep, FutexWaitvSleep, AnnouncedSleep<WaitOnPosixSemaphore>,
                                  AnnouncedSleep<WaitOnSysvSemaphore>, AnnouncedSleep<WaitOnCondition>,
                                  AnnouncedSleep<WaitOnEvent>, AnnouncedSleep<WaitOnSignal>>;
TYPED_TEST_SUITE(RingSleep, Sleeping, SleepName);

// A lost wake-up hangs these (the test's time limit ends them); a missing release or acquire is seen by the
// thread sanitizer, and where memory ordering is weak as a wrong message. A page is full or empty at nearly
// every message of 1,536 bytes, so both ends fall asleep all the time.
TYPED_TEST(RingSleep, LosesNeitherMessagesNorWakeUpsWhenBlocking) {
  exchange<Wait::block, TypeParam>({1536, 50'000});
}
TYPED_TEST(RingSleep, LosesNeitherMessagesNorWakeUpsWhenAdaptive) {
  exchange<Wait::adaptive, TypeParam>({1536, 50'000});
}
// The page holds 512 messages: the ends change to light fences, fall asleep, and change back.
TYPED_TEST(RingSleep, LosesNeitherMessagesNorWakeUpsWithLightFences) {
  exchange<Wait::block, TypeParam>({8, 300'000});
}
TYPED_TEST(RingSleep, LosesNeitherMessagesNorWakeUpsWithoutThem) {
  exchange<Wait::block, TypeParam>({.message_bytes = 8, .messages = 200'000, .asymmetric = false});
}
// Also if a message needs more room than the half for which a sender sleeps there.
TYPED_TEST(RingSleep, LosesNeitherMessagesNorWakeUpsOnOneCpu) {
  for (const std::size_t bytes : {8U, 1536U, 4096U, 10'000U}) {
    const std::uint64_t messages = bytes == 8 ? 20'000 : 2'000;
    exchange<Wait::block, TypeParam>({.message_bytes = bytes, .messages = messages, .one_cpu = true});
  }
}

// Two threads, each the sender of one ring and the receiver of another. Catches a wake-up for one ring that
// the thread takes while it sleeps on the other. That could happen with a signal: a thread has one.
TYPED_TEST(RingSleep, KeepsTwoRingsOfAThreadApart) {
  constexpr std::uint64_t kRoundTrips = 20'000;
  constexpr auto kWait = Wait::block;
  RingMemory<TypeParam> there(kPage);
  RingMemory<TypeParam> back(kPage);
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

// Makes a system call fail with that errno in this thread and those that it starts. The C library's own uses
// of futex(2) have the private flag in their second argument, and work on.
void refuse(int call, int error) {
  constexpr std::size_t kSecondArgument = offsetof(seccomp_data, args) + sizeof(std::uint64_t);
  std::array filter{sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 3),
                    sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kSecondArgument),
                    sock_filter BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, FUTEX_PRIVATE_FLAG, 1, 0),
                    sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
                    sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog program{.len = filter.size(), .filter = filter.data()};
  checked(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
  checked(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "prctl(PR_SET_SECCOMP)");
}

// What `body` throws where that call is refused.
std::string failure_without(int call, int error, const std::function<void()>& body) {
  return bytes_from_child(
      [&]() -> std::string {
        refuse(call, error);
        try {
          body();
          return "nothing";
        } catch (const Error& thrown) {
          return std::string(thrown.what());
        }
      },
      std::chrono::seconds(10));
}

// Catches a sleep that comes back at once, again and again, because the kernel refuses futex(2): `block`
// would be a busy loop.
TEST(Futex, SaysThatItIsRefused) {
  const auto sleeps = [] {
    FutexSleep sleep;
    sleep.sleep_unless([] { return false; }, 0);
  };
  const auto wakes = [] {
    FutexSleep sleep;
    Waker waker(false);
    const auto ready = [&] {
      sleep.wake(waker, 0);
      return true;
    };
    sleep.sleep_unless(ready, 0);
  };
  for (const auto& body : {std::function<void()>(sleeps), std::function<void()>(wakes)}) {
    const std::string failure = failure_without(SYS_futex, ENOSYS, body);
    EXPECT_THAT(failure, ::testing::HasSubstr("futex"));
    EXPECT_THAT(failure, ::testing::HasSubstr("seccomp"));
  }
}

// Catches an end without membarrier(2) that goes on as if its light fences counted.
TEST(Ring, NeedsBothEndsToHaveTheFencesThatItsCreatorCountsOn) {
  RingMemory memory(kPage, true);
  const auto enters = [&] { RingSender sender(memory.ring()); };
  EXPECT_THAT(failure_without(SYS_membarrier, ENOSYS, enters), ::testing::HasSubstr("membarrier"));
  EXPECT_THAT(failure_without(SYS_membarrier, EPERM, enters), ::testing::HasSubstr("seccomp"));
  EXPECT_EQ(failure_without(SYS_membarrier, ENOSYS,
                            [] {
                              RingMemory works(kPage);
                              RingSender sender(works.ring());
                            }),
            "nothing");
}

}  // namespace
}  // namespace ipcbench
