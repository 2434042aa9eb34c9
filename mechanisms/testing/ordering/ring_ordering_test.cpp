// The ring itself, under every interleaving of its two ends. The code is mechanisms/parts/ring.hpp as
// measured; only the atomics under it are those of the model.
#include "mechanisms/parts/ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
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
  bool asymmetric = false;   // with light and heavy fences
  bool one_cpu = false;      // the sender sleeps until half of the ring is free
  bool wakes_first = false;  // a wrong sender: wakes its peer, then hands over
};

constexpr std::size_t kCapacity = 4;

template <class Sleep>
class Link {
 public:
  explicit Link(bool asymmetric) { ring().initialise(asymmetric); }
  Ring<Sleep> ring() { return {lines_.data(), kCapacity}; }

  // No view shows this memory twice, so this is where the data's second appearance is really.
  template <class Byte>
  Byte& seen(Byte& byte) const {
    const std::size_t at = static_cast<std::size_t>(&byte - lines_.front().bytes.data());
    const std::size_t end = Ring<Sleep>::memory_bytes(kCapacity);
    return at < end ? byte : *(&byte - kCapacity);
  }

 private:
  struct alignas(kNoSharingBytes) Line {
    std::array<std::byte, kNoSharingBytes> bytes{};
  };
  std::vector<Line> lines_{(Ring<Sleep>::memory_bytes(kCapacity) + kCapacity) / kNoSharingBytes + 1};
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
template <class Sleep, class Sender>
void send(const Link<Sleep>& link, Sender& sender, unsigned first, unsigned end, bool wakes_first) {
  for (unsigned i = first; i < end; ++i) {
    std::span<std::byte> room = sender.loan(1);
    for (; room.data() == nullptr; room = sender.loan(1)) wait(sender);
    Explorer::active().write(link.seen(room.front()), static_cast<std::byte>(i));
    if (wakes_first) wake_peer(sender);
    sender.commit(1);
    if (!wakes_first) wake_peer(sender);
  }
}
template <class Sleep, class Receiver>
void receive(const Link<Sleep>& link, Receiver& receiver, unsigned end, unsigned at_once) {
  for (unsigned i = 0; i < end;) {
    std::span<const std::byte> piece = receiver.peek(at_once);
    for (; piece.data() == nullptr; piece = receiver.peek(at_once)) wait(receiver);
    for (const std::byte& byte : piece) {
      const bool in_order = Explorer::active().read(link.seen(byte)) == static_cast<std::byte>(i++);
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
  auto link = std::make_shared<Link<Sleep>>(traffic.asymmetric);
  std::optional<RingSender<Sleep>> begun;
  if (traffic.ahead > 0) {
    begun.emplace(link->ring(), traffic.one_cpu);
    send(*link, *begun, 0, traffic.ahead, false);
  }
  const auto sends = [=] {
    RingSender<Sleep> sender = begun ? *begun : RingSender<Sleep>(link->ring(), traffic.one_cpu);
    send(*link, sender, traffic.ahead, traffic.bytes, traffic.wakes_first);
  };
  const auto receives = [=] {
    RingReceiver<Sleep> receiver(link->ring());
    receive(*link, receiver, traffic.bytes, traffic.at_once);
  };
  std::vector<std::string> names{"tail", "head"};
  for (const std::string who : {"consumer", "producer"}) {
    for (const char* what : {"announcement", "waker's lightness", "position to wake at"}) {
      names.push_back(fmt::format("{}'s {}", who, what));
    }
    if constexpr (!std::is_base_of_v<FutexSleep, Sleep>) names.push_back(who + "'s semaphore");
  }
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
// The sleeper has the heavy fence.
template <class Sleep>
std::vector<Scenario> asymmetric(const std::string& on) {
  return {scenario<Sleep>(fmt::format("{}, asymmetric, 1 byte", on), {.bytes = 1, .asymmetric = true}),
          scenario<Sleep>(fmt::format("{}, asymmetric, 2 bytes", on), {.bytes = 2, .asymmetric = true}),
          scenario<Sleep>(fmt::format("{}, asymmetric, full at first, 5 bytes by 4", on),
                          {.bytes = 5, .ahead = 4, .at_once = 4, .asymmetric = true})};
}
// The sender sleeps until two of the four bytes are free.
template <class Sleep>
std::vector<Scenario> on_one_cpu(const std::string& on) {
  const Traffic full{.bytes = 5, .ahead = 4, .one_cpu = true};
  std::vector<Scenario> all{scenario<Sleep>(fmt::format("{}, one CPU, full at first, 5 bytes", on), full)};
  Traffic more = full;
  more.asymmetric = true;
  more.at_once = 2;
  all.push_back(
      scenario<Sleep>(fmt::format("{}, one CPU, asymmetric, full at first, 5 bytes by 2", on), more));
  return all;
}
template <class Sleep>
std::vector<Scenario> every_kind(const std::string& on) {
  std::vector<Scenario> all = briefly_sleeping<Sleep>(on);
  std::ranges::copy(asymmetric<Sleep>(on), std::back_inserter(all));
  std::ranges::copy(on_one_cpu<Sleep>(on), std::back_inserter(all));
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

TEST(RingOrdering, HoldsWithAsymmetricFences) {
  for (const Scenario& each : asymmetric<FutexSleep>("futex")) expect_no_failure(each);
  for (const Scenario& each : asymmetric<SemaphoreSleep>("semaphore")) expect_no_failure(each);
  for (const Scenario& each : asymmetric<ThreadSleep>("thread")) expect_no_failure(each);
}
TEST(RingOrdering, HoldsOnOneCpu) {
  for (const Scenario& each : on_one_cpu<FutexSleep>("futex")) expect_no_failure(each);
  for (const Scenario& each : on_one_cpu<SemaphoreSleep>("semaphore")) expect_no_failure(each);
}

TEST(RingOrdering, ReductionLosesNoOutcome) {
  expect_same_outcomes(scenario<FutexSleep>("futex, asymmetric, 1 byte", {.bytes = 1, .asymmetric = true}));
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
  EXPECT_THAT(unnoticed(weakened, every_kind<FutexSleep>("futex")), ::testing::IsEmpty());
  EXPECT_THAT(unnoticed(weakened, every_kind<ThreadSleep>("thread")), ::testing::IsEmpty());
}

// An announcement is needed, and only one side takes it back. Two steps only save time: the change back to
// full fences spares the sleeper its heavy ones, and the position to wake at spares it wake-ups.
TEST(RingOrdering, NoticesWhatIsLeftOut) {
  EXPECT_THAT(unnoticed(left_out_or_torn, every_kind<FutexSleep>("futex")), ::testing::SizeIs(2));
  EXPECT_THAT(unnoticed(left_out_or_torn, every_kind<ThreadSleep>("thread")), ::testing::SizeIs(2));
}

// Sleeps that get the order of their steps wrong: announce, look once more, sleep.
template <class Sleep>
struct NeverLooksAgain : Sleep {
  template <class Ready>
  void sleep_unless(Ready, std::uint64_t wake_at) {
    Sleep::sleep_unless([] { return false; }, wake_at);
  }
};
template <class Sleep>
struct LooksTooEarly : Sleep {
  template <class Ready>
  void sleep_unless(Ready ready, std::uint64_t wake_at) {
    const bool was_ready = ready();
    Sleep::sleep_unless([was_ready] { return was_ready; }, wake_at);
  }
};

struct Place {
  std::size_t announcement = Explorer::active().locations();
};
template <class Sleep>
struct ClearsTooEarly : Place, Sleep {
  template <class Ready>
  void sleep_unless(Ready ready, std::uint64_t wake_at) {
    const auto clears = [&] {
      Explorer::active().store(announcement, 0, Order::relaxed);
      return ready();
    };
    Sleep::sleep_unless(clears, wake_at);
  }
};

// Asks to be woken at a position that its peer never reaches.
template <class Sleep>
struct AsksForTooMuch : Sleep {
  template <class Ready>
  void sleep_unless(Ready ready, std::uint64_t wake_at) {
    Sleep::sleep_unless(ready, wake_at == 0 ? 0 : wake_at + 3);
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
  expect_failure<AsksForTooMuch<FutexSleep>>(kLost, {.bytes = 5, .ahead = 4, .one_cpu = true});
  expect_failure<FutexSleep>(kLost, {.wakes_first = true});
  expect_failure<SemaphoreSleep>(kLost, {.wakes_first = true});
}

}  // namespace
}  // namespace ipcbench::ordering
