// The program from outside, while foreign signals hit its processes: a disturbed launch fails with the reason
// and exit code 5, and the run goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "bench/testing/program.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using testing::eventually;
using testing::Program;
using testing::ProgramResult;

// Whether an end has installed its own signal handlers, among them one for SIGCONT. Until then it has the
// program's, where SIGTERM only sets a flag.
bool is_set_up(pid_t end) {
  const std::string status = testing::text_of("/proc/" + std::to_string(end) + "/status");
  const std::size_t at = status.find("SigCgt:");
  if (at == std::string::npos) return false;
  return (std::stoull(status.substr(at + 7), nullptr, 16) >> (SIGCONT - 1) & 1) != 0;
}

// A run of two cells with one launch each.
class Interference : public ::testing::Test {
 protected:
  explicit Interference(const std::string& timed = "1s", const std::string& timeout = "30s")
      : program_({"run",    "--mechanism", "pipe,fifo", "--pattern", "latency", "--size", "64",
                  "--cpus", "same",        "--wait",    "block",     "--peers", "fork",   "--repetitions",
                  "1",      "--time",      timed,       "--timeout", timeout,   "--out",  "report.json"}) {}

  // Waits for both ends of the first launch. (The floor's launches precede it and are not announced.)
  [[nodiscard]] bool under_way() const {
    return eventually([this] {
      const std::string said = testing::text_of(program_.directory() / "err");
      const bool announced = said.find("launch 1 of 2") != std::string::npos;
      return announced && ends().size() == 2 && std::ranges::all_of(ends(), is_set_up);
    });
  }
  [[nodiscard]] std::vector<pid_t> ends() const { return program_.ends(); }
  [[nodiscard]] Program& program() { return program_; }
  [[nodiscard]] Report report() const { return read_report(program_.directory() / "report.json"); }

  // One launch failed for that reason, and the other was measured.
  void expect_one_failure(const std::string& reason) {
    const ProgramResult result = program_.wait();
    EXPECT_EQ(result.code, 5) << result.err;
    EXPECT_NE(result.err.find(reason), std::string::npos) << result.err;
    const Report written = report();
    ASSERT_EQ(written.failed.size(), 1U);
    EXPECT_NE(written.failed[0].reason.find(reason), std::string::npos) << written.failed[0].reason;
    EXPECT_EQ(written.cells.launches(), 1U);
    EXPECT_TRUE(program_.processes().empty());
    EXPECT_TRUE(program_.temporary_files().empty());
  }

 private:
  Program program_;
};

class Signalled : public Interference, public ::testing::WithParamInterface<int> {};

// Catches a foreign signal that hangs the run, ends it, or passes unnoticed.
TEST_P(Signalled, AnEndIsAFailedLaunch) {
  ASSERT_TRUE(under_way());
  kill(ends().front(), GetParam());
  expect_one_failure("killed by signal " + std::to_string(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(With, Signalled,
                         ::testing::Values(SIGKILL, SIGSEGV, SIGTERM, SIGHUP, SIGUSR1, SIGALRM));

// Catches a launcher whose death hangs the run, ends it, or passes unnoticed.
TEST_F(Interference, ALauncherThatIsKilledIsAFailedLaunch) {
  ASSERT_TRUE(under_way());
  kill(program().launcher(), SIGKILL);
  expect_one_failure("the launcher was killed by SIGKILL");
}

// Catches a launcher that is asked to end, and takes the run with it.
TEST_F(Interference, ALauncherThatIsAskedToEndIsAFailedLaunch) {
  ASSERT_TRUE(under_way());
  kill(program().launcher(), SIGTERM);
  expect_one_failure("the launcher exited with 143");
}

// Catches a measurement that includes a pause.
TEST_F(Interference, AnEndThatWasStoppedForAWhileIsAFailedLaunch) {
  ASSERT_TRUE(under_way());
  const pid_t end = ends().back();
  kill(end, SIGSTOP);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  kill(end, SIGCONT);
  expect_one_failure("stopped and continued");
}

// Catches a program that hangs when asked to end: its stopped ends react to nothing but SIGKILL.
TEST_F(Interference, StoppedEndsGoWithTheProgram) {
  ASSERT_TRUE(under_way());
  for (const pid_t end : ends()) kill(end, SIGSTOP);
  program().signal(SIGTERM);
  const ProgramResult result = program().wait();
  EXPECT_EQ(result.code, 128 + SIGTERM) << result.err;
  EXPECT_FALSE(report().session.complete);
  EXPECT_TRUE(report().cells.empty() && report().failed.empty());
  EXPECT_TRUE(program().processes().empty());
}

class ShortLimit : public Interference {
 protected:
  ShortLimit() : Interference("500ms", "2s") {}
};

TEST_F(ShortLimit, AnEndThatStaysStoppedIsAFailedLaunch) {
  ASSERT_TRUE(under_way());
  kill(ends().front(), SIGSTOP);
  expect_one_failure("timed out after 2 s");
}

// Catches launches that time out because one of the programs that watch them was stopped: their ends kept
// measuring.
TEST_F(ShortLimit, AProgramThatWasStoppedForLongerThanTheLimitHasLostNothing) {
  ASSERT_TRUE(under_way());
  const pid_t launcher = program().launcher();
  program().signal(SIGSTOP);
  kill(launcher, SIGSTOP);
  std::this_thread::sleep_for(std::chrono::seconds(2));  // as long as the limit; the launch had begun before
  kill(launcher, SIGCONT);
  program().signal(SIGCONT);
  const ProgramResult result = program().wait();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(report().cells.launches(), 2U);
  EXPECT_TRUE(report().failed.empty());
}

}  // namespace
}  // namespace ipcbench
