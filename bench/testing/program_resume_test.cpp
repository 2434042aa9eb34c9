// The program from outside: killed in the middle and resumed, and two runs at once.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "bench/testing/program.hpp"
#include "harness/base/unpredictable.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

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

const std::vector<std::string> kResumedRun{"run",
                                           "--mechanism",
                                           "pipe,posix_shm_ring",
                                           "--pattern",
                                           "latency",
                                           "--size",
                                           "64,4KiB",
                                           "--cpus",
                                           "same",
                                           "--wait",
                                           "block",
                                           "--seed",
                                           "7",
                                           "--time",
                                           "20ms",
                                           "--repetitions",
                                           "5"};

std::vector<std::string> names_of_launches(const Report& report) {
  std::vector<std::string> launches;
  for (const Row& row : testing::rows_of(report.cells))
    launches.push_back(fmt::format("{} {}", cell_name(row.cell), row.launch));
  return launches;
}

// The test's own folder, for files that outlive the program that wrote them.
class ResumeTest : public ::testing::Test {
 protected:
  ResumeTest() { fs::create_directory(folder_); }
  ~ResumeTest() override { fs::remove_all(folder_); }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string out(const char* name = "report.json") const { return folder_ + "/" + name; }

  // Kills a run once some launches are in its journal.
  void leave_a_journal() const {
    Program program(with(kResumedRun, {"--out", out()}));
    ASSERT_TRUE(eventually([&] { return lines_in(out() + ".journal") > 4; }));
    program.signal(SIGKILL);
    EXPECT_EQ(program.wait().code, 128 + SIGKILL);
    EXPECT_TRUE(eventually([&] { return program.processes().empty(); }));
  }

 private:
  std::string folder_ = (fs::temp_directory_path() / unpredictable_name()).string();
};

// Catches launches that are lost with the launcher, repeated, or made in another order than without the
// interruption, and a journal that a finished run leaves behind.
TEST_F(ResumeTest, KilledAndGoneOnWithIsTheSameRun) {
  const ProgramResult whole = call_program(with(kResumedRun, {"--out", out("whole.json")}));
  ASSERT_EQ(whole.code, 0) << whole.err;
  EXPECT_FALSE(fs::exists(out("whole.json.journal")));
  leave_a_journal();
  EXPECT_FALSE(fs::exists(out()));
  const std::string journal = testing::text_of(out() + ".journal");
  const ProgramResult resumed = call_program({"run", "--resume", out()});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  const Report report = read_report(out());
  EXPECT_EQ(names_of_launches(report), names_of_launches(read_report(out("whole.json"))));
  EXPECT_TRUE(report.session.complete);
  EXPECT_THAT(report.doubts.back().what + report.doubts.front().what, ::testing::Not(::testing::IsEmpty()));
  EXPECT_FALSE(fs::exists(out() + ".journal"));
  // The first launch equals that in the journal, to the nanosecond.
  EXPECT_THAT(journal, HasSubstr(fmt::format("\"elapsed_ns\":{}",
                                             report.cells[0].launches[0].measurement.elapsed_ns)));
}

// Catches an interrupted run (which has a report) that cannot be resumed, or does not say how.
TEST_F(ResumeTest, InterruptedAndGoneOnWith) {
  Program program(with(kResumedRun, {"--out", out()}));
  ASSERT_TRUE(eventually([&] { return lines_in(out() + ".journal") > 2; }));
  program.signal(SIGTERM);
  const ProgramResult interrupted = program.wait();
  EXPECT_EQ(interrupted.code, 128 + SIGTERM);
  EXPECT_THAT(interrupted.err, HasSubstr("ipcbench run --resume " + out() + ".journal"));
  EXPECT_FALSE(read_report(out()).session.complete);
  EXPECT_EQ(call_program({"run", "--resume", out() + ".journal"}).code, 0);
  EXPECT_TRUE(read_report(out()).session.complete);
}

// Catches a run that overwrites the journal of an interrupted one, and a refusal without a remedy.
TEST_F(ResumeTest, WhatIsLeftIsNotOverwritten) {
  leave_a_journal();
  const std::string before = testing::text_of(out() + ".journal");
  const ProgramResult second = call_program(with(kResumedRun, {"--out", out()}));
  EXPECT_EQ(second.code, 2);
  EXPECT_THAT(second.err, HasSubstr("--resume " + out() + ".journal"));
  EXPECT_EQ(testing::text_of(out() + ".journal"), before);
}

// Catches thresholds that are lost with the interrupted program.
TEST_F(ResumeTest, IsJudgedByTheThresholdsThatAreGivenAgain) {
  leave_a_journal();
  const ProgramResult resumed = call_program({"run", "--resume", out(), "--threshold", "p50 < 1ns"});
  EXPECT_EQ(resumed.code, 1) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("0 met, 8 missed"));
}

// Catches a resumed run that silently ignores changed arguments.
TEST_F(ResumeTest, TakesNoOtherArguments) {
  leave_a_journal();
  const ProgramResult refused = call_program({"run", "--resume", out(), "--size", "64"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("drop --size=64"));
}

// Catches a run that is resumed under other conditions than those at its beginning.
TEST_F(ResumeTest, AnotherMachineIsRefused) {
  leave_a_journal();
  std::string text = testing::text_of(out() + ".journal");
  const std::string key = "\"kernel_release\":\"";
  const std::size_t at = text.find(key);
  ASSERT_NE(at, std::string::npos);
  text.insert(at + key.size(), "9");
  std::ofstream(out() + ".journal") << text;
  const ProgramResult refused = call_program({"run", "--resume", out()});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("kernel_release"));
}

// Catches two runs that write into one report.
TEST_F(ResumeTest, TwoAtOnce) {
  Program first(with(kResumedRun, {"--out", out()}));
  ASSERT_TRUE(eventually([&] { return fs::exists(out() + ".journal"); }));
  const ProgramResult same_report = call_program(with(kResumedRun, {"--out", out()}));
  EXPECT_EQ(same_report.code, 2);
  EXPECT_THAT(same_report.err, HasSubstr("another run is writing"));
  const ProgramResult beside = first.wait();
  EXPECT_EQ(beside.code, 0) << beside.err;
}

std::size_t doubts_about_company(const Report& report) {
  return static_cast<std::size_t>(std::ranges::count_if(report.doubts, [](const Doubt& doubt) {
    return doubt.what.find("measured at the same time") != std::string::npos;
  }));
}

// Catches overlapping runs that do not notice each other, with a common TMPDIR (through their ledgers) and
// with separate ones.
TEST_F(ResumeTest, EachOfTwoNotesTheOther) {
  for (const std::string& temporary : {folder(), std::string()}) {
    auto arguments = with(kResumedRun, {"--force", "--out", out("first.json")});
    *std::ranges::find(arguments, "5") = "1000";  // runs until it is asked to end
    Program first(arguments, {}, temporary);
    ASSERT_TRUE(eventually([&] { return lines_in(out("first.json.journal")) > 1; }));
    Program second(with(kResumedRun, {"--force", "--out", out("second.json")}), {}, temporary);
    const ProgramResult result = second.wait();
    ASSERT_EQ(result.code, 0) << result.err;
    first.signal(SIGTERM);
    EXPECT_EQ(first.wait().code, 128 + SIGTERM);
    EXPECT_EQ(doubts_about_company(read_report(out("second.json"))), 1U);
    if (!temporary.empty()) {  // otherwise the second run may start and end unnoticed
      EXPECT_EQ(doubts_about_company(read_report(out("first.json"))), 1U);
    }
    fs::remove(out("first.json.journal"));
  }
}

// A file size limit stands for a full disk. Catches a run that goes on without saving its measurements, or
// loses earlier ones.
TEST_F(ResumeTest, AFullDiskStopsItAndLosesNothing) {
  std::signal(SIGXFSZ, SIG_IGN);  // the program inherits it
  auto arguments = with(kResumedRun, {"--out", out()});
  *std::ranges::find(arguments, "5") = "300";
  Program program(arguments);
  std::signal(SIGXFSZ, SIG_DFL);
  ASSERT_TRUE(eventually([&] { return lines_in(out() + ".journal") > 2; }));
  rlimit no_more{};
  ASSERT_EQ(prlimit(program.pid(), RLIMIT_FSIZE, nullptr, &no_more), 0);
  no_more.rlim_cur = 200'000;  // its standard error is a file too
  ASSERT_EQ(prlimit(program.pid(), RLIMIT_FSIZE, &no_more, nullptr), 0);
  const ProgramResult full = program.wait();
  EXPECT_EQ(full.code, 2);
  EXPECT_THAT(full.err, HasSubstr("make room"));
  EXPECT_GT(lines_in(out() + ".journal"), 2U);
  EXPECT_TRUE(testing::text_of(out() + ".journal").ends_with('\n'));
}

}  // namespace
}  // namespace ipcbench
