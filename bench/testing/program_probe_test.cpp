// `ipcbench probe` from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "bench/testing/program.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using ::testing::HasSubstr;
using testing::ProgramResult;

// Catches answers that are lost before they are printed, and processes or files that stay behind.
TEST(ProgramProbe, AnswersAndLeavesNothing) {
  testing::Program program({"probe", "--mechanism", "pipe,sysv_queue", "--json"});
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  ASSERT_EQ(json.at("mechanisms").size(), 2U);
  for (const auto& finding : json.at("mechanisms").at(0).at("findings")) {
    EXPECT_NE(finding.at("state"), "failed") << finding.dump();
    EXPECT_NE(finding.at("evidence"), "") << finding.dump();
  }
  EXPECT_THAT(program.temporary_files(), ::testing::IsEmpty());
  EXPECT_TRUE(testing::eventually([&] { return program.processes().empty(); }));
}

TEST(ProgramProbe, WritesTextAndMarkdown) {
  EXPECT_THAT(call_program({"probe", "--mechanism", "null"}).out,
              HasSubstr("null: a floor, which moves nothing"));
  EXPECT_THAT(call_program({"probe", "--mechanism", "null", "--format", "markdown"}).out,
              HasSubstr("| mechanism |"));
}

TEST(ProgramProbe, NamesMistakes) {
  const ProgramResult name = call_program({"probe", "--mechanism", "pip"});
  EXPECT_EQ(name.code, 2);
  EXPECT_THAT(name.err, HasSubstr("did you mean 'pipe'?"));
  const ProgramResult format = call_program({"probe", "--format", "jsn"});
  EXPECT_EQ(format.code, 2);
  EXPECT_THAT(format.err, HasSubstr("did you mean 'json'?"));
  const ProgramResult out = call_program({"probe", "--out", "/nowhere/probe.txt"});
  EXPECT_EQ(out.code, 2);
  EXPECT_THAT(out.err, HasSubstr("/nowhere/probe.txt"));
}

// Catches a limit that makes the command fail, or that is reported without a remedy.
TEST(ProgramProbe, ReportsALimitInsteadOfFailing) {
  const int result = in_child<int>(
      [] {
        const rlimit none{.rlim_cur = 0, .rlim_max = 0};
        setrlimit(RLIMIT_MSGQUEUE, &none);
        const ProgramResult limited = call_program({"probe", "--mechanism", "posix_queue"});
        return limited.code == 0 && limited.out.find("not available here") != std::string::npos ? 0 : 1;
      },
      std::chrono::seconds(60));
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace ipcbench
