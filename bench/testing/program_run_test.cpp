// The program from outside: whole runs and their reports.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>

#include "bench/testing/program.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::call_program;
using testing::eventually;
using testing::Program;
using testing::ProgramResult;
using testing::with;
using Arguments = std::vector<std::string>;

// A run with a few milliseconds per launch; `more` selects the cells.
Arguments short_run(const Arguments& more) {
  Arguments all{"run", "--time", "1ms", "--warm-up", "100us", "--out", "report.json", "--quiet"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const Arguments kTwoCells{"--mechanism", "pipe,posix_shm_ring",
                          "--pattern",   "latency",
                          "--size",      "64",
                          "--cpus",      "same",
                          "--wait",      "block",
                          "--peers",     "fork"};

// The exit code of an independent validator that checks a report by its schema: 0 if it is valid.
int validator_exit_code(const fs::path& report) {
  const std::string folder = IPCBENCH_SOURCE_DIR "/results/";
  const std::string command = "python3 " + folder + "testing/validate_report_test.py " + folder +
                              "report/report.schema.json " + report.string() + " >/dev/null";
  return WEXITSTATUS(std::system(command.c_str()));
}

std::vector<std::string> order_of(const Report& report) {
  std::vector<std::string> names;
  for (const Row& row : testing::rows_of(report.cells)) names.push_back(cell_name(row.cell));
  return names;
}

// Catches a report that no reader accepts, and missing launches and facts.
TEST(ProgramRun, WritesAValidReport) {
  Program program(short_run(with(kTwoCells, {"--repetitions", "3", "--seed", "5"})));
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  const fs::path file = program.directory() / "report.json";
  const Report report = read_report(file);
  EXPECT_EQ(report.cells.launches(), 6U);
  EXPECT_EQ(report.session.seed, 5U);
  EXPECT_EQ(report.session.planned_launches, 3U);
  EXPECT_TRUE(report.session.complete);
  EXPECT_FALSE(report.session.precision);
  EXPECT_TRUE(report.skipped.empty() && report.failed.empty());
  for (const Row& row : testing::rows_of(report.cells)) EXPECT_TRUE(row.measurement.core);
  EXPECT_GT(report.floors.clock_ns, 0);
  EXPECT_GT(report.floors.null_round_trip_ns, 0);
  ASSERT_EQ(report.floors.memcpy_ns.size(), 1U);
  EXPECT_EQ(report.floors.memcpy_ns[0].size_bytes, 64U);
  EXPECT_FALSE(report.host.empty());
  EXPECT_NE(result.out.find("posix_shm_ring"), std::string::npos);
  EXPECT_NE(result.out.find("Report: report.json"), std::string::npos);
  EXPECT_TRUE(program.temporary_files().empty());
  const int valid = validator_exit_code(file);
  if (valid == 77) GTEST_SKIP() << "python3-jsonschema is missing";
  EXPECT_EQ(valid, 0);
}

// Without an option, the number of launches is the profile's: nine, and at most four times as many. Catches a
// report that does not say so, or that violates its schema.
TEST(ProgramRun, AddsLaunchesToUncertainMedians) {
  Program program(short_run(kTwoCells));
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  const fs::path file = program.directory() / "report.json";
  const Report report = read_report(file);
  const Precision precision = report.session.precision.value();
  EXPECT_EQ(precision.most_launches, 36U);
  EXPECT_EQ(precision.cells_extended > 0, report.cells.launches() > 18);
  EXPECT_GE(report.cells.launches(), 18U);
  EXPECT_LE(report.cells.launches(), 72U);
  const int valid = validator_exit_code(file);
  if (valid == 77) GTEST_SKIP() << "python3-jsonschema is missing";
  EXPECT_EQ(valid, 0);
}

// Catches an order that the seed does not determine.
TEST(ProgramRun, SameSeedSameOrder) {
  const Arguments arguments = short_run(with(kTwoCells, {"--repetitions", "6", "--seed", "11"}));
  std::vector<std::vector<std::string>> orders;
  for (int i = 0; i < 2; ++i) {
    Program program(arguments);
    ASSERT_EQ(program.wait().code, 0);
    orders.push_back(order_of(read_report(program.directory() / "report.json")));
  }
  EXPECT_EQ(orders[0], orders[1]);
  EXPECT_EQ(orders[0].size(), 12U);
}

// Catches flags of Google Benchmark that are accepted and then ignored.
TEST(ProgramRun, GoogleBenchmarksFlagsWork) {
  Program program({"run", "--mechanism", "pipe,fifo", "--size", "64", "--cpus", "same", "--wait", "block",
                   "--peers", "fork", "--quiet", "--", "--benchmark_filter=fifo/latency",
                   "--benchmark_repetitions=2", "--benchmark_min_time=0.001", "--benchmark_out=report.json",
                   "--benchmark_format=json"});
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  const std::vector<std::string> expected(2, "fifo/latency/size:64/wait:block/peers:fork/cpus:same");
  EXPECT_EQ(order_of(read_report(program.directory() / "report.json")), expected);
  EXPECT_EQ(order_of(parse_report(result.out, "standard output")), expected);
}

// Catches unrelated ends that cannot start the program.
TEST(ProgramRun, UnrelatedEndsWork) {
  Program program(short_run({"--mechanism", "posix_shm_ring", "--size", "64", "--cpus", "same", "--wait",
                             "block", "--peers", "exec", "--repetitions", "1"}));
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.code, 0) << result.err << result.out;
  EXPECT_EQ(read_report(program.directory() / "report.json").cells.launches(), 2U);
}

// Catches a skipped cell that is not reported, and a selection of skipped cells only that looks like success.
TEST(ProgramRun, SkippedCellsAreReported) {
  Program some(
      short_run({"--mechanism", "anon_mmap_ring,posix_shm_ring", "--size", "64", "--pattern", "latency",
                 "--cpus", "same", "--wait", "block", "--peers", "exec", "--repetitions", "1"}));
  EXPECT_EQ(some.wait().code, 0);
  const Report report = read_report(some.directory() / "report.json");
  EXPECT_EQ(report.cells.launches(), 1U);
  ASSERT_EQ(report.skipped.size(), 1U);
  EXPECT_EQ(report.skipped[0].cell, "anon_mmap_ring/latency/size:64/wait:block/peers:exec/cpus:same");
  const ProgramResult all = call_program(short_run({"--mechanism", "anon_mmap_ring", "--peers", "exec"}));
  EXPECT_EQ(all.code, 2);
  EXPECT_NE(all.err.find("can be measured here"), std::string::npos) << all.err;
}

// Catches a failure that does not reach the exit code or the report: a launch whose timed phase takes a
// minute cannot finish within a millisecond.
TEST(ProgramRun, AFailedLaunchIsCodeFive) {
  Program program({"run",  "--mechanism",   "pipe",        "--pattern", "latency", "--size",
                   "64",   "--cpus",        "same",        "--wait",    "block",   "--peers",
                   "fork", "--repetitions", "2",           "--time",    "1m",      "--timeout",
                   "1ms",  "--out",         "report.json", "--quiet"});
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.code, 5) << result.err;
  EXPECT_NE(result.err.find("timed out"), std::string::npos) << result.err;
  const Report report = read_report(program.directory() / "report.json");
  EXPECT_TRUE(report.cells.empty());
  EXPECT_EQ(report.failed.size(), 1U);  // a cell that hung is not tried again
}

// Catches a time budget that is exceeded, or kept without saying so.
TEST(ProgramRun, SaysWhenTheTimeRanOut) {
  Program program(short_run(with(kTwoCells, {"--repetitions", "5", "--budget", "1ms"})));
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.code, 0);
  EXPECT_NE(result.err.find("budget of 1.00 ms"), std::string::npos) << result.err;
  const Report report = read_report(program.directory() / "report.json");
  EXPECT_FALSE(report.session.complete);
  EXPECT_EQ(report.cells.launches(), 2U);  // one per mechanism, however short the time
}

// Catches results that are lost because nobody reads the table: the report counts.
TEST(ProgramRun, AReaderThatHasGoneIsNoError) {
  const std::string command =
      "cd \"$(mktemp -d)\" && ( '" IPCBENCH_PROGRAM
      "' run --mechanism pipe --size 64 --cpus same --wait block --pattern latency --repetitions 1 "
      "--time 1ms --out report.json; echo $? > code ) 2>&1 | true; sync; "
      "test \"$(cat code)\" = 0 && test -s report.json; result=$?; rm -rf \"$PWD\"; exit $result";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 0);
}

}  // namespace
}  // namespace ipcbench
