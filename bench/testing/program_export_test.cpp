// `ipcbench export` from outside.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "bench/testing/program.hpp"
#include "results/export/export.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using testing::ProgramResult;
using Json = nlohmann::json;

const std::string kReport = IPCBENCH_SOURCE_DIR "/results/baseline/epyc-2cpu-vm-linux-6.18-quick.json";
constexpr std::size_t kCells = 240;  // of that report, by three launches: it has 720 rows

// Without the variables in which a GitHub runner names the commit, and with the test's own.
class ProgramExport : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_REF_NAME", "GITHUB_SHA"})
      unsetenv(name);
  }
  void TearDown() override { SetUp(); }
};

TEST_F(ProgramExport, MistakesAreNamed) {
  const auto expect_mistake = [](const std::vector<std::string>& arguments, std::string_view said) {
    const ProgramResult result = call_program(arguments);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(result.err.starts_with("ipcbench: ")) << result.err;
    EXPECT_NE(result.err.find(said), std::string::npos) << result.err;
  };
  expect_mistake({"export"}, "REPORT");
  expect_mistake({"export", kReport}, "--for");
  expect_mistake({"export", kReport, "--for", "benchr"}, "did you mean 'bencher'?");
  expect_mistake({"export", kReport, "--for", "benchr"}, "github-action-benchmark");
  expect_mistake({"export", "/nowhere/report.json", "--for", "csv"}, "/nowhere/report.json");
  expect_mistake({"export", kReport, "--for", "csv", "--out", "/nowhere/report.csv"}, "--out");
  expect_mistake({"export", kReport, "--for", "nyrkio", "--branch", "main"}, "add --repository, --commit.");
  expect_mistake({"export", kReport, "--for", "csv", "--commit-time", "noon"}, "--commit-time");
}

TEST_F(ProgramExport, HelpListsTheReaders) {
  const ProgramResult help = call_program({"export", "--help"});
  for (const ExportFormat& format : export_formats())
    EXPECT_NE(help.out.find(format.name), std::string::npos) << format.name;
}

TEST_F(ProgramExport, WritesOneRowPerCell) {
  const ProgramResult result = call_program({"export", kReport, "--for", "google-benchmark"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out).at("benchmarks").size(), kCells);
}

TEST_F(ProgramExport, WritesWhereItIsTold) {
  const ProgramResult result = call_program({"export", kReport, "--for", "csv", "--out", "/dev/stdout"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(std::ranges::count(result.out, '\n'), kCells + 1);
}

// Catches a commit from the wrong source: the command line has priority.
TEST_F(ProgramExport, TakesTheCommitFromTheRunnerUnlessToldOtherwise) {
  setenv("GITHUB_REPOSITORY", "owner/name", 1);
  setenv("GITHUB_REF_NAME", "main", 1);
  setenv("GITHUB_SHA", "0123", 1);
  const auto attributes = [](std::vector<std::string> more) {
    std::vector<std::string> arguments{"export", kReport, "--for", "nyrkio"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Json::parse(call_program(arguments).out).at(0).at("attributes");
  };
  EXPECT_EQ(
      attributes({}),
      Json({{"git_repo", "https://github.com/owner/name"}, {"branch", "main"}, {"git_commit", "0123"}}));
  setenv("GITHUB_SERVER_URL", "https://git.example", 1);
  EXPECT_EQ(
      attributes({"--commit", "4567"}),
      Json({{"git_repo", "https://git.example/owner/name"}, {"branch", "main"}, {"git_commit", "4567"}}));
}

}  // namespace
}  // namespace ipcbench
