// The program from outside, while another program takes the CPU of one end.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "bench/testing/program.hpp"
#include "harness/base/child.hpp"
#include "harness/base/clock.hpp"
#include "harness/host/topology.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using testing::ProgramResult;

std::optional<Placement> two_cpus() {
  for (const Placement& placement : find_placements()) {
    if (placement.producer_cpu != placement.consumer_cpu) return placement;
  }
  return std::nullopt;
}

// Runs on that CPU and never sleeps, as an ordinary process.
Child busy_program(int cpu) {
  return fork_child(0, [cpu] {
    pin_to(cpu);
    while (now_ns() != 0) {
    }
  });
}

// Half of the producer's time is stolen in every launch. Catches such launches reported as if they had been
// alone, repeated without bound (one of three may be), or not counted.
TEST(ProgramDisturbance, AStolenCpuIsSeenAndTheLaunchIsRepeated) {
  const auto placement = two_cpus();
  if (!placement) GTEST_SKIP() << "needs two CPUs";
  testing::Program program({"list"});  // for its directory
  const std::string file = (program.directory() / "report.json").string();
  const Child thief = busy_program(*placement->producer_cpu);
  const ProgramResult result = call_program({"run",
                                             "--mechanism",
                                             "posix_shm_ring",
                                             "--pattern",
                                             "latency",
                                             "--size",
                                             "64",
                                             "--wait",
                                             "spin",
                                             "--cpus",
                                             std::string(name_of(placement->cpus)),
                                             "--peers",
                                             "fork",
                                             "--repetitions",
                                             "3",
                                             "--time",
                                             "50ms",
                                             "--out",
                                             file,
                                             "--quiet",
                                             "--all"});
  ASSERT_TRUE(std::filesystem::exists(file)) << result.err;
  const Report report = read_report(file);
  EXPECT_EQ(report.session.repeated_launches, 1U);
  ASSERT_EQ(report.cells.size(), 1U);
  ASSERT_EQ(report.cells[0].launches.size(), 3U);
  for (const Launch& launch : report.cells[0].launches) EXPECT_NE(launch.measurement.disturbance, "");
  EXPECT_NE(result.out.find("disturbed and repeated"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace ipcbench
