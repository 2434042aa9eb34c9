#include "plots/command.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ipcbench {
namespace {

using namespace std::chrono_literals;

// Catches a deadlock between a full pipe to the child and a full pipe from it: both far above 64 KiB.
TEST(RunCommand, PassesLargeTextBothWays) {
  const std::string text(3'000'000, 'x');
  const auto result = run_command({"cat"}, text, 1min);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_EQ(result->out, text);
  EXPECT_EQ(result->err, "");
}

TEST(RunCommand, KeepsOutputErrorsAndExitCodeApart) {
  const auto result = run_command({"sh", "-c", "echo out; echo err >&2; exit 7"}, "", 1min);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_code, 7);
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
}

// Catches a crash that passes for success.
TEST(RunCommand, TellsDeathBySignal) {
  EXPECT_EQ(run_command({"sh", "-c", "kill -9 $$"}, "", 1min)->exit_code, 128 + 9);
}

TEST(RunCommand, TellsAMissingProgramFromAFailingOne) {
  EXPECT_FALSE(run_command({"no-such-program"}, "", 1min));
  EXPECT_FALSE(run_command({"/no/such/program"}, "", 1min));
}

// Catches waiting for ever.
TEST(RunCommand, KillsWhatDoesNotEnd) {
  EXPECT_THROW(run_command({"sleep", "600"}, "", 50ms), std::runtime_error);
}

}  // namespace
}  // namespace ipcbench
