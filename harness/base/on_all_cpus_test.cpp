#include "harness/base/on_all_cpus.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace ipcbench {
namespace {

TEST(OnAllCpus, EachPartIsWorkedOnceAndDoneOnReturn) {
  std::vector<int> times(1000);
  on_all_cpus(times.size(), [&](std::size_t i) { ++times[i]; });
  EXPECT_EQ(times, std::vector<int>(1000, 1));
}

TEST(OnAllCpus, NoPartsAreNoWork) {
  on_all_cpus(0, [](std::size_t) { FAIL(); });
}

TEST(OnAllCpus, AnExceptionEndsTheWork) {
  std::atomic<int> begun = 0;
  const auto work = [&](std::size_t) {
    ++begun;
    throw std::runtime_error("no more");
  };
  EXPECT_THROW(on_all_cpus(1000, work), std::runtime_error);
  EXPECT_LE(begun, static_cast<int>(usable_cpus()));
}

}  // namespace
}  // namespace ipcbench
