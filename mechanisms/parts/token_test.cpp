// Mechanisms that pass tokens, where the conformance suite does not reach: their ceilings, and two messages
// that meet in the object.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <climits>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "harness/loops/transfer.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/eventfd_ends.hpp"
#include "mechanisms/parts/futex_mailbox.hpp"
#include "mechanisms/parts/lock_baton.hpp"
#include "mechanisms/parts/posix_semaphore_ends.hpp"
#include "mechanisms/parts/sysv_semaphore_ends.hpp"
#include "mechanisms/testing/token_text.hpp"

namespace ipcbench {
namespace {

// Sends and receives `messages` messages of `bytes` in each of the pairs, all at once, each end on a thread
// of its own: the sum over all messages of their first byte, as sent and as received.
template <Wait W, class MakeSender, class MakeReceiver>
void expect_all_arrive(std::size_t pairs, std::size_t bytes, MakeSender make_sender,
                       MakeReceiver make_receiver) {
  constexpr unsigned kMessages = 20'000;
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> received{0};
  std::vector<std::thread> threads;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    threads.emplace_back([&] {
      auto sender = make_sender();
      Waiter<W> waiter(true);
      std::vector<std::byte> source(bytes);
      for (unsigned i = 0; i < kMessages; ++i) {
        source.front() = static_cast<std::byte>(i);
        sent += i % 256;
        send_message<W, Payload::copy>(waiter, sender, source);
      }
    });
    threads.emplace_back([&] {
      auto receiver = make_receiver();
      Waiter<W> waiter(true);
      std::vector<std::byte> sink(bytes);
      for (unsigned i = 0; i < kMessages; ++i) {
        receive_message<W, Payload::copy>(waiter, receiver, sink);
        received += std::to_integer<unsigned>(sink.front());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sent, received);
}

// --- Semaphores at their ceiling ----------------------------------------------------------------------

// Catches a token that is lost, or an error that is thrown, when the counter is at its maximum.
TEST(PosixSemaphore, IsFullAtItsLargestValue) {
  sem_t semaphore;
  ASSERT_EQ(sem_init(&semaphore, 0, SEM_VALUE_MAX - 1), 0);
  SemaphoreSender sender(semaphore);
  SemaphoreReceiver receiver(semaphore, Wait::spin);
  EXPECT_TRUE(sender.commit(0));
  EXPECT_FALSE(sender.commit(0));
  EXPECT_TRUE(receive_token(receiver));
  EXPECT_TRUE(sender.commit(0));
}

TEST(SysvSemaphore, IsFullAtItsLargestValue) {
  constexpr int kLargest = 32767;
  const int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
  if (id < 0) GTEST_SKIP() << "no System V semaphore: " << std::strerror(errno);
  EXPECT_EQ(semctl(id, 0, SETVAL, kLargest - 1), 0);
  SysvSemaphoreSender sender(id);
  SysvSemaphoreReceiver receiver(id, Wait::spin);
  EXPECT_TRUE(sender.commit(0));
  EXPECT_FALSE(sender.commit(0));
  EXPECT_TRUE(receive_token(receiver));
  EXPECT_TRUE(sender.commit(0));
  EXPECT_EQ(semctl(id, 0, GETVAL), kLargest);
  // Catches a sender that sleeps on for ever: it is woken when the last token is taken.
  std::thread full([&] { sender.park(); });
  for (int token = 0; token < kLargest; ++token) EXPECT_TRUE(receive_token(receiver));
  full.join();
  EXPECT_FALSE(receive_token(receiver));
  semctl(id, 0, IPC_RMID);
}

// --- eventfd ------------------------------------------------------------------------------------------

class EventPair {
 public:
  EventPair(std::size_t message_bytes, Wait wait) : wait_(wait), event_(open_event(message_bytes)) {}
  EventSender sender() { return {duplicate(event_), wait_}; }
  EventReceiver receiver() { return {duplicate(event_), wait_}; }

 private:
  Wait wait_;
  Fd event_;
};

// Catches two messages that are added up: the second has to wait until the first has been read, whatever
// their bits.
TEST(EventFd, KeepsTwoMessagesApart) {
  EventPair event(7, Wait::poll);
  EventSender sender = event.sender();
  EventReceiver receiver = event.receiver();
  const std::string ones(7, '\xff');
  const std::string zeros(7, '\0');
  EXPECT_EQ(receive_text(receiver, 7), "none");
  EXPECT_TRUE(send_text(sender, ones));
  EXPECT_FALSE(send_text(sender, zeros));
  EXPECT_EQ(receive_text(receiver, 7), ones);
  EXPECT_TRUE(send_text(sender, zeros));
  EXPECT_FALSE(send_text(sender, ones));
  EXPECT_EQ(receive_text(receiver, 7), zeros);
  EXPECT_TRUE(send_text(sender, "1234567"));
  EXPECT_EQ(receive_text(receiver, 7), "1234567");
  EXPECT_EQ(receive_text(receiver, 7), "none");
}

// Catches tokens that merge: one read would take them all.
TEST(EventFd, CountsTokens) {
  EventPair event(0, Wait::poll);
  EventSender sender = event.sender();
  EventReceiver receiver = event.receiver();
  for (int token = 0; token < 3; ++token) EXPECT_TRUE(sender.commit(0));
  for (int token = 0; token < 3; ++token) EXPECT_TRUE(receive_token(receiver));
  EXPECT_FALSE(receive_token(receiver));
}

// A sender that is not told of a read hangs these (the test's time limit ends them).
TEST(EventFd, WakesSendersThatPoll) {
  EventPair event(7, Wait::poll);
  expect_all_arrive<Wait::poll>(
      1, 7, [&] { return event.sender(); }, [&] { return event.receiver(); });
}
TEST(EventFd, WakesSeveralSendersThatPoll) {
  EventPair event(1, Wait::adaptive);
  expect_all_arrive<Wait::adaptive>(
      3, 1, [&] { return event.sender(); }, [&] { return event.receiver(); });
}

// --- The futex's mailbox --------------------------------------------------------------------------------

TEST(FutexMailbox, HoldsOneMessage) {
  FutexMailbox mailbox;
  MailboxSender sender(mailbox);
  MailboxReceiver receiver(mailbox);
  EXPECT_EQ(receive_text(receiver, 3), "none");
  EXPECT_TRUE(send_text(sender, "\xff\xff\xff"));
  EXPECT_FALSE(send_text(sender, "abc"));
  EXPECT_EQ(receive_text(receiver, 3), "\xff\xff\xff");
  EXPECT_EQ(receive_text(receiver, 3), "none");
  EXPECT_TRUE(send_text(sender, "abc"));
  EXPECT_EQ(receive_text(receiver, 3), "abc");
}

// A lost wake-up hangs these, a message that two receivers take makes the sums differ.
TEST(FutexMailbox, LosesNeitherMessagesNorWakeUpsWhenBlocking) {
  FutexMailbox mailbox;
  expect_all_arrive<Wait::block>(
      1, 1, [&] { return MailboxSender(mailbox); }, [&] { return MailboxReceiver(mailbox); });
}
TEST(FutexMailbox, LosesNeitherMessagesNorWakeUpsAmongMany) {
  FutexMailbox mailbox;
  expect_all_arrive<Wait::block>(
      3, 3, [&] { return MailboxSender(mailbox); }, [&] { return MailboxReceiver(mailbox); });
}
TEST(FutexMailbox, LosesNeitherMessagesNorWakeUpsWhenAdaptive) {
  FutexMailbox mailbox;
  expect_all_arrive<Wait::adaptive>(
      3, 2, [&] { return MailboxSender(mailbox); }, [&] { return MailboxReceiver(mailbox); });
}

// --- Locks ----------------------------------------------------------------------------------------------

// Locks that know who holds them, for two ends that take turns on one thread.
class ModelLocks {
 public:
  using Owners = std::array<Side*, kBatonLocks>;
  ModelLocks(Owners& owners, Side& self) : owners_(owners), self_(self) {}

  bool try_lock(std::size_t i) {
    if (owners_[i] != nullptr) return false;
    owners_[i] = &self_;
    return true;
  }
  void lock(std::size_t) { ADD_FAILURE() << "an end that spins went to sleep"; }
  void unlock(std::size_t i) {
    EXPECT_EQ(owners_[i], &self_) << "frees a lock that it does not hold";
    owners_[i] = nullptr;
  }

 private:
  Owners& owners_;
  Side& self_;
};

class BatonModel {
 public:
  // One verb of one end; false: not now.
  bool step(Side side) { return side == Side::producer ? step_producer() : step_consumer(); }

  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] std::size_t received() const { return received_; }

 private:
  bool step_producer() {
    if (!loaned_) {
      loaned_ = sender_.loan(0).data() != nullptr;
      return loaned_;
    }
    loaned_ = false;
    ++sent_;
    return sender_.commit(0);
  }
  bool step_consumer() {
    if (!shown_) {
      shown_ = receiver_.peek(0).data() != nullptr;
      if (shown_) {
        EXPECT_LT(received_, sent_) << "a token was received before it was sent";
      }
      return shown_;
    }
    shown_ = false;
    ++received_;
    receiver_.release();
    return true;
  }

  ModelLocks::Owners owners_{};
  Side producer_ = Side::producer;
  Side consumer_ = Side::consumer;
  BatonSender<ModelLocks> sender_{ModelLocks(owners_, producer_), Wait::spin};
  BatonReceiver<ModelLocks> receiver_{ModelLocks(owners_, consumer_), Wait::spin};
  std::size_t sent_ = 0;
  std::size_t received_ = 0;
  bool loaned_ = false;
  bool shown_ = false;
};

// Catches a consumer that overtakes the producer, a producer that laps the consumer, and ends that wait for
// each other, in whatever order they get to run.
TEST(LockBaton, NeitherEndOvertakesTheOther) {
  std::mt19937 random(1);
  BatonModel model;
  for (int i = 0; i < 100'000; ++i) {
    const auto side = static_cast<Side>(random() % 2);
    const bool stuck =
        !model.step(side) && !model.step(side == Side::producer ? Side::consumer : Side::producer);
    ASSERT_FALSE(stuck);
    ASSERT_LE(model.sent() - model.received(), kBatonTokens);
  }
  EXPECT_GT(model.received(), 10'000U);
}

// Eight locks: the producer holds one and the consumer another, six are free for tokens.
TEST(LockBaton, IsFullWithSixTokens) {
  BatonModel model;
  EXPECT_FALSE(model.step(Side::consumer));
  while (model.step(Side::producer)) {
  }
  EXPECT_EQ(model.sent(), 6U);
  while (model.step(Side::consumer)) {
  }
  EXPECT_EQ(model.received(), 6U);
  EXPECT_TRUE(model.step(Side::producer));
}

// --- What a machine may lack ------------------------------------------------------------------------------

bool names(const char* mechanism, const char* remedy) {
  const Unavailable reason = find_mechanism(mechanism)->available();
  return reason && reason->find(remedy) != std::string::npos;
}

// Runs in a child with namespaces of its own: the refusals of a machine without room for semaphores and
// without shared memory name what to change.
[[noreturn]] void ask_without_objects() {
  constexpr int kNotAllowed = 77;
  if (unshare(CLONE_NEWIPC | CLONE_NEWNS) != 0) _exit(kNotAllowed);
  std::ofstream("/proc/sys/kernel/sem") << "32000 1024000000 500 0";
  mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  if (mount("tmpfs", "/dev/shm", "tmpfs", MS_RDONLY, nullptr) != 0) _exit(kNotAllowed);
  if (!names("sysv_semaphore", "kernel.sem")) _exit(1);
  for (const char* mechanism : {"posix_semaphore", "posix_semaphore_shm", "futex", "rwlock"}) {
    if (!names(mechanism, "/dev/shm")) _exit(2);
  }
  _exit(0);
}

TEST(TokenAvailability, NamesWhatIsMissing) {
  EXPECT_EXIT(
      ask_without_objects(),
      [](int status) { return WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77); },
      "");
}

}  // namespace
}  // namespace ipcbench
