#include "bench/run/launchers.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <set>

#include "bench/run/benchmark_driver.hpp"
#include "bench/run/journalled_run.hpp"
#include "bench/run/rounds.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;

// Answers every request with a failed launch whose reason is its process number.
constexpr const char* kSaysWhoItIs =
    R"(while read -r line; do echo "{\"failed\": \"error\", \"reason\": \"$$\"}"; done)";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Shell scripts as launchers.
class LaunchersTest : public ::testing::Test {
 protected:
  LaunchersTest() {
    initialise_benchmark_library({});
    before_ = std::signal(SIGPIPE, SIG_IGN);
    launcher_.program = "/bin/sh";
    launcher_.farewell = milliseconds(50);
    launcher_.interrupted = &interrupted_;
    for (const char* mechanism : {"pipe", "fifo", "tcp"}) {
      const Cell cell = testing::make_cell(mechanism);
      cells_.push_back({.cell = cell, .name = cell_name(cell), .placement = {}});
    }
  }
  ~LaunchersTest() override { std::signal(SIGPIPE, before_); }
  LaunchersTest(const LaunchersTest&) = delete;
  LaunchersTest& operator=(const LaunchersTest&) = delete;

  RoundsOptions rounds(const std::string& script) {
    launcher_.arguments = {"-c", script};
    RoundsOptions options;
    options.launches = 3;
    options.interrupted = &interrupted_;
    return with_launchers(options, launcher_);
  }

  RoundsResult run(const RoundsOptions& options) {
    Progress silent(Progress::Style::none, {});
    return run_rounds(cells_, options, silent);
  }

  static LaunchOutcome launch(const RoundsOptions& options, const Cell& cell = testing::make_cell("pipe")) {
    return options.launch(cell, {.placement = {}, .time_limit = milliseconds(1)});
  }
  static Failure failed(const RoundsOptions& options) { return std::get<Failure>(launch(options)); }

  LauncherOptions launcher_;
  std::vector<PlannedCell> cells_;
  volatile std::sig_atomic_t interrupted_ = 0;

 private:
  void (*before_)(int) = nullptr;
};

// Catches a launcher that serves a second round, and one per launch: a round's launches would differ by their
// memory layouts.
TEST_F(LaunchersTest, EachRoundHasOneLauncherOfItsOwn) {
  const RoundsResult result = run(rounds(kSaysWhoItIs));
  ASSERT_EQ(result.failed.size(), 9U);
  std::set<std::string> launchers;
  for (std::size_t round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(result.failed[3 * round + i].reason, result.failed[3 * round].reason);
    }
    launchers.insert(result.failed[3 * round].reason);
  }
  EXPECT_EQ(launchers.size(), 3U);
}

// Catches a launcher that outlives the rounds: its processor time would count as that of other programs.
TEST_F(LaunchersTest, TheLastLauncherEndsWithTheRounds) {
  const RoundsOptions options = rounds(kSaysWhoItIs);
  const RoundsResult result = run(options);
  ASSERT_FALSE(result.failed.empty());
  EXPECT_NE(kill(std::stoi(result.failed.back().reason), 0), 0);
}

// Catches a launcher that is started for launches of a journal. This one cannot be started.
TEST_F(LaunchersTest, AReplayedRoundNeedsNone) {
  launcher_.program = "/";
  std::vector<JournalledLaunch> made;
  for (std::uint32_t round = 0; round < 2; ++round) {
    for (const std::size_t i : round_order(cells_.size(), 0, round)) {
      made.push_back({.cell = cells_[i].cell,
                      .outcome = testing::latency_row(cells_[i].cell, 0, 1000).measurement,
                      .elapsed = milliseconds(1)});
    }
  }
  const RoundsResult result = run(replayed(rounds(""), made, [](const JournalledLaunch&) {}));
  EXPECT_EQ(result.cells.launches(), 6U);
  ASSERT_EQ(result.failed.size(), 3U);
  EXPECT_TRUE(has(result.failed[0].reason, "the launcher: cannot start /")) << result.failed[0].reason;
}

// Catches a machine without /proc on which nothing can be measured any more.
TEST_F(LaunchersTest, WithoutTheProgramLaunchesStayHere) {
  launcher_.program = "/no/such/program";
  RoundsOptions options;
  options.launch = [](const Cell&, const LaunchOptions&) { return Failure{Failure::Kind::error, "here"}; };
  EXPECT_EQ(failed(with_launchers(options, launcher_)).reason, "here");
}

// Catches a dead launcher that ends the run, is asked again, or leaves no reason.
TEST_F(LaunchersTest, ALauncherThatDiesIsAFailedLaunch) {
  const RoundsOptions killed = rounds("read -r line; kill -9 $$");
  for (int launch = 0; launch < 2; ++launch) {
    const Failure failure = failed(killed);
    EXPECT_EQ(failure.kind, Failure::Kind::error);
    EXPECT_EQ(failure.reason, "the launcher was killed by SIGKILL");
  }
  const RoundsOptions exited = rounds("read -r line; echo 'ipcbench: no room; make some.' >&2; exit 2");
  EXPECT_EQ(failed(exited).reason, "the launcher exited with 2: no room; make some");
  EXPECT_EQ(failed(rounds("exit 0")).reason, "the launcher ended during the launch");
}

// Catches a cell that takes twice its time limit in every round: its launcher ends itself.
TEST_F(LaunchersTest, ALauncherThatGivesUpHasTimedOut) {
  const Failure failure = failed(rounds("read -r line; echo 'ipcbench: pipe: create() hangs' >&2; exit 5"));
  EXPECT_EQ(failure.kind, Failure::Kind::timed_out);
  EXPECT_EQ(failure.reason, "the launcher exited with 5: pipe: create() hangs");
}

// Catches endless waiting. Otherwise the test itself times out.
TEST_F(LaunchersTest, ALauncherThatHangsIsAFailedLaunch) {
  launcher_.beyond = milliseconds(50);
  const Failure failure = failed(rounds("sleep 1000"));
  EXPECT_EQ(failure.kind, Failure::Kind::timed_out);
  EXPECT_TRUE(has(failure.reason, "the launcher has not answered for 0.052 s")) << failure.reason;
}

// Catches garbage that ends the run or passes for an answer.
TEST_F(LaunchersTest, GarbageIsAFailedLaunch) {
  const Failure failure = failed(rounds("read -r line; echo '{\"row\": 5}'; cat >/dev/null"));
  EXPECT_EQ(failure.kind, Failure::Kind::error);
  EXPECT_TRUE(has(failure.reason, "the launcher: row: ")) << failure.reason;
}

// Catches a Ctrl-C that is ignored, or counted as a failed launch.
TEST_F(LaunchersTest, AnInterruptionIsNoFailure) {
  const RoundsOptions options = rounds("sleep 1000");
  interrupted_ = SIGINT;
  EXPECT_EQ(failed(options).kind, Failure::Kind::interrupted);
}

// Catches a failed launch in the report of a run whose processes were all asked to end: the launcher may be
// the first to notice.
TEST_F(LaunchersTest, ALauncherThatIsInterruptedFirstIsNoFailure) {
  const InterruptWatch watch;
  launcher_.interrupted = InterruptWatch::flag();
  EXPECT_EQ(failed(rounds("read -r line; kill -TERM $PPID; exit 143")).kind, Failure::Kind::interrupted);
}

// Catches launchers that measure what this process knows already: each round would rest on other figures.
TEST_F(LaunchersTest, TheyAreToldWhatWasMeasuredOnce) {
  const RoundsOptions options = rounds(R"(read -r line; echo "$line" >&2; exit 1)");
  Cell cell = testing::make_cell("pipe");
  const std::string plain = std::get<Failure>(launch(options, cell)).reason;
  EXPECT_TRUE(has(plain, "\"clock_resolution_ns\":")) << plain;
  EXPECT_FALSE(has(plain, "spin_ns")) << plain;
  cell.wait = Wait::adaptive;
  const std::string adaptive = std::get<Failure>(launch(options, cell)).reason;
  EXPECT_TRUE(has(adaptive, "\"spin_ns\":")) << adaptive;
}

// Catches last words of an end, such as a sanitizer's report, that nobody sees.
TEST_F(LaunchersTest, ComplaintsArePassedOn) {
  ::testing::internal::CaptureStderr();
  failed(
      rounds(R"(read -r line; echo 'heap: broken' >&2; echo '{"failed": "error", "reason": "died"}'; cat)"));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "heap: broken\n");
}

}  // namespace
}  // namespace ipcbench
