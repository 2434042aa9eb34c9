#include "harness/launch/load_beside.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "harness/base/error.hpp"
#include "harness/host/topology.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(LoadBeside, BusyProcessesRunWhereTheEndsRun) {
  EXPECT_THAT(cpus_for_load(Beside::none, {1, 2}, {0, 1, 2}), IsEmpty());
  EXPECT_THAT(cpus_for_load(Beside::cpu, {1, 2}, {0, 1, 2}), ElementsAre(1, 2));
  EXPECT_THAT(cpus_for_load(Beside::cpu, {}, {0, 1, 2}), ElementsAre(0, 1, 2));
}

// Catches streams that take CPU time from the ends although another CPU is free, and a process of a gigabyte
// for each of a hundred CPUs.
TEST(LoadBeside, StreamsRunBesideTheEndsIfTheyCan) {
  EXPECT_THAT(cpus_for_load(Beside::memory, {1}, {0, 1, 2}), ElementsAre(0, 2));
  EXPECT_THAT(cpus_for_load(Beside::memory, {0, 1}, {0, 1}), ElementsAre(0, 1));
  EXPECT_THAT(cpus_for_load(Beside::memory, {0, 1}, {0, 1, 2, 3, 4, 5, 6, 7}), ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(cpus_for_load(Beside::memory, {}, {0, 1}), ElementsAre(0, 1));
}

double cpu_seconds_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// However busy the machine is, a process that never sleeps gets some of the CPU within ten seconds. Catches a
// load that sleeps, one that outlives its launch, and CPU time that the doubts would take for another
// program's: that of a child nobody waited for.
TEST(LoadBeside, TakesCpuTimeThatIsOurs) {
  for (const Beside load : {Beside::cpu, Beside::memory}) {
    const double before = cpu_seconds_of_children();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    do {
      LoadBeside running(load, {allowed_cpus().front()});
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      running.require_alive();
    } while (cpu_seconds_of_children() == before && std::chrono::steady_clock::now() < deadline);
    EXPECT_GT(cpu_seconds_of_children(), before) << name_of(load);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
  }
}

// Catches a launch that is measured although its load was gone, as when the kernel ran out of memory.
TEST(LoadBeside, SaysThatItEnded) {
  LoadBeside load(Beside::cpu, {allowed_cpus().front()});
  load.require_alive();
  std::ifstream children(fmt::format("/proc/self/task/{}/children", gettid()));
  pid_t child = 0;
  if (!(children >> child)) GTEST_SKIP() << "this kernel does not list the children of a process";
  kill(child, SIGKILL);
  try {
    for (int i = 0; i < 10'000; ++i) {
      load.require_alive();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL() << "nobody missed it";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the load beside ended: killed by SIGKILL"));
  }
}

// Catches a launch that hangs, or goes without load, because a CPU is gone.
TEST(LoadBeside, ThatCannotStartSaysWhy) {
  constexpr int kNoSuchCpu = 1023;
  try {
    const LoadBeside load(Beside::cpu, {kNoSuchCpu});
    FAIL() << "started";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("1023"));
  }
}

}  // namespace
}  // namespace ipcbench
