// `ipcbench calibrate` from outside.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/testing/program.hpp"
#include "results/comparison/calibration.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using testing::kBaseline;
using testing::Program;
using testing::ProgramResult;

const std::vector<std::string> kFiveSessions{
    "calibrate", "--sessions", "5",      "--mechanism", "pipe",          "--size", "1,64",
    "--pattern", "latency",    "--cpus", "same",        "--repetitions", "2",      "--time",
    "1ms",       "--warm-up",  "1ms",    "--out",       "host.json"};

// Where the tests run may have the very kernel of the baseline.
void write_with_another_kernel(const std::filesystem::path& file) {
  std::ifstream in(file);
  nlohmann::json calibration = nlohmann::json::parse(in);
  calibration["host"]["kernel_release"] = "0.0-another";
  std::ofstream(file) << calibration.dump();
}

// Catches a calibration that compare cannot read, and session reports that stay behind.
TEST(ProgramCalibrate, MeasuresSessionsThatCompareCanUse) {
  Program program(kFiveSessions);
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_NE(result.out.find("5 sessions of 2 launches"), std::string::npos) << result.out;
  EXPECT_TRUE(program.temporary_files().empty());
  const auto file = program.directory() / "host.json";
  const Calibration calibration = read_calibration(file);
  EXPECT_EQ(calibration.sessions, 5U);
  ASSERT_EQ(calibration.entries.size(), 3U);  // the family and its two cells
  EXPECT_EQ(calibration.entries.front().level, Level::family);
  const ProgramResult compared =
      call_program({"compare", kBaseline, kBaseline, "--calibration", file.string(), "--across", "*"});
  EXPECT_EQ(compared.code, 0) << compared.err;
  write_with_another_kernel(file);
  const ProgramResult refused =
      call_program({"compare", kBaseline, kBaseline, "--calibration", file.string()});
  EXPECT_EQ(refused.code, 3) << refused.out;
  EXPECT_EQ(refused.out, "");
  EXPECT_NE(refused.err.find("host.json is of another host or program: "), std::string::npos) << refused.err;
}

TEST(ProgramCalibrate, NamesMistakes) {
  const auto expect_mistake = [](const std::vector<std::string>& arguments, std::string_view said) {
    const ProgramResult result = call_program(arguments);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_NE(result.err.find(said), std::string::npos) << result.err;
  };
  expect_mistake({"calibrate", kBaseline, kBaseline}, "a calibration needs at least 5 sessions, got 2");
  expect_mistake({"calibrate", kBaseline, kBaseline, kBaseline, kBaseline, kBaseline},
                 "this session was given twice");
  expect_mistake({"calibrate", "--sessions", "4"}, "--sessions");
  expect_mistake({"calibrate", "/nowhere.json"}, "/nowhere.json");
  expect_mistake({"compare", kBaseline, kBaseline, "--calibration", kBaseline}, "ipcbench_calibration");
}

// Catches sessions that go on after a Ctrl-C, and their leftovers.
TEST(ProgramCalibrate, EndsWhenInterrupted) {
  Program program({"calibrate", "--mechanism", "pipe", "--time", "10s", "--cpus", "same"});
  ASSERT_TRUE(testing::eventually([&] { return program.processes().size() > 4; }));
  program.signal(SIGINT);
  EXPECT_EQ(program.wait().code, 130);
  EXPECT_TRUE(program.processes().empty());
  EXPECT_TRUE(program.temporary_files().empty());
}

}  // namespace
}  // namespace ipcbench
