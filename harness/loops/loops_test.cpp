// Whole launches in two threads, over a mailbox of one slot: what the ends count, time and check. The threads
// yield between looks, so that one CPU is enough.
#include "harness/loops/loops.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "harness/loops/verified_pass.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kMailBytes = 32;

struct Mail {
  std::atomic<bool> full{false};
  std::array<std::byte, kMailBytes> bytes{};
  std::function<void(std::span<std::byte>)> on_the_way = [](std::span<std::byte>) {};
};

struct MailSender {
  Mail& mail;
  std::span<std::byte> loan(std::size_t n) {
    return mail.full.load(std::memory_order_acquire) ? std::span<std::byte>()
                                                     : std::span(mail.bytes.data(), n);
  }
  bool commit(std::size_t n) {
    mail.on_the_way({mail.bytes.data(), n});
    mail.full.store(true, std::memory_order_release);
    return true;
  }
};

struct MailReceiver {
  Mail& mail;
  std::span<const std::byte> peek(std::size_t n) {
    if (!mail.full.load(std::memory_order_acquire)) return {};
    return {mail.bytes.data(), n};
  }
  void release() { mail.full.store(false, std::memory_order_release); }
};

class LoopsOverMail : public ::testing::Test {
 protected:
  LoopsOverMail() {
    job().message_bytes = kMailBytes;
    job().warm_up_ns = 1'000'000;
    job().timed_ns = 4'000'000;
    job().shares_cpu = true;
  }

  ControlBlock& control() { return *control_; }
  Job& job() { return control_->job; }
  Mail& mail_there() { return there_; }

  // `before`: what each thread does first.
  void run(
      Pattern pattern, const std::function<void()>& before = [] {}) {
    job().pattern = pattern;
    std::thread consumer([&] { run_end(Side::consumer, back_, there_, before); });
    run_end(Side::producer, there_, back_, before);
    consumer.join();
  }

  [[nodiscard]] std::string error() const { return error_; }
  std::uint64_t messages(Side side) { return control_->side(side).messages; }
  std::uint64_t samples() {
    std::uint64_t sum = 0;
    for (const HistogramBucket& bucket : control_->samples.histogram.buckets()) sum += bucket.count;
    return sum;
  }
  std::uint64_t messages_in_windows() {
    const auto& windows = control_->windows;
    return std::accumulate(windows.begin(), windows.begin() + control_->window_count, std::uint64_t{0},
                           [](std::uint64_t sum, const Window& window) { return sum + window.messages; });
  }

 private:
  void run_end(Side side, Mail& out, Mail& in, const std::function<void()>& before) {
    using T = Transfer<Wait::spin, MailSender, MailReceiver>;
    before();
    MailSender sender{out};
    MailReceiver receiver{in};
    T transfer(&sender, &receiver, job().message_bytes, Waiter<Wait::spin>(job().shares_cpu));
    try {
      Loops<Delivery::reliable, Payload::copy, false, T>(*control_, {side, 0}, transfer).run();
    } catch (const CheckFailed& failed) {
      error_ = failed.what();
      control_->barrier
          .arrive_and_wait();  // the peer waits there: only the last check of a launch fails here
    }
  }

  SharedControl control_;
  Mail there_;
  Mail back_;
  std::string error_;
};

// Catches a launch that leaves out what verifies its ways round a buffer (128 KiB each) after the timed
// phase.
TEST_F(LoopsOverMail, APingPongVerifiesBothWaysInFull) {
  job().verify_ns = 10'000'000'000;
  run(Pattern::latency);
  EXPECT_EQ(error(), "");
  for (const Side side : {Side::producer, Side::consumer}) {
    EXPECT_EQ(control().side(side).verified_messages, (128U << 10) / kMailBytes);
  }
}

// Catches ends that count differently, samples of the warm-up, and windows that count from the start.
TEST_F(LoopsOverMail, EveryRoundTripCountsOnce) {
  run(Pattern::latency);
  EXPECT_GT(messages(Side::producer), 0U);
  EXPECT_EQ(messages(Side::consumer), messages(Side::producer));
  EXPECT_EQ(samples(), messages(Side::producer));
  EXPECT_EQ(messages_in_windows(), messages(Side::producer));
  EXPECT_EQ(error(), "");
}

TEST_F(LoopsOverMail, EveryMessageOneWayIsTimedByTheConsumer) {
  run(Pattern::oneway);
  EXPECT_EQ(messages(Side::consumer), messages(Side::producer));
  EXPECT_EQ(samples(), messages(Side::consumer));
}

// Catches a stream that ends before its last message, and windows that overlap.
TEST_F(LoopsOverMail, EveryMessageOfAStreamCountsOnce) {
  run(Pattern::throughput);
  EXPECT_GT(messages(Side::producer), 0U);
  EXPECT_EQ(messages(Side::consumer), messages(Side::producer));
  EXPECT_LE(messages_in_windows(), messages(Side::consumer));
  EXPECT_EQ(error(), "");
}

// Catches a cost that includes what an end did before, 60 ms and more: no thread has more CPU time than time
// has passed. (The two are not read at the same moment.)
TEST_F(LoopsOverMail, TheCostIsThatOfTheTimedPhase) {
  run(Pattern::latency, [] {
    while (thread_cpu_ns() < 60'000'000) {
    }
  });
  for (const Side side : {Side::producer, Side::consumer}) {
    const EndState& end = control().side(side);
    EXPECT_GT(end.cost.cpu_ns, 0U);
    EXPECT_LE(end.cost.cpu_ns, end.left_ns - end.start_ns + 20'000'000);
  }
}

// Catches a phase that is no longer than planned although it has too few samples, and one that lasts until it
// has all of them, which would take a quarter of an hour.
TEST_F(LoopsOverMail, APhaseWithTooFewSamplesIsAsLongAsItMayBe) {
  job().least_samples = 1'000'000'000;
  job().longest_timed_ns = 3 * job().timed_ns;
  run(Pattern::latency);
  const EndState& producer = control().side(Side::producer);
  EXPECT_GE(producer.left_ns - producer.start_ns, job().longest_timed_ns);
}

// At most three pauses of 10 ms begin in 25 ms. With pauses, the warm-up of 1 ms would have one message.
// Catches a warm-up that leaves the mechanism cold, and a loop of the consumer that does not fit the
// producer's.
TEST_F(LoopsOverMail, PausesAreInTheTimedPhaseAlone) {
  job().idle_ns = 10'000'000;
  job().timed_ns = 25'000'000;
  job().wait = Wait::block;
  std::size_t warming_up = 0;
  mail_there().on_the_way = [&](std::span<std::byte>) {
    if (control().side(Side::producer).phase.load() == Phase::warming_up) ++warming_up;
  };
  run(Pattern::latency);
  EXPECT_EQ(error(), "");
  EXPECT_GE(warming_up, 2U);
  EXPECT_EQ(messages(Side::producer), messages(Side::consumer));
  EXPECT_EQ(samples(), messages(Side::producer));
  EXPECT_LE(samples(), 3U);
  const EndState& producer = control().side(Side::producer);
  EXPECT_EQ(control().samples.sum_ns, producer.end_ns - producer.start_ns - control().rest_ns);
  EXPECT_GE(control().rest_ns, samples() * job().idle_ns);
}

// Catches a load that is another share of the capacity than was asked for.
TEST_F(LoopsOverMail, ALoadIsAShareOfTheCapacity) {
  job().load.percent = 25;
  run(Pattern::paced);
  EXPECT_GT(control().capacity_per_second, 0);
  EXPECT_DOUBLE_EQ(control().schedule.offered_per_second, control().capacity_per_second / 4);
  EXPECT_EQ(samples(), messages(Side::consumer) + control().schedule.unsent_messages);
}

// Half as many long messages as short ones. Catches streams at each other's rate, samples that no stream or
// two streams have, a verified pass that leaves a length out, and a length at which the ends disagree, which
// one of them would find.
TEST_F(LoopsOverMail, StreamsOfAMixAreToldApart) {
  job().load = load_of(parse_mix("32@20000+4@40000"), Arrivals::constant);
  std::map<std::size_t, std::size_t> verified;
  std::map<std::size_t, std::size_t> timed;
  mail_there().on_the_way = [&](std::span<std::byte> message) {
    const Phase phase = control().side(Side::producer).phase.load();
    if (phase == Phase::verifying) ++verified[message.size()];
    if (phase == Phase::timed) ++timed[message.size()];
  };
  run(Pattern::paced);
  EXPECT_EQ(error(), "");
  EXPECT_GE(verified[4], 32U);
  EXPECT_LE(verified[32] - verified[4], 1U);  // they take turns
  const auto& streams = control().streams;
  EXPECT_EQ(streams[0].scheduled, 80U);
  EXPECT_EQ(streams[1].scheduled, 160U);
  EXPECT_EQ(control().schedule.scheduled_messages, 240U);
  EXPECT_EQ(timed[32], streams[0].scheduled - streams[0].unsent);
  EXPECT_EQ(timed[4], streams[1].scheduled - streams[1].unsent);
  EXPECT_EQ(streams[0].samples.sum_ns + streams[1].samples.sum_ns, control().samples.sum_ns);
}

// The timed messages of all lengths have the content of number 0. Catches a check of the last message at
// another length than its own.
TEST_F(LoopsOverMail, BytesOfAMixThatAreCorruptedAreFound) {
  job().load = load_of(parse_mix("32@20000+16@20000"), Arrivals::poisson);
  mail_there().on_the_way = [this](std::span<std::byte> message) {
    if (control().side(Side::producer).phase.load() == Phase::timed) message.back() ^= std::byte{1};
  };
  run(Pattern::paced);
  EXPECT_THAT(error(), HasSubstr("in the last message of the timed phase"));
}

// Catches a check that only covers the pass before the timed phase.
TEST_F(LoopsOverMail, BytesCorruptedInTheTimedPhaseAreFound) {
  mail_there().on_the_way = [this](std::span<std::byte> message) {
    if (control().side(Side::producer).phase.load() == Phase::timed) message[kMailBytes / 2] ^= std::byte{1};
  };
  run(Pattern::throughput);
  EXPECT_THAT(error(), HasSubstr("in the last message of the timed phase"));
}

}  // namespace
}  // namespace ipcbench
