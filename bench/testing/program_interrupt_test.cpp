// The program from outside, interrupted: it writes its report and leaves nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>

#include "bench/testing/program.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::eventually;
using testing::Program;
using testing::ProgramResult;
using Names = std::set<std::string>;

Names entries_of(const fs::path& folder) {
  Names names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing))
    names.insert(entry.path().filename().string());
  return names;
}

// System V objects that these processes created: the lines of /proc/sysvipc with a number of theirs in the
// column cpid or, for queues, which do not tell their creator, lspid or lrpid.
std::size_t sysv_objects_of(const std::vector<pid_t>& processes) {
  std::size_t count = 0;
  for (const char* kind : {"shm", "msg", "sem"}) {
    std::ifstream lines(fs::path("/proc/sysvipc") / kind);
    for (std::string line; std::getline(lines, line);) {
      count += static_cast<std::size_t>(std::ranges::count_if(processes, [&](pid_t pid) {
        return (line + ' ').find(' ' + std::to_string(pid) + ' ') != std::string::npos;
      }));
    }
  }
  return count;
}

// A launch of sleeping ends whose timed phase takes five minutes, and its leftovers after an interruption.
class InterruptTest : public ::testing::TestWithParam<const char*> {};

// Catches a run that waits for the current launch (five minutes), a report that cannot be read, and
// processes, shared memory, queues and files that stay behind. The test first waits until the launch is under
// way: the status line shows its cell, and both ends exist beside program and launcher with their guardians.
TEST_P(InterruptTest, EndsAtOnceWithAReportAndNothingElse) {
  const Names shared_before = entries_of("/dev/shm");
  Program program({"run", "--mechanism", GetParam(), "--pattern", "latency", "--size", "64", "--cpus", "same",
                   "--wait", "block", "--peers", "fork", "--repetitions", "2", "--time", "5m", "--out",
                   "report.json"});
  ASSERT_TRUE(eventually([&] {
    const bool announced =
        testing::text_of(program.directory() / "err").find(GetParam()) != std::string::npos;
    return announced && program.processes().size() == 6 && program.ends().size() == 2;
  }));
  const std::vector<pid_t> processes = program.processes();
  program.signal(SIGINT);
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.code, 130) << result.err;
  const Report report = read_report(program.directory() / "report.json");
  EXPECT_FALSE(report.session.complete);
  EXPECT_EQ(report.session.note, "Interrupted in round 1 of 2.");
  EXPECT_TRUE(report.failed.empty());
  EXPECT_GT(report.floors.null_round_trip_ns, 0);
  EXPECT_TRUE(program.processes().empty());
  EXPECT_EQ(program.temporary_files(), std::vector<std::string>{});
  EXPECT_EQ(sysv_objects_of(processes), 0U);
  // Other tests may use the same places at the same time, but their objects disappear.
  EXPECT_TRUE(eventually([&] {
    Names left = entries_of("/dev/shm");
    std::erase_if(left, [&](const std::string& name) { return shared_before.contains(name); });
    return left.empty();
  }));
}

INSTANTIATE_TEST_SUITE_P(Mechanisms, InterruptTest,
                         ::testing::Values("pipe", "fifo", "unix_stream", "posix_queue", "sysv_queue",
                                           "posix_shm_ring", "sysv_shm_ring", "file_mmap_ring"),
                         [](const auto& each) { return std::string(each.param); });

// Catches launches that are lost because the last one did not finish. The journal has a header line and one
// line per launch.
TEST(ProgramInterrupt, KeepsWhatWasMeasured) {
  Program program({"run",    "--mechanism", "pipe",   "--pattern", "latency",     "--size", "64",
                   "--cpus", "same",        "--wait", "block",     "--peers",     "fork",   "--repetitions",
                   "10000",  "--time",      "1ms",    "--out",     "report.json", "--quiet"});
  ASSERT_TRUE(eventually([&] {
    const std::string journal = testing::text_of(program.directory() / "report.json.journal");
    return std::ranges::count(journal, '\n') >= 13;  // four launches, each repeated twice
  }));
  program.signal(SIGTERM);
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.code, 128 + SIGTERM) << result.err;
  const Report report = read_report(program.directory() / "report.json");
  EXPECT_GE(report.cells.launches(), 4U);
  EXPECT_LT(report.cells.launches(), 10'000U);
  EXPECT_FALSE(report.session.complete);
}

}  // namespace
}  // namespace ipcbench
