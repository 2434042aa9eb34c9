// The program from outside: job files, thresholds, and where the report goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "bench/testing/program.hpp"
#include "harness/base/unpredictable.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::call_program;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Program;
using testing::ProgramResult;
using testing::with;
using Arguments = std::vector<std::string>;

const Arguments kOneCell{"run",       "-m",      "pipe",    "--size",        "64",
                         "--cpus",    "same",    "--wait",  "block",         "--peers",
                         "fork",      "--time",  "5ms",     "--warm-up",     "1ms",
                         "--pattern", "latency", "--quiet", "--repetitions", "1"};

class JobTest : public ::testing::Test {
 protected:
  JobTest() { fs::create_directory(folder_); }
  ~JobTest() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string file(const char* name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::string job(const std::string& text) const {
    std::ofstream(file("job.json")) << text;
    return file("job.json");
  }

 private:
  std::string folder_ = (fs::temp_directory_path() / unpredictable_name()).string();
};

// Catches a selection that is lost, and a threshold that is applied to another one's cells.
TEST_F(JobTest, MeasuresItsSelectionsAndJudgesThem) {
  const std::string text =
      R"({"repetitions": 1, "time": "5ms", "warm-up": "1ms", "cpus": "same", "peers": "fork",
    "wait": "block", "quiet": true, "out": ")" +
      file("report.json") + R"(",
    "selections": [{"mechanism": "pipe", "pattern": "latency", "size": 64, "threshold": "p50 < 1h"},
                   {"mechanism": "fifo", "pattern": "throughput", "size": "4k",
                    "threshold": "messages_per_second > 900M"}]})";
  const ProgramResult result = call_program({"run", job(text)});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Thresholds: 1 met, 1 missed, 0 unknown"));
  EXPECT_THAT(result.out, HasSubstr("allowed is > 900 M msg/s"));
  const Report report = read_report(file("report.json"));
  ASSERT_EQ(report.cells.size(), 2U);
  const ProgramResult cells = call_program({"run", file("job.json"), "--list-cells"});
  EXPECT_EQ(cells.out,
            "pipe/latency/size:64/wait:block/peers:fork/cpus:same\n"
            "fifo/throughput/size:4096/wait:block/peers:fork/cpus:same\n");
}

TEST_F(JobTest, MistakesNameTheFile) {
  const ProgramResult result = call_program({"run", job(R"({"sise": 64})")});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("job.json: sise: is not an option"));
  EXPECT_EQ(call_program({"run", file("none.json")}).code, 2);
}

// Catches a gate that passes although it knows nothing.
TEST_F(JobTest, AThresholdDecidesTheExitCode) {
  const auto code = [&](const std::string& threshold) {
    return call_program(with(kOneCell, {"--force", "-o", file("r.json"), "--threshold", threshold})).code;
  };
  EXPECT_EQ(code("p50 < 1h"), 0);
  EXPECT_EQ(code("p50 < 1ns"), 1);
  EXPECT_EQ(code("p999 < 1h"), 4);  // too few messages
  EXPECT_EQ(code("messages_per_second > 1"), 2);
}

// Catches a report that is lost by a second run of the same command.
TEST_F(JobTest, AReportIsNotReplacedSilently) {
  const Arguments run = with(kOneCell, {"-o", file("r.json")});
  ASSERT_EQ(call_program(run).code, 0);
  const std::string before = testing::text_of(file("r.json"));
  const ProgramResult again = call_program(run);
  EXPECT_EQ(again.code, 2);
  EXPECT_THAT(again.err, HasSubstr("--force"));
  EXPECT_EQ(testing::text_of(file("r.json")), before);
  EXPECT_EQ(call_program(with(run, {"--force"})).code, 0);
  EXPECT_NE(testing::text_of(file("r.json")), before);
}

TEST_F(JobTest, ResumingACompleteReportSaysSo) {
  ASSERT_EQ(call_program(with(kOneCell, {"-o", file("r.json")})).code, 0);
  const ProgramResult result = call_program({"run", "--resume", file("r.json")});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("is complete: 1 launch of 1 cell. There is nothing to resume."));
}

// Catches a resumed run that passes because nobody repeats what it has to keep to.
TEST_F(JobTest, AResumedRunIsJudgedByWhatTheFirstAsked) {
  Arguments many = kOneCell;
  many.back() = "60";  // repetitions
  Program first(with(many, {"-o", file("r.json"), "--threshold", "p50 < 1ns"}));
  ASSERT_TRUE(testing::eventually([&] { return testing::lines_in(file("r.json.journal")) > 1; }));
  first.signal(SIGINT);
  const ProgramResult interrupted = first.wait();
  ASSERT_EQ(interrupted.code, 130) << interrupted.err;
  EXPECT_THAT(interrupted.err, HasSubstr("ipcbench run --resume " + file("r.json.journal") + "\n"));
  const ProgramResult resumed = call_program({"run", "--resume", file("r.json"), "--quiet"});
  EXPECT_EQ(resumed.code, 1) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("Thresholds: 0 met, 1 missed, 0 unknown"));
}

// Catches a table among the JSON, and a file that nobody asked for.
TEST_F(JobTest, ADashIsStandardOutput) {
  Program program(with(kOneCell, {"--out", "-", "--threshold", "p50 < 1h"}));
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(parse_report(result.out, "standard output").cells.size(), 1U);
  EXPECT_THAT(result.err, HasSubstr("Thresholds: 1 met"));
  EXPECT_TRUE(fs::is_empty(program.directory() / "results" / "runs"));
  Program both(with(kOneCell, {"--out", "r.json", "--json"}));
  EXPECT_EQ(parse_report(both.wait().out, "standard output").cells.size(), 1U);
  EXPECT_TRUE(fs::exists(both.directory() / "r.json"));
}

// `claims --claim 1,2 FILE` took the file for a number.
TEST_F(JobTest, AListDoesNotTakeTheNextArgument) {
  const ProgramResult result = call_program({"claims", "--claim", "1,2", testing::kBaseline});
  EXPECT_EQ(result.code, 0) << result.err;
}

}  // namespace
}  // namespace ipcbench
