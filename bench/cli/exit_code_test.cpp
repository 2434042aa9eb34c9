#include "bench/cli/exit_code.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <system_error>

#include "bench/cli/gate_options.hpp"
#include "bench/commands/command.hpp"
#include "bench/testing/program.hpp"
#include "harness/base/call_limit.hpp"

namespace ipcbench {
namespace {

std::string document(const char* file) {
  return testing::text_of(std::filesystem::path(IPCBENCH_SOURCE_DIR) / file);
}

// Catches a changed meaning of a number that scripts rely on.
TEST(ExitCodes, KeepTheirNumbers) {
  EXPECT_EQ(exit_code(Outcome::success), 0);
  EXPECT_EQ(exit_code(Outcome::regressed), 1);
  EXPECT_EQ(exit_code(Outcome::refused), 2);
  EXPECT_EQ(exit_code(Outcome::incomparable), 3);
  EXPECT_EQ(exit_code(Outcome::too_weak), 4);
  EXPECT_EQ(exit_code(Outcome::measurement_failed), 5);
  EXPECT_EQ(exit_code(Outcome::defect), 6);
  EXPECT_EQ(exit_code_of_signal(2), 130);
}

// Catches documents and scripts that contradict the table.
TEST(ExitCodes, AreWhatDocumentsAndScriptsSay) {
  const std::string reference = document("bench/PROGRAM.md");
  const std::string gate = document("bench/gate.sh");
  const std::string run_all = document("run_all.sh");
  for (const ExitCode& each : kExitCodes) {
    const std::string row = fmt::format("| {} | {} | {} |\n", each.code, each.meaning, each.remedy);
    EXPECT_NE(reference.find(row), std::string::npos) << row;
    const std::string mention = fmt::format("{} {}", each.code, each.name);
    EXPECT_NE(gate.find(mention), std::string::npos) << "gate.sh:" << mention;
    const bool of_the_gate_alone = each.meaning.starts_with("with `--gate");
    EXPECT_EQ(run_all.find(mention) == std::string::npos, of_the_gate_alone) << "run_all.sh:" << mention;
  }
  EXPECT_NE(run_all.find(fmt::format("readonly exit_refused={} exit_measurement_failed={}\n",
                                     exit_code(Outcome::refused), exit_code(Outcome::measurement_failed))),
            std::string::npos);
  EXPECT_NE(gate.find(fmt::format("exit {}\n", exit_code(Outcome::refused))), std::string::npos);
}

// Catches a code without a remedy, and a code missing from the help.
TEST(ExitCodes, ComeWithARemedyInTheHelp) {
  const std::string help = exit_codes_help();
  for (const ExitCode& each : kExitCodes) {
    EXPECT_FALSE(each.remedy.empty()) << each.name;
    EXPECT_NE(
        help.find(fmt::format("  {}        {}\n           -> {}\n", each.code, each.meaning, each.remedy)),
        std::string::npos)
        << help;
  }
}

// Catches a defect reported as a user's mistake, and the reverse.
TEST(ExitCodes, TellDefectsFromRefusals) {
  EXPECT_EQ(outcome_of(UsageError("--size: 'x'")), Outcome::refused);
  EXPECT_EQ(outcome_of(std::system_error(ENOSPC, std::generic_category())), Outcome::refused);
  EXPECT_EQ(outcome_of(std::bad_alloc()), Outcome::refused);
  EXPECT_EQ(outcome_of(std::invalid_argument("a row without messages")), Outcome::defect);
  EXPECT_EQ(outcome_of(std::logic_error("no axis")), Outcome::defect);
  EXPECT_EQ(outcome_of(std::out_of_range("at")), Outcome::defect);
  EXPECT_EQ(outcome_of(std::exception()), Outcome::defect);
  const std::string text = explain(std::logic_error("no axis"), {"ipcbench", "run"});
  EXPECT_EQ(text, "ipcbench: a defect of ipcbench " IPCBENCH_VERSION
                  ": no axis; please report it with this command: ipcbench run");
}

// Catches an exit code outside the table when the program has to end itself in the middle of a call.
TEST(ExitCodes, HoldForACallThatCannotBeInterrupted) {
  const auto stuck = [] {
    volatile bool ready = false;
    while (!ready) {
    }
    return 0;
  };
  const std::array arguments{"ipcbench", "--version"};
  EXPECT_EXIT(
      {
        run_program(2, arguments.data());
        call_within(std::chrono::milliseconds(50), "loop", stuck);
      },
      ::testing::ExitedWithCode(exit_code(Outcome::measurement_failed)), "loop has not returned");
}

TEST(ExitCodes, FollowTheVerdictOfTheGate) {
  EXPECT_EQ(outcome_of(Verdict::unchanged), Outcome::success);
  EXPECT_EQ(outcome_of(Verdict::regressed), Outcome::regressed);
  EXPECT_EQ(outcome_of(Verdict::invalid), Outcome::measurement_failed);
  EXPECT_EQ(outcome_of(Verdict::incomparable), Outcome::incomparable);
  EXPECT_EQ(outcome_of(Verdict::unguarded), Outcome::too_weak);
}

}  // namespace
}  // namespace ipcbench
