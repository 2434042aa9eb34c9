// `ipcbench submit` from outside, with a report that this machine made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "bench/program.hpp"
#include "bench/testing/program.hpp"
#include "harness/testing/temporary_folder.hpp"
#include "results/report/digest.hpp"
#include "results/report/redaction.hpp"
#include "results/report/report_json.hpp"
#include "results/report/schema_check.hpp"
#include "results/submission/submission.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::call_program;
using ::testing::HasSubstr;
using testing::kBaseline;
using testing::Program;
using testing::ProgramResult;

// Whatever the machine and the build that run the tests: the report of a release build without doubts.
Report made_presentable(Report report) {
  report.doubts.clear();
  std::erase_if(report.host, [](const Fact& fact) { return fact.name.starts_with("build_"); });
  report.host.push_back({"build_type", "release"});
  return report;
}

// A folder with a short report of this machine, raw.json, which names its host, a user and a folder.
class ProgramSubmit : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_check_schema())
      GTEST_SKIP() << "built without valijson; remedy: apt-get install libvalijson-dev";
    const ProgramResult run =
        call_program({"run", "-m", "pipe", "--pattern", "latency", "--size", "64", "--cpus", "same",
                      "--repetitions", "6", "--time", "1ms", "--warm-up", "1ms", "-q", "-o", raw()});
    ASSERT_EQ(run.code, 0) << run.err;
    Report report = made_presentable(read_report(raw()));
    report.context.host_name = "atlas-7.example.org";
    report.context.executable = "/home/zoe/bin/ipcbench";
    report.doubts = {{Doubt::Level::warn, "atlas-7 is shared by zoe.", "Remove " + raw() + "."}};
    write_report(report, raw());
  }
  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }
  [[nodiscard]] std::string raw() const { return at("raw.json"); }

  testing::TemporaryFolder folder_;
};

std::string line_with(const std::string& text, const std::string& word) {
  const std::size_t begin = text.find(word);
  return begin == std::string::npos ? "" : text.substr(begin, text.find('\n', begin) - begin);
}

TEST_F(ProgramSubmit, TheReportLeavesWithoutNamesUnderItsDigest) {
  Program program({"submit", "--check", raw()});
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("Nothing was sent."));
  EXPECT_THAT(result.out, HasSubstr("git push -u origin report-"));
  EXPECT_THAT(result.out, HasSubstr("    - atlas-7.example.org\n"));
  const std::string name = line_with(result.out, "Ready: ").substr(std::string("Ready: ").size(), 64 + 9);
  const fs::path file = program.directory() / name;
  EXPECT_EQ(file_digest(file) + ".json.zst", name);
  std::string text = to_json(read_report(file));
  for (const std::string& word : {std::string("atlas"), std::string("zoe"), folder_.path().string()})
    EXPECT_EQ(text.find(word), std::string::npos) << word;
}

// Catches a redacted report that other commands refuse, or that changes when it is checked again.
TEST_F(ProgramSubmit, TheRedactedReportIsAReport) {
  ASSERT_EQ(call_program({"submit", "--check", raw(), "-o", at("ready.json")}).code, 0);
  EXPECT_EQ(call_program({"show", at("ready.json")}).code, 0);
  EXPECT_EQ(call_program({"compare", at("ready.json"), raw()}).code, 0);
  const std::string name = at(file_digest(at("ready.json")) + ".json.zst");
  ASSERT_EQ(call_program({"submit", "--check", at("ready.json"), "-o", name}).code, 0);
  EXPECT_EQ(file_digest(name), file_digest(at("ready.json")));
  const ProgramResult again = call_program({"submit", "--check", name});
  EXPECT_EQ(again.code, 0) << again.out;
  EXPECT_THAT(again.out, HasSubstr("Nothing in it had to be replaced."));
  EXPECT_THAT(again.out, HasSubstr("Ready: " + name));
}

// Catches a file that is written although the report is refused, and exit codes that mix the two kinds.
TEST_F(ProgramSubmit, AReportThatIsNotGoodEnoughIsNotWritten) {
  Report report = read_report(raw());
  report.session.complete = false;
  report.session.note = "Interrupted in round 1 of 3.";
  write_report(report, at("cut.json"));
  const ProgramResult cut = call_program({"submit", "--check", at("cut.json"), "-o", at("out.json")});
  EXPECT_EQ(cut.code, 1);
  EXPECT_THAT(cut.out, HasSubstr("The run is not complete: Interrupted in round 1 of 3."));
  EXPECT_FALSE(fs::exists(at("out.json")));
  const ProgramResult few = call_program({"submit", "--check", kBaseline, "-o", at("out.json")});
  EXPECT_EQ(few.code, 4);  // three launches
  EXPECT_THAT(few.out, HasSubstr("240 of 240 cells have fewer than 6 launches"));
  EXPECT_FALSE(fs::exists(at("out.json")));
}

TEST(ProgramSubmitUsage, MistakesAreNamed) {
  const auto expect_mistake = [](const std::vector<std::string>& arguments, std::string_view said) {
    const ProgramResult result = call_program(arguments);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find(said), std::string::npos) << result.err;
  };
  expect_mistake({"submit"}, "REPORT");
  expect_mistake({"submit", kBaseline}, "--check: is missing");
  expect_mistake({"submit", "--check", "/nowhere/report.json"}, "/nowhere/report.json");
}

// Catches a new option of a measuring command whose value names a file and stays in the recorded command.
TEST(ProgramSubmitUsage, EveryOptionWithAFileIsKnown) {
  constexpr std::array<std::string_view, 4> kNames{"FILE", "DIR", "PROGRAM", "NAME"};
  CLI::App app;
  const Actions actions = declare_program(app);
  for (const char* command : {"run", "duet", "calibrate"}) {
    for (const CLI::Option* option : app.get_subcommand(command)->get_options()) {
      if (std::ranges::find(kNames, option->get_type_name()) == kNames.end()) continue;
      if (option->check_lname("mechanism")) continue;  // a name of the program's
      for (const std::string& name : option->get_lnames()) {
        const auto redacted = redacted_command({"ipcbench", command, "--" + name, "secret"}, {});
        EXPECT_EQ(redacted.back(), kInsteadOfPath) << command << " --" << name;
      }
    }
  }
}

}  // namespace
}  // namespace ipcbench
