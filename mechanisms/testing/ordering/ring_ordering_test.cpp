// The ring itself, under every interleaving of its two ends. The code is mechanisms/parts/ring.hpp as
// measured; only the atomics under it are those of the model.
#include "mechanisms/parts/ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>

#include "mechanisms/testing/ordering/scenarios.hpp"

namespace ipcbench::ordering {
namespace {

// The weakest object that AnnouncedSleep can use: wait() and post(), which order nothing else.
class WaitOnSemaphore {
 public:
  void wait() { Explorer::active().take(location_); }
  void post() { Explorer::active().give(location_); }

 private:
  std::size_t location_ = Explorer::active().add_location(0);
};

// An object that has to know who sleeps, like a signal: the waker reads what the sleeper wrote on entering.
class WaitOnThread : public WaitOnSemaphore {
 public:
  void enter() { Explorer::active().write(who_, std::byte{1}); }
  void post() {
    Explorer::active().require(Explorer::active().read(who_) == std::byte{1}, "it is unknown who sleeps");
    WaitOnSemaphore::post();
  }

 private:
  std::byte who_{};
};

struct Traffic {
  unsigned bytes = 1;
  unsigned ahead = 0;        // bytes sent before the threads start; no thread learns who sleeps then
  unsigned at_once = 1;      // bytes that the receiver takes out together
  bool wakes_first = false;  // a wrong sender: wakes its peer, then hands over
};

// The smallest ring that still lends pieces: of one byte.
constexpr std::size_t kCapacity = 4;

template <class Sleep>
class Link {
 public:
  Link() { ring().initialise(); }
  Ring<Sleep> ring() { return {memory_.data(), kCapacity}; }

 private:
  alignas(kNoSharingBytes) std::array<std::byte, sizeof(RingHeader<Sleep>) + kCapacity> memory_{};
};

template <class End>
void wait(End& end) {
  if constexpr (requires { end.park(); }) {
    end.park();
  } else {
    Explorer::active().await_news();
  }
}
template <class End>
void wake_peer(End& end) {
  if constexpr (requires { end.unpark_peer(); }) end.unpark_peer();
}

// Like harness/loops/transfer.hpp and harness/loops/wait.hpp.
template <class Sender>
void send(Sender& sender, unsigned first, unsigned end, bool wakes_first) {
  for (unsigned i = first; i < end; ++i) {
    std::span<std::byte> room = sender.loan(1);
    for (; room.data() == nullptr; room = sender.loan(1)) wait(sender);
    Explorer::active().write(room.front(), static_cast<std::byte>(i));
    if (wakes_first) wake_peer(sender);
    sender.commit(1);
    if (!wakes_first) wake_peer(sender);
  }
}
template <class Receiver>
void receive(Receiver& receiver, unsigned end, unsigned at_once) {
  for (unsigned i = 0; i < end;) {
    std::span<const std::byte> piece = receiver.peek(at_once);
    for (; piece.data() == nullptr; piece = receiver.peek(at_once)) wait(receiver);
    for (const std::byte& byte : piece) {
      const bool in_order = Explorer::active().read(byte) == static_cast<std::byte>(i++);
      Explorer::active().require(in_order, "a byte that was not sent here");
    }
    receiver.release();
    wake_peer(receiver);
  }
}

void expect_no_posts() {
  for (std::size_t location = 0; location < Explorer::active().locations(); ++location) {
    Explorer::active().require(Explorer::active().count(location) == 0, "a post is left over");
  }
}

template <class Sleep>
Program ring_program(const Traffic& traffic) {
  auto link = std::make_shared<Link<Sleep>>();
  std::optional<RingSender<Sleep>> begun;
  if (traffic.ahead > 0) {
    begun.emplace(link->ring());
    send(*begun, 0, traffic.ahead, false);
  }
  const auto sends = [=] {
    RingSender<Sleep> sender = begun ? *begun : RingSender<Sleep>(link->ring());
    send(sender, traffic.ahead, traffic.bytes, traffic.wakes_first);
  };
  const auto receives = [=] {
    RingReceiver<Sleep> receiver(link->ring());
    receive(receiver, traffic.bytes, traffic.at_once);
  };
  std::vector<std::string> names{"tail", "head", "consumer's announcement"};
  if constexpr (!std::is_base_of_v<FutexSleep, Sleep>) names.emplace_back("consumer's semaphore");
  names.emplace_back("producer's announcement");
  names.emplace_back("producer's semaphore");
  return {{sends, receives}, expect_no_posts, names};
}

template <class Sleep>
Scenario scenario(const std::string& name, Traffic traffic, unsigned early_returns = 0) {
  return {name, [traffic] { return ring_program<Sleep>(traffic); }, early_returns};
}

using SemaphoreSleep = AnnouncedSleep<WaitOnSemaphore>;
using ThreadSleep = AnnouncedSleep<WaitOnThread>;

// Six bytes go round a ring of four. Where the ring is full at first, the sender falls asleep too.
std::vector<Scenario> spinning() {
  return {scenario<NoSleep>("spinning, 1 byte", {.bytes = 1}),
          scenario<NoSleep>("spinning, 3 bytes", {.bytes = 3}),
          scenario<NoSleep>("spinning, 6 bytes", {.bytes = 6}),
          scenario<NoSleep>("spinning, full at first, 8 bytes by 4", {.bytes = 8, .ahead = 4, .at_once = 4})};
}
template <class Sleep>
std::vector<Scenario> briefly_sleeping(const std::string& on) {
  return {scenario<Sleep>(fmt::format("{}, 1 byte", on), {.bytes = 1}),
          scenario<Sleep>(fmt::format("{}, 2 bytes", on), {.bytes = 2}),
          scenario<Sleep>(fmt::format("{}, full at first, 5 bytes by 4", on),
                          {.bytes = 5, .ahead = 4, .at_once = 4})};
}
template <class Sleep>
std::vector<Scenario> sleeping(const std::string& on) {
  std::vector<Scenario> all = briefly_sleeping<Sleep>(on);
  all.push_back(scenario<Sleep>(fmt::format("{}, 3 bytes", on), {.bytes = 3}));
  all.push_back(scenario<Sleep>(fmt::format("{}, full at first, 6 bytes by 4", on),
                                {.bytes = 6, .ahead = 4, .at_once = 4}));
  return all;
}

// Catches a data race on the ring's bytes, and a byte that arrives out of order or never.
TEST(RingOrdering, HoldsWhenSpinning) {
  for (const Scenario& each : spinning()) expect_no_failure(each);
}

// These also catch a lost wake-up and a post that nobody consumes.
TEST(RingOrdering, HoldsWhenSleepingOnAFutex) {
  for (const Scenario& each : sleeping<FutexSleep>("futex")) expect_no_failure(each);
}
TEST(RingOrdering, HoldsWhenSignalsInterrupt) {
  expect_no_failure(scenario<FutexSleep>("futex, 1 byte, interrupted twice", {.bytes = 1}, 2));
  expect_no_failure(scenario<FutexSleep>("futex, 2 bytes, interrupted once", {.bytes = 2}, 1));
}
TEST(RingOrdering, HoldsWhenSleepingOnASemaphore) {
  for (const Scenario& each : sleeping<SemaphoreSleep>("semaphore")) expect_no_failure(each);
}
TEST(RingOrdering, HoldsWhenTheSleeperHasToBeKnown) {
  for (const Scenario& each : sleeping<ThreadSleep>("thread")) expect_no_failure(each);
}

TEST(RingOrdering, ReductionLosesNoOutcome) {
  expect_same_outcomes(scenario<NoSleep>("spinning, 3 bytes", {.bytes = 3}));
  expect_same_outcomes(scenario<FutexSleep>("futex, 1 byte", {.bytes = 1}));
  expect_same_outcomes(scenario<FutexSleep>("futex, 1 byte, interrupted once", {.bytes = 1}, 1));
  expect_same_outcomes(scenario<SemaphoreSleep>("semaphore, 1 byte", {.bytes = 1}));
}

// --- Nothing weaker will do ----------------------------------------------------------------------------

// Catches an order in the ring's code that is stronger than needed, which costs time on processors other than
// x86, and a check above that would miss an order that is too weak.
TEST(RingOrdering, NoticesEveryWeakerOrder) {
  EXPECT_THAT(unnoticed(weakened, spinning()), ::testing::IsEmpty());
  EXPECT_THAT(unnoticed(weakened, briefly_sleeping<FutexSleep>("futex")), ::testing::IsEmpty());
  EXPECT_THAT(unnoticed(weakened, briefly_sleeping<ThreadSleep>("thread")), ::testing::IsEmpty());
}

// An announcement is needed, and only one side takes it back. A sleeper on a futex takes its own back when it
// is awake, only to save its peer a system call.
TEST(RingOrdering, NoticesWhatIsLeftOut) {
  EXPECT_THAT(unnoticed(left_out_or_torn, briefly_sleeping<FutexSleep>("futex")), ::testing::SizeIs(1));
  EXPECT_THAT(unnoticed(left_out_or_torn, briefly_sleeping<ThreadSleep>("thread")), ::testing::IsEmpty());
}

// Sleeps that get the order of their steps wrong: announce, look once more, sleep.
template <class Sleep>
struct NeverLooksAgain : Sleep {
  template <class Ready>
  void sleep_unless(Ready) {
    Sleep::sleep_unless([] { return false; });
  }
};
template <class Sleep>
struct LooksTooEarly : Sleep {
  template <class Ready>
  void sleep_unless(Ready ready) {
    const bool was_ready = ready();
    Sleep::sleep_unless([was_ready] { return was_ready; });
  }
};

struct Place {
  std::size_t announcement = Explorer::active().locations();
};
template <class Sleep>
struct ClearsTooEarly : Place, Sleep {
  template <class Ready>
  void sleep_unless(Ready ready) {
    Sleep::sleep_unless([&] {
      Explorer::active().store(announcement, 0, Order::relaxed);
      return ready();
    });
  }
};

template <class Sleep>
void expect_failure(const char* expected, Traffic traffic = {}) {
  const Result result = Explorer::explore([&] { return ring_program<Sleep>(traffic); });
  EXPECT_THAT(result.failure, ::testing::HasSubstr(expected));
}

TEST(RingOrdering, NoticesStepsInTheWrongOrder) {
  constexpr const char* kLost = "all threads wait for ever";
  expect_failure<NeverLooksAgain<FutexSleep>>(kLost);
  expect_failure<NeverLooksAgain<SemaphoreSleep>>(kLost);
  expect_failure<LooksTooEarly<FutexSleep>>(kLost);
  expect_failure<LooksTooEarly<SemaphoreSleep>>(kLost);
  expect_failure<ClearsTooEarly<FutexSleep>>("without end");  // awake all the time
  expect_failure<ClearsTooEarly<SemaphoreSleep>>(kLost);
  expect_failure<FutexSleep>(kLost, {.wakes_first = true});
  expect_failure<SemaphoreSleep>(kLost, {.wakes_first = true});
}

}  // namespace
}  // namespace ipcbench::ordering
