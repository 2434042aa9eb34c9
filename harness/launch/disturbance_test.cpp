// Launches whose results say that they were disturbed.
#include "harness/launch/disturbance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kPhaseNs = 20'000'000;

// Two ends that spin on CPUs 0 and 1 for 20 ms, all of it on their CPUs.
class DisturbanceTest : public ::testing::Test {
 protected:
  DisturbanceTest() {
    control_->job.wait = Wait::spin;
    control_->job.cpu.fill(-1);
    place(0, 1);
    for (EndState* end : {&producer(), &consumer()}) {
      end->start_ns = 1'000'000'000;
      end->left_ns = end->start_ns + kPhaseNs;
      end->cost.cpu_ns = kPhaseNs;
      end->cost.run_delay_ns = 0;
    }
  }

  void place(int producer_cpu, int consumer_cpu) {
    control_->job.cpu[0] = producer_cpu;
    control_->job.cpu[1] = consumer_cpu;
  }
  void timed(std::uint64_t ns) { control_->job.timed_ns = ns; }
  void share_with_load() { control_->job.load_shares_cpu = true; }
  void block() { control_->job.wait = Wait::block; }
  EndState& producer() { return control_->side(Side::producer); }
  EndState& consumer() { return control_->side(Side::consumer); }
  LineRoundTrip& line() { return control_->line; }
  std::string disturbance() { return disturbance_of(*control_); }

 private:
  std::unique_ptr<ControlBlock> control_ = std::make_unique<ControlBlock>();
};

// Shows that the other tests see a disturbance only because of their change.
TEST_F(DisturbanceTest, NothingDisturbsAQuietLaunch) {
  EXPECT_EQ(disturbance(), "");
  line() = {.before_ns = 110, .after_ns = 160};
  EXPECT_EQ(disturbance(), "");
}

// Catches ends that are said to be disturbed by another pair with which they share a CPU, and neighbours
// elsewhere that explain a delay.
TEST(DisturbanceOfPairs, TheOthersTimeOnTheSameCpuExplainsTheDelay) {
  const SharedControl control = SharedControl::for_pairs(2);
  for (ControlBlock& pair : control->all_pairs()) {
    pair.job.wait = Wait::spin;
    pair.job.cpu.fill(-1);
    for (const Side side : {Side::producer, Side::consumer}) {
      pair.job.cpu[place_of({side, 0})] = side == Side::producer ? 0 : 1;
      pair.side(side).start_ns = 1'000'000'000;
      pair.side(side).left_ns = pair.side(side).start_ns + kPhaseNs;
      pair.side(side).cost.cpu_ns = kPhaseNs / 2;
      pair.side(side).cost.run_delay_ns = kPhaseNs / 2;
    }
  }
  EXPECT_EQ(disturbance_of(*control), "");
  control->all_pairs()[1].job.cpu[0] = 2;
  EXPECT_THAT(disturbance_of(*control), HasSubstr("producer"));
}

// Catches launches that are repeated for the very load that was asked for.
TEST_F(DisturbanceTest, ALoadOnTheEndsCpusIsNone) {
  consumer().cost.run_delay_ns = kPhaseNs / 2;
  EXPECT_NE(disturbance(), "");
  share_with_load();
  EXPECT_EQ(disturbance(), "");
}

// 0.5 of 20 ms are 2.5 %, 0.7 ms are 3.5 %.
TEST_F(DisturbanceTest, AnEndThatWaitedForItsOwnCpu) {
  consumer().cost.run_delay_ns = 500'000;
  EXPECT_EQ(disturbance(), "");
  consumer().cost.run_delay_ns = 700'000;
  EXPECT_EQ(disturbance(), "consumer waited 0.7 of 20.0 ms for its CPU");
}

// Catches the price of being woken counted as a disturbance: 1,000 sleeps explain 0.5 ms.
TEST_F(DisturbanceTest, WakingUpIsPartOfBlocking) {
  block();
  producer().cost.run_delay_ns = 1'000'000;
  producer().cost.voluntary_switches = 1000;
  EXPECT_EQ(disturbance(), "");
  producer().cost.run_delay_ns = 1'200'000;
  EXPECT_THAT(disturbance(), HasSubstr("producer waited 0.7 of 20.0 ms"));
}

// Catches ends that blame each other: each waits while the other runs.
TEST_F(DisturbanceTest, OnOneCpuThePeersOwnTimeExplainsTheDelay) {
  block();
  place(1, 1);
  producer().cost.cpu_ns = consumer().cost.run_delay_ns.emplace(9'000'000);
  consumer().cost.cpu_ns = producer().cost.run_delay_ns.emplace(11'000'000);
  EXPECT_EQ(disturbance(), "");
  *producer().cost.run_delay_ns += 1'000'000;
  EXPECT_THAT(disturbance(), HasSubstr("producer waited 1.0 of 20.0 ms"));
}

// Ends that are not pinned may meet on one CPU.
TEST_F(DisturbanceTest, WithoutPinningThePeerMayBeOnTheSameCpu) {
  place(-1, -1);
  producer().cost.run_delay_ns = 15'000'000;
  EXPECT_EQ(disturbance(), "");
  producer().cost.run_delay_ns = 21'000'000;
  EXPECT_THAT(disturbance(), HasSubstr("producer waited"));
}

// Catches time that a hypervisor took, which is no run delay.
TEST_F(DisturbanceTest, ASpinningEndWithoutItsCpu) {
  consumer().cost.cpu_ns = kPhaseNs / 2;
  EXPECT_EQ(disturbance(), "consumer spins and had its CPU for 50 % of the time");
  consumer().cost.voluntary_switches = 3;  // it slept itself
  EXPECT_EQ(disturbance(), "");
}
// A floor's consumer leaves the phase at once, and its few microseconds say nothing.
TEST_F(DisturbanceTest, AnEndThatDoesNotTakePart) {
  timed(kPhaseNs);
  consumer().left_ns = consumer().start_ns + 3'000;
  consumer().cost.cpu_ns = 2'500;
  EXPECT_EQ(disturbance(), "");
}
TEST_F(DisturbanceTest, ABlockingEndSleepsAsItLikes) {
  block();
  consumer().cost.cpu_ns = 1;
  EXPECT_EQ(disturbance(), "");
}

TEST_F(DisturbanceTest, CpusThatWereMoved) {
  line() = {.before_ns = 110, .after_ns = 485};
  EXPECT_EQ(disturbance(), "a cache line took 110 ns there and back before the timed phase, 485 ns after it");
}

// A kernel without the count gives no doubt.
TEST_F(DisturbanceTest, AnUnknownDelay) {
  producer().cost.run_delay_ns.reset();
  EXPECT_EQ(disturbance(), "");
}

}  // namespace
}  // namespace ipcbench
