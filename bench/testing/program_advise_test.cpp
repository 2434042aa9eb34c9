// `ipcbench advise` from outside.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/study/advise/testing/made_market.hpp"
#include "bench/testing/program.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::with;

constexpr MessageStream kStream{128, 50'000};

// swift takes 10 us, steady 20 us; what swift guarantees is up to the test.
class ProgramAdvise : public ::testing::Test {
 protected:
  ProgramAdvise() : report_(testing::made_market({"steady", "swift"})) {
    testing::add_load(
        report_,
        {.mechanism = "steady", .stream = kStream, .p50_us = 20, .p99_us = 40, .receiver_cpus = 0.2});
    testing::add_load(
        report_, {.mechanism = "swift", .stream = kStream, .p50_us = 10, .p99_us = 80, .receiver_cpus = 0.3});
    std::filesystem::create_directories(directory_);
  }
  ~ProgramAdvise() override { std::filesystem::remove_all(directory_); }

  ProgramResult ask(const std::vector<std::string>& more) {
    write_report(report_, file());
    return call_program(with({"advise", file(), "--stream", "128@50k"}, more));
  }
  [[nodiscard]] std::string file() const { return (directory_ / "made market.json").string(); }

  Report report_;
  // Of this process: each test has one of its own.
  std::filesystem::path directory_ =
      std::filesystem::path(::testing::TempDir()) / fmt::format("ipcbench_advise.{}", getpid());
};

TEST_F(ProgramAdvise, AnswersFromAReport) {
  const ProgramResult swift = ask({});
  EXPECT_EQ(swift.code, 0) << swift.err;
  EXPECT_TRUE(swift.out.starts_with("swift, wait:block")) << swift.out;
  const ProgramResult steady = ask({"--max-p99", "50us"});
  EXPECT_EQ(steady.code, 0) << steady.err;
  EXPECT_TRUE(steady.out.starts_with("steady, wait:block")) << steady.out;
  const ProgramResult json = ask({"--max-p99", "50us", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.out).at("best").at("mechanism"), "steady");
}

TEST_F(ProgramAdvise, SaysThatNothingFits) {
  const ProgramResult nothing = ask({"--max-p99", "5us"});
  EXPECT_EQ(nothing.code, 1) << nothing.err;
  EXPECT_THAT(nothing.out, HasSubstr("Nothing fits.\nWhat would have to give"));
}

TEST_F(ProgramAdvise, NamesTheCommandThatMeasuresWhatIsMissing) {
  const ProgramResult missing = ask({"--stream", "64@10"});
  EXPECT_EQ(missing.code, 1) << missing.err;
  EXPECT_THAT(missing.out,
              HasSubstr("  ipcbench advise '" + file() + "' --stream 128@50k --stream 64@10 --measure\n"));
}

TEST_F(ProgramAdvise, NamesMistakes) {
  const auto expect_mistake = [&](const std::vector<std::string>& arguments, const std::string& said) {
    const ProgramResult result = ask(arguments);
    EXPECT_EQ(result.code, 2) << result.out;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(said));
  };
  expect_mistake({"--need", "bothways"}, "did you mean 'both-ways'?");
  expect_mistake({"--stream", "128"}, "--stream");
  expect_mistake({"--max-p99", "1"}, "--max-p99");
  expect_mistake({"--max-cpus", "0"}, "--max-cpus");
  expect_mistake({"--wait", "blok"}, "did you mean 'block'?");
  expect_mistake({"--mechanism", "pipe"}, "--mechanism");
  EXPECT_EQ(call_program({"advise", "/nowhere/report.json", "--stream", "64@10"}).code, 2);
  EXPECT_EQ(call_program({"advise", "--stream", "64@10", "--out", "/nowhere/report.json"}).code, 2);
}

// Says for how long before, leaves a report that gives the same answer, and no process.
TEST(ProgramAdviseByMeasuring, MeasuresAndAnswersTheSameFromTheReport) {
  const auto directory =
      std::filesystem::path(::testing::TempDir()) / fmt::format("ipcbench_advise_measured.{}", getpid());
  std::filesystem::create_directories(directory);
  const std::string file = (directory / "advice.json").string();
  const std::vector<std::string> asked{"--stream",        "64@2k",       "--need",
                                       "both-ways,order", "--mechanism", "pipe,unix_stream",
                                       "--cpus",          "same",        "--json"};
  testing::Program program(with({"advise", "--measure", "--out", file}, asked));
  const ProgramResult measured = program.wait();
  EXPECT_THAT(measured.err, HasSubstr("Measures pipe, unix_stream in "));
  EXPECT_THAT(measured.err, HasSubstr(" launches each: about "));
  const auto answer = nlohmann::json::parse(measured.out);
  EXPECT_EQ(answer.at("excluded").at("both-ways"), nlohmann::json({"pipe"}));
  EXPECT_EQ(measured.code, answer.at("fits") == true ? 0 : 1) << measured.err;
  EXPECT_TRUE(testing::eventually([&] { return program.processes().empty(); }));
  const ProgramResult again = call_program(with({"advise", file}, asked));
  EXPECT_EQ(again.out, measured.out) << again.err;
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace ipcbench
