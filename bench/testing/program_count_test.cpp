// The program from outside: counted launches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/testing/program.hpp"
#include "harness/base/unpredictable.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::call_program;
using testing::eventually;
using ::testing::HasSubstr;
using testing::lines_in;
using testing::Program;
using testing::ProgramResult;
using testing::with;

const std::vector<std::string> kCountedRun{"run",       "--mechanism", "pipe,posix_shm_ring",
                                           "--pattern", "latency",     "--size",
                                           "64",        "--cpus",      "same",
                                           "--wait",    "block",       "--peers",
                                           "fork",      "--time",      "5ms",
                                           "--warm-up", "1ms",         "--count",
                                           "--quiet"};

bool is_missing(const ReportCounts& counts, const Counter& counter) {
  return std::ranges::find(counts.missing, counter.name, &MissingCounter::counter) != counts.missing.end();
}

// Every counter counted in every cell, or is missing in every cell for a stated reason.
void expect_counted_or_missing(const ReportCounts& counts) {
  for (const CellCounts& cell : counts.cells) {
    EXPECT_GT(cell.messages, 0U);
    for (const Counter& counter : kCounters) {
      for (const SideCounts& side : {cell.producer, cell.consumer}) {
        EXPECT_NE((side.*counter.count).has_value(), is_missing(counts, counter)) << counter.name;
      }
    }
  }
}

// Catches a counted launch among the rows, a counter that is absent without a reason, a report that its
// schema forbids, and counts that are not shown.
TEST(ProgramCount, CountsEachCellOnceMore) {
  Program program(with(kCountedRun, {"--repetitions", "2", "--out", "report.json"}));
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  const fs::path file = program.directory() / "report.json";
  const Report report = read_report(file);
  EXPECT_EQ(report.cells.launches(), 4U);
  ASSERT_TRUE(report.counts);
  EXPECT_EQ(report.counts->cells.size(), 2U);
  expect_counted_or_missing(*report.counts);
  EXPECT_THAT(result.out, HasSubstr("Counts per round trip (latency)"));
  const std::string folder = IPCBENCH_SOURCE_DIR "/results/";
  const int valid =
      WEXITSTATUS(std::system(("/usr/bin/python3 " + folder + "testing/validate_report_test.py " + folder +
                               "report/report.schema.json " + file.string() + " >/dev/null")
                                  .c_str()));
  if (valid == 77) GTEST_SKIP() << "python3-jsonschema is missing";
  EXPECT_EQ(valid, 0);
}

// Catches a resumed run that counts nothing, or takes the wish to count from its arguments.
TEST(ProgramCount, AResumedRunCounts) {
  const fs::path folder = fs::temp_directory_path() / unpredictable_name();
  fs::create_directory(folder);
  const std::string out = (folder / "report.json").string();
  {
    Program program(with(kCountedRun, {"--repetitions", "40", "--out", out}));
    ASSERT_TRUE(eventually([&] { return lines_in(out + ".journal") > 3; }));
    program.signal(SIGKILL);
    EXPECT_EQ(program.wait().code, 128 + SIGKILL);
    EXPECT_TRUE(eventually([&] { return program.processes().empty(); }));
  }
  const ProgramResult refused = call_program({"run", "--resume", out, "--count"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("drop --count"));
  const ProgramResult resumed = call_program({"run", "--resume", out});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  const Report report = read_report(out);
  EXPECT_EQ(report.cells.launches(), 80U);
  ASSERT_TRUE(report.counts);
  EXPECT_EQ(report.counts->cells.size(), 2U);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace ipcbench
