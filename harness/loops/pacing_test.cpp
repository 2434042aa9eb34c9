#include "harness/loops/pacing.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

namespace ipcbench {
namespace {

TEST(Schedule, ConstantArrivalsAreEvenlySpaced) {
  Schedule schedule(4000, Arrivals::constant, 1);
  EXPECT_EQ(schedule.next_ns(), 0U);
  EXPECT_EQ(schedule.next_ns(), 250'000U);
  EXPECT_EQ(schedule.next_ns(), 500'000U);
}

// Catches a rate that is rounded to a whole number of nanoseconds: 3 million a second are 333.3 ns apart.
TEST(Schedule, DoesNotDrift) {
  Schedule schedule(3e6, Arrivals::constant, 1);
  for (int i = 0; i < 3'000'000; ++i) schedule.next_ns();
  EXPECT_NEAR(static_cast<double>(schedule.next_ns()), 1e9, 1000);
}

// Catches two ends that disagree about how many messages are due.
TEST(Schedule, IsTheSameForTheSameSeed) {
  Schedule ours(1000, Arrivals::poisson, 7);
  Schedule theirs(1000, Arrivals::poisson, 7);
  Schedule other(1000, Arrivals::poisson, 8);
  std::uint64_t same = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t due_ns = ours.next_ns();
    EXPECT_EQ(due_ns, theirs.next_ns());
    same += due_ns == other.next_ns() ? 1U : 0U;
  }
  EXPECT_LE(same, 1U);  // the first is due at the beginning, whatever the seed
}

// An exponential distribution has a standard deviation as large as its mean, and 1/e of it beyond the mean.
// With 100,000 intervals the sampling error of all three is below 1 %. The seed is fixed.
TEST(Schedule, PoissonArrivalsHaveExponentialIntervals) {
  Schedule schedule(1e6, Arrivals::poisson, 42);
  constexpr int kIntervals = 100'000;
  double sum = 0;
  double squares = 0;
  int beyond_mean = 0;
  std::uint64_t before = schedule.next_ns();
  for (int i = 0; i < kIntervals; ++i) {
    const std::uint64_t now = schedule.next_ns();
    ASSERT_GE(now, before);
    const auto interval = static_cast<double>(now - before);
    sum += interval;
    squares += interval * interval;
    beyond_mean += interval > 1000 ? 1 : 0;
    before = now;
  }
  const double mean = sum / kIntervals;
  EXPECT_NEAR(mean, 1000, 20);
  EXPECT_NEAR(std::sqrt(squares / kIntervals - mean * mean), 1000, 20);
  EXPECT_NEAR(static_cast<double>(beyond_mean) / kIntervals, 0.3679, 0.01);
}

// 2,000 a second for 10 ms: at 0, 0.5, ... 9.5 ms. Catches a count that includes the end, and a phase without
// any message.
TEST(Schedule, CountsWhatIsDueBeforeTheEnd) {
  EXPECT_EQ(count_due(LinkSchedule(Schedule(2000, Arrivals::constant, 1)), 10'000'000), 20U);
  EXPECT_EQ(count_due(LinkSchedule(Schedule(2000, Arrivals::constant, 1)), 10'000'001), 21U);
  EXPECT_EQ(count_due(LinkSchedule(Schedule(1, Arrivals::constant, 1)), 10'000'000), 1U);
  std::vector<std::uint64_t> due_ns(3);
  fill_due(LinkSchedule(Schedule(2000, Arrivals::constant, 1)), due_ns);
  EXPECT_EQ(due_ns, (std::vector<std::uint64_t>{0, 500'000, 1'000'000}));
}

// 3,000 and 2,000 a second: due at 0, 333, 667, 1,000 us and at 0, 500, 1,000 us. Catches an order by streams
// rather than by time, ends that order what is due at once differently, and a rate that another stream's
// follows.
TEST(LinkSchedule, MergesStreamsByTime) {
  LinkSchedule schedule(
      std::vector{Schedule(3000, Arrivals::constant, 1), Schedule(2000, Arrivals::constant, 1)});
  std::vector<LinkSchedule::Arrival> arrivals;
  for (int i = 0; i < 6; ++i) arrivals.push_back(schedule.next());
  EXPECT_EQ(arrivals, (std::vector<LinkSchedule::Arrival>{
                          {0, 0}, {0, 1}, {333'333, 0}, {500'000, 1}, {666'666, 0}, {1'000'000, 0}}));
}

// 250 and 1,000 a second for 8 ms: 2 and 8 messages, every 4 ms and every 1 ms.
TEST(LinkSchedule, OfAMixHasTheRatesOfItsStreams) {
  const OfferedLoad load = load_of(parse_mix("4096@250+64@1000"), Arrivals::constant);
  const LinkSchedule schedule = schedule_of(load, 1250, 7);
  EXPECT_EQ(count_due(schedule, 8'000'000), 10U);
  std::vector<std::uint64_t> due_ns(7);
  std::vector<std::uint8_t> streams(7);
  fill_due(schedule, due_ns);
  fill_streams(schedule, streams);
  EXPECT_EQ(due_ns,
            (std::vector<std::uint64_t>{0, 0, 1'000'000, 2'000'000, 3'000'000, 4'000'000, 4'000'000}));
  EXPECT_EQ(streams, (std::vector<std::uint8_t>{0, 1, 1, 1, 1, 0, 1}));
}

// Catches streams of one rate that are due at the same times, as from one sequence of random numbers, or from
// one that is shifted: then the intervals of the second are those of the first, one later.
TEST(LinkSchedule, GivesEachStreamArrivalsOfItsOwn) {
  LinkSchedule schedule = schedule_of(load_of(parse_mix("64@1000+8@1000"), Arrivals::poisson), 2000, 7);
  std::array<std::vector<std::uint64_t>, 2> due_ns;
  for (int i = 0; i < 2000; ++i) {
    const auto [due, stream] = schedule.next();
    due_ns[stream].push_back(due);
  }
  std::set<std::uint64_t> intervals;
  for (std::size_t i = 1; i < due_ns[0].size(); ++i) intervals.insert(due_ns[0][i] - due_ns[0][i - 1]);
  std::size_t same = 0;
  for (std::size_t i = 1; i < due_ns[1].size(); ++i) same += intervals.count(due_ns[1][i] - due_ns[1][i - 1]);
  EXPECT_LT(same, 100U);  // of a thousand, by chance
}

// A clock that moves by 10 ns whenever it is read, and by each sleep: as far as asked, and `late_ns` more. A
// sleep takes 300 ns of CPU time, and a reading `cpu_ns`. After `peer_from_ns`, the peer runs for 3 us
// between two readings.
struct TestClock {
  std::uint64_t* time_ns;
  std::vector<std::uint64_t>* sleeps;
  std::uint64_t* spent_ns;
  std::uint64_t late_ns = 0;
  std::uint64_t cpu_ns = 10;
  std::uint64_t peer_from_ns = UINT64_MAX;

  [[nodiscard]] std::uint64_t thread_cpu_ns() const { return *spent_ns; }
  [[nodiscard]] std::uint64_t now_ns() const {
    *spent_ns += cpu_ns;
    return *time_ns += *time_ns < peer_from_ns ? 10 : 3000;
  }
  void sleep_until(std::uint64_t due_ns) const {
    sleeps->push_back(due_ns);
    *time_ns = due_ns + late_ns;
    *spent_ns += 300;
  }
};

constexpr std::uint64_t kBegin = 5'000'000'000;
constexpr std::uint64_t kMs = 1'000'000;

class PacerTest : public ::testing::Test {
 protected:
  template <Wait W>
  Pacer<W, TestClock> pacer(std::uint64_t wake_up_ns, std::uint64_t late_ns) {
    return {false, wake_up_ns, TestClock{&time_ns_, &sleeps_, &spent_ns_, late_ns}};
  }
  std::uint64_t time_ns_ = kBegin;
  std::uint64_t spent_ns_ = 0;
  std::vector<std::uint64_t> sleeps_;
};

// Catches a producer that sleeps until the message is due, and so is always late by a wake-up: it sleeps to
// 60 us before, wakes 50 us later, and watches the clock for the last 10 us.
TEST_F(PacerTest, SleepsShortOfTheDueTimeAndSpinsTheRest) {
  const std::uint64_t due_ns = kBegin + kMs;
  EXPECT_LT(pacer<Wait::block>(60'000, 50'000).wait_until(due_ns) - due_ns, 10U);
  EXPECT_EQ(sleeps_, std::vector{due_ns - 60'000});
}

// Wake-ups take 50 us, and the trials said 20 us. Catches a pacer that stays late for the whole phase, and
// one that spins ever longer.
TEST_F(PacerTest, LearnsHowLateItWakesUp) {
  auto pacer = this->pacer<Wait::block>(20'000, 50'000);
  std::uint64_t due_ns = kBegin;
  for (int i = 0; i < 13; ++i) {
    due_ns += kMs;
    EXPECT_GT(pacer.wait_until(due_ns), due_ns);
  }
  for (int i = 0; i < 1000; ++i) {
    due_ns += kMs;
    EXPECT_LE(pacer.wait_until(due_ns), due_ns + 60);
    EXPECT_LT(pacer.wake_up_ns(), 53'000U);
  }
}

// Catches sleeping for less than a wake-up takes, sleeping under `spin`, and waiting for what is past.
TEST_F(PacerTest, DoesNotSleepForLessThanAWakeUp) {
  EXPECT_LT(pacer<Wait::block>(60'000, 50'000).wait_until(kBegin + 50'000) - (kBegin + 50'000), 10U);
  EXPECT_LT(pacer<Wait::spin>(60'000, 50'000).wait_until(kBegin + kMs) - (kBegin + kMs), 10U);
  EXPECT_EQ(pacer<Wait::block>(0, 0).wait_until(kBegin), kBegin + kMs + 10);
  EXPECT_TRUE(sleeps_.empty());
}

// The first look tells whether there is time to wait, and is not part of it. A sleep and a look take 310 ns,
// and the 9,990 ns that are left are watched. Then there is nothing to wait for. Catches waiting that counts
// as a cost of the mechanism, and a message already due that counts as waiting.
TEST_F(PacerTest, AddsUpWhatWaitingCosts) {
  auto pacer = this->pacer<Wait::block>(60'000, 50'000);
  pacer.wait_until(kBegin + kMs);
  EXPECT_EQ(pacer.cpu_ns(), 310U + 9'990U);
  EXPECT_EQ(spent_ns_, pacer.cpu_ns() + 10);
  pacer.wait_until(kBegin + kMs);
  EXPECT_EQ(pacer.cpu_ns(), 310U + 9'990U);
}

// With a CPU of its own, a look takes the time that passes.
TEST_F(PacerTest, AddsUpWhatWatchingCosts) {
  auto pacer = this->pacer<Wait::spin>(0, 0);
  pacer.wait_until(kBegin + kMs);
  EXPECT_EQ(pacer.cpu_ns(), kMs - 10);
}

// On a shared CPU it gets a tenth of the time, and the peer the rest. In the last 2 us it does not ask what
// it got, and takes all of it for its own, but not the time beyond, by which the peer makes the message late.
// Catches the peer's work in the pacer's.
TEST_F(PacerTest, AddsUpOnlyItsOwnTimeOnASharedCpu) {
  TestClock clock{&time_ns_, &sleeps_, &spent_ns_};
  clock.cpu_ns = 1;
  clock.peer_from_ns = kBegin + 20'000 - 500;
  Pacer<Wait::spin, TestClock> pacer(true, 0, clock);
  pacer.wait_until(kBegin + 20'000);
  EXPECT_EQ(pacer.cpu_ns(), (20'000 - 2000) / 10 - 1 + 2000);
}

struct Sent {
  std::uint64_t count;
  std::uint64_t announced;
  std::vector<std::uint64_t> sent_ns;  // after the beginning
};

class SendOnSchedule : public PacerTest {
 protected:
  // `messages` one millisecond apart in a phase of as many milliseconds, over a mechanism whose send takes
  // `send_ns`.
  Sent send(std::uint64_t messages, std::uint64_t send_ns) {
    std::vector<std::uint64_t> due_ns(messages);
    fill_due(LinkSchedule(Schedule(1000, Arrivals::constant, 1)), due_ns);
    std::vector<std::uint64_t> sent_ns(messages);
    Sent sent{};
    auto pacer = this->pacer<Wait::block>(0, 0);
    sent.count = send_on_schedule(
        pacer, {.due_ns = due_ns, .sent_ns = sent_ns, .received_ns = {}}, kBegin, kBegin + messages * kMs,
        [&](std::uint64_t count) { sent.announced = count; }, [&](std::uint64_t) { time_ns_ += send_ns; });
    for (std::uint64_t i = 0; i < sent.count; ++i) sent.sent_ns.push_back((sent_ns[i] - kBegin) / 1000);
    return sent;
  }
};

TEST_F(SendOnSchedule, SendsEachMessageWhenItIsDue) {
  const Sent sent = send(4, 300'000);
  EXPECT_EQ(sent.count, 4U);
  EXPECT_EQ(sent.announced, 4U);
  EXPECT_EQ(sent.sent_ns, (std::vector<std::uint64_t>{0, 1000, 2000, 3000}));
}

// A send takes 3 ms. Messages go out at 0, 3, 6 and 9 ms; the one at 12 ms is after the end of the phase, and
// the last. Catches a producer that works off its backlog for ever, or sends nothing after the end, so that
// no last message is announced.
TEST_F(SendOnSchedule, EndsInTimeIfTheMechanismIsTooSlow) {
  const Sent sent = send(10, 3 * kMs);
  EXPECT_EQ(sent.count, 5U);
  EXPECT_EQ(sent.announced, 5U);
  EXPECT_EQ(sent.sent_ns, (std::vector<std::uint64_t>{0, 3000, 6000, 9000, 12000}));
}

}  // namespace
}  // namespace ipcbench
