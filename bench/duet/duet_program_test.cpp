#include "bench/duet/duet_program.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "bench/duet/protocol.hpp"
#include "bench/testing/program.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using testing::eventually;

constexpr const char* kGreeting =
    R"({"ipcbench_duet":1,"version":"1","time_limit_ns":1000000,"cells":[],"skipped":[]})";

// Runs one-line shell scripts as programs.
class ProgramProcessTest : public ::testing::Test {
 protected:
  ProgramProcessTest() { before_ = std::signal(SIGPIPE, SIG_IGN); }
  ~ProgramProcessTest() override { std::signal(SIGPIPE, before_); }
  ProgramProcessTest(const ProgramProcessTest&) = delete;
  ProgramProcessTest& operator=(const ProgramProcessTest&) = delete;

  std::unique_ptr<DuetProgram> start(const std::string& script) {
    return start_program({.option = "--new",
                          .words = {"sh", "-c", script, "side"},
                          .environment = {"IPCBENCH_TEST_DUET=a b"},
                          .arguments = {"--size=64"}},
                         limits_);
  }

  std::unique_ptr<DuetProgram> start_bare(const std::string& program) {
    return start_program({.option = "--base", .words = {program}, .environment = {}, .arguments = {}},
                         limits_);
  }

  // The error if a program cannot even begin.
  std::string refusal(const std::string& script) {
    return message([&] { start(script); });
  }

  // The error if a program is asked for a launch.
  std::string launch_refusal(const std::string& script) {
    return message([&] { start(std::string("echo '") + kGreeting + "'; " + script)->launch(0, 0); });
  }

  template <class Function>
  static std::string message(Function function) {
    try {
      function();
      return "no error";
    } catch (const DuetError& error) {
      return error.what();
    }
  }

  ProgramLimits limits_;

 private:
  void (*before_)(int) = nullptr;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Catches arguments, environment and standard input that do not arrive.
TEST_F(ProgramProcessTest, TalksToTheProgram) {
  const auto performer =
      start(std::string("echo '") + kGreeting +
            "'; read -r line; "
            "echo \"{\\\"failed\\\": \\\"$1 $2 $IPCBENCH_TEST_DUET\\\"}\"; cat > /dev/null");
  EXPECT_EQ(performer->greeting().version, "1");
  const DuetAnswer answer = performer->launch(0, 0);
  EXPECT_EQ(std::get<LaunchFailed>(answer).reason, "duet-side --size=64 a b");
  EXPECT_EQ(std::getenv("IPCBENCH_TEST_DUET"), nullptr);
}

// Catches a message that does not say which program it is about, or why it cannot take part.
TEST_F(ProgramProcessTest, AProgramThatIsTooOldIsCalledSo) {
  const std::string silent = message([&] { start_bare("/bin/true"); });
  EXPECT_TRUE(has(silent, "--base /bin/true: does not know `duet-side`: it is too old")) << silent;
  EXPECT_TRUE(has(silent, "exit code 0")) << silent;
  const std::string old =
      refusal("echo \"ipcbench: command: 'duet-side' is not known; allowed: run.\" >&2; exit 2");
  EXPECT_TRUE(has(old, "too old")) << old;
  EXPECT_TRUE(has(old, "exit code 2: command: 'duet-side' is not known; allowed: run.")) << old;
}

// Catches refused arguments that are blamed on the program's age.
TEST_F(ProgramProcessTest, TheProgramsOwnComplaintIsPassedOn) {
  const std::string text = refusal("echo first >&2; echo '--mechanism: what is that?' >&2; exit 2");
  EXPECT_TRUE(has(text, "cannot take part: --mechanism: what is that?")) << text;
}

// Catches a misspelled name that is reported as a program that is too old.
TEST_F(ProgramProcessTest, AProgramThatIsNotThere) {
  const std::string text = message([&] { start_bare("no-such-program"); });
  EXPECT_TRUE(has(text, "--base no-such-program: no program no-such-program in PATH")) << text;
  const std::string file = message([&] { start_bare("/no/such/program"); });
  EXPECT_TRUE(has(file, "--base /no/such/program: cannot start")) << file;
}

// Catches garbage that is waited for, crashes the director, or passes for an answer.
TEST_F(ProgramProcessTest, GarbageIsRefused) {
  const std::string chatty = refusal("echo Welcome to my wrapper; cat");
  EXPECT_TRUE(has(chatty, "'Welcome to my wrapper'; nothing else may go to its standard output")) << chatty;
  const std::string later = launch_refusal("echo '{\"row\": 5}'; cat");
  EXPECT_TRUE(has(later, "answered outside of the duet's protocol")) << later;
  const std::string newer = refusal(R"(echo '{"ipcbench_duet": 2}'; cat)");
  EXPECT_TRUE(has(newer, "too new")) << newer;
}

// Catches endless waiting for a program that has gone.
TEST_F(ProgramProcessTest, AProgramThatEndsIsMissed) {
  const std::string text = launch_refusal("echo oops >&2; exit 3");
  EXPECT_TRUE(has(text, "ended before the duet did, with exit code 3: oops")) << text;
  const std::string killed = launch_refusal("kill -9 $$");
  EXPECT_TRUE(has(killed, "signal 9")) << killed;
}

// Catches waiting for a hung program longer than its limit and the allowance beyond it. Otherwise the test
// itself times out.
TEST_F(ProgramProcessTest, AHungProgramIsEnded) {
  limits_.answer = milliseconds(50);
  limits_.beyond = milliseconds(50);
  limits_.farewell = milliseconds(50);
  EXPECT_TRUE(has(refusal("sleep 1000"), "has not answered for 0.05 s"));
  EXPECT_TRUE(has(launch_refusal("sleep 1000"), "has not answered"));
}

// Catches a program that survives: it ignores the end of its input and SIGTERM, and has a child.
TEST_F(ProgramProcessTest, NothingIsLeftBehind) {
  limits_.farewell = milliseconds(50);
  std::string pids;
  {
    const auto performer =
        start(std::string("trap '' TERM; sleep 1000 & echo '") + kGreeting +
              "'; read -r line; echo \"{\\\"failed\\\": \\\"$$ $!\\\"}\"; while :; do sleep 1000; done");
    pids = std::get<LaunchFailed>(performer->launch(0, 0)).reason;
  }
  const pid_t shell = std::stoi(pids);
  const pid_t child = std::stoi(pids.substr(pids.find(' ')));
  EXPECT_TRUE(eventually([&] { return kill(shell, 0) != 0 && kill(child, 0) != 0; })) << pids;
}

// Catches a Ctrl-C that is ignored while waiting for a launch.
TEST_F(ProgramProcessTest, AnInterruptionEndsTheWait) {
  volatile std::sig_atomic_t interrupted = 0;
  limits_.interrupted = &interrupted;
  limits_.farewell = milliseconds(50);
  const auto performer = start(std::string("echo '") + kGreeting + "'; sleep 1000");
  interrupted = SIGINT;
  EXPECT_THROW(performer->launch(0, 0), ProgramInterrupted);
}

// Catches a row of another cell or block than requested: the report would have a launch twice.
TEST_F(ProgramProcessTest, AnswersForSomethingElseAreRefused) {
  const auto row = [](const char* mechanism, std::uint32_t block) {
    Row answer = testing::latency_row(testing::make_cell(mechanism), block, 3000);
    return answer_line(answer);
  };
  const auto answered = [&](const std::string& line) {
    DuetGreeting greeting{.version = "1", .time_limit = std::chrono::seconds(1), .cells = {}, .skipped = {}};
    greeting.cells.push_back(testing::make_cell("pipe"));
    return message([&] {
      start(fmt::format("echo '{}'; read -r line; echo '{}'; cat > /dev/null", greeting_line(greeting), line))
          ->launch(0, 5);
    });
  };
  EXPECT_EQ(answered(row("pipe", 5)), "no error");
  EXPECT_TRUE(has(answered(row("pipe", 4)), "was asked for block 5 of pipe/")) << answered(row("pipe", 4));
  EXPECT_TRUE(has(answered(row("fifo", 5)), "and answered with block 5 of fifo/"))
      << answered(row("fifo", 5));
}

}  // namespace
}  // namespace ipcbench
