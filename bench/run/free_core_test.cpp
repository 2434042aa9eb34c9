#include "bench/run/free_core.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <vector>

namespace ipcbench {
namespace {

// Three CPUs that are alike, with the times that the work takes on them.
class FreeCoreTest : public ::testing::Test {
 protected:
  int chosen(Placement planned = {Cpus::same, 0, 0}) {
    const Placement placement = core_.choose(planned);
    EXPECT_EQ(placement.producer_cpu, placement.consumer_cpu);
    EXPECT_EQ(placement.cpus, planned.cpus);
    return placement.producer_cpu.value_or(-1);
  }

  std::map<int, double> work_ns_{{0, 10'000}, {1, 10'000}, {2, 10'100}};
  std::vector<int> tried_;
  FreeCore core_{[this](int cpu) {
                   tried_.push_back(cpu);
                   return work_ns_.at(cpu);
                 },
                 [](int) {
                   return std::vector{0, 1, 2};
                 }};
};

// Catches a run on a quiet machine that wanders from CPU to CPU.
TEST_F(FreeCoreTest, IsThePlannedOneWhileThatIsFree) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(chosen(), 0);
  EXPECT_EQ(tried_, (std::vector{0, 1, 2, 0, 0}));
}

// Catches a first launch that takes a shared core for a free one because it has nothing to compare with.
TEST_F(FreeCoreTest, IsAnotherFromTheBeginning) {
  work_ns_[0] = 16'000;
  EXPECT_EQ(chosen(), 1);
}

TEST_F(FreeCoreTest, IsTheFirstThatIsFree) {
  EXPECT_EQ(chosen(), 0);
  work_ns_[0] = 12'600;
  EXPECT_EQ(chosen(), 1);
  work_ns_[1] = 12'600;
  EXPECT_EQ(chosen(), 2);
  work_ns_[0] = 12'400;
  EXPECT_EQ(chosen(), 0);
}

TEST_F(FreeCoreTest, IsTheLeastSharedWhereNoneIsFree) {
  EXPECT_EQ(chosen(), 0);
  work_ns_ = {{0, 16'000}, {1, 15'000}, {2, 17'000}};
  EXPECT_EQ(chosen(), 1);
}

TEST_F(FreeCoreTest, IsThePlannedOneWhereNothingCanBeTried) {
  for (auto& [cpu, ns] : work_ns_) ns = std::numeric_limits<double>::infinity();
  EXPECT_EQ(chosen(), 0);
  EXPECT_EQ(chosen(), 0);
}

// Catches a pair of CPUs that is torn apart, and ends that are pinned although they should not be.
TEST_F(FreeCoreTest, ConcernsOneCpuOnly) {
  const Placement pair{Cpus::llc, 0, 1};
  EXPECT_EQ(core_.choose(pair), pair);
  const Placement free{Cpus::free, {}, {}};
  EXPECT_EQ(core_.choose(free), free);
  EXPECT_TRUE(tried_.empty());
}

// Catches a single CPU that is tried before each launch, although there is no choice.
TEST(FreeCore, NeedsNoTryWithoutAChoice) {
  FreeCore core(
      [](int) {
        ADD_FAILURE() << "tried";
        return 0.0;
      },
      [](int cpu) { return std::vector{cpu}; });
  const Placement only{Cpus::same, 3, 3};
  EXPECT_EQ(core.choose(only), only);
}

// Catches a decorator that chooses but launches where it was planned.
TEST(FreeCore, PlacesTheLaunch) {
  RoundsOptions rounds;
  Placement seen;
  rounds.launch = [&](const Cell&, const LaunchOptions& options) -> LaunchOutcome {
    seen = options.placement;
    return Failure{Failure::Kind::error, "not launched"};
  };
  const int cpu = allowed_cpus().front();
  on_free_cores(rounds).launch(Cell{}, {.placement = {Cpus::same, cpu, cpu}});
  EXPECT_EQ(seen.cpus, Cpus::same);
  EXPECT_EQ(seen.producer_cpu, seen.consumer_cpu);
  const std::vector<int> like = cpus_like(cpu);
  EXPECT_NE(std::ranges::find(like, seen.producer_cpu.value()), like.end());
}

}  // namespace
}  // namespace ipcbench
