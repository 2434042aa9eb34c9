// `ipcbench compare` with several bases, and with stored reports that do not fit, from outside.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "bench/testing/program.hpp"
#include "bench/testing/session_report.hpp"
#include "harness/testing/temporary_folder.hpp"
#include "results/comparison/calibration.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::call_program;
using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::session_report;
using Json = nlohmann::ordered_json;

class ProgramBases : public ::testing::Test {
 protected:
  ProgramBases() {
    fs::create_directory(folder_ / "bases");
    int number = 1;
    for (const std::uint64_t permille : {1000U, 1006U, 995U, 1002U, 998U}) {
      write_report(session_report(permille, number), base(number));
      ++number;
    }
    write_report(session_report(1001, 20), at("same.json"));
    write_report(session_report(1500, 21), at("slow.json"));
  }

  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }
  // One of them is compressed.
  [[nodiscard]] std::string base(int number) const {
    return at(fmt::format("bases/b{}.json{}", number, number == 4 ? ".zst" : ""));
  }
  // The file after one change, under another name.
  std::string changed(const std::string& file, const std::string& name,
                      const std::function<void(Json&)>& change) const {
    Json json = Json::parse(testing::text_of(file));
    change(json);
    std::ofstream(at(name)) << json.dump();
    return at(name);
  }

  testing::TemporaryFolder folder_;
};

// Catches several bases that need a calibration, that cannot fail, or that fail without a change.
TEST_F(ProgramBases, DecideWithoutACalibration) {
  const ProgramResult slow = call_program(
      {"compare", "--base", base(1), base(2), base(3), base(4), base(5), at("slow.json"), "--gate"});
  EXPECT_EQ(slow.code, 1) << slow.out << slow.err;
  EXPECT_THAT(slow.out, AllOf(HasSubstr("5 sessions of the base against one new session"),
                              HasSubstr("REGRESSED: 2 of 2 cells are slower"), HasSubstr("latency 64 B")));
  const ProgramResult same = call_program({"compare", "--base", at("bases"), at("same.json"), "--gate"});
  EXPECT_EQ(same.code, 0) << same.out << same.err;
  const ProgramResult json =
      call_program({"compare", at("slow.json"), "--base", at("bases"), "--format", "json"});
  ASSERT_EQ(json.code, 0) << json.err;
  const Json comparison = Json::parse(json.out);
  EXPECT_EQ(comparison.at("method"), "several_bases");
  EXPECT_EQ(comparison.at("bases").size(), 5U);
  EXPECT_EQ(comparison.at("bases")[0].at("session").at("id"), "0000000000000001");
  EXPECT_EQ(comparison.at("verdict"), "regressed");
}

// A folder with another kernel's report, and with a file that is no report.
TEST_F(ProgramBases, AreLeftOutByNameWhereTheyDiffer) {
  changed(base(5), "bases/other.json", [](Json& json) {
    json["ipcbench"]["host"]["kernel_release"] = "9.9.9";
    json["ipcbench"]["session"]["id"] = "00000000000000ff";
  });
  std::ofstream(at("bases/z.json")) << "{}";
  const ProgramResult result =
      call_program({"compare", "--base", at("bases"), at("slow.json"), "--gate", "--format", "json"});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("left out: "), HasSubstr("z.json")));
  const Json comparison = Json::parse(result.out);
  EXPECT_EQ(comparison.at("bases").size(), 5U);
  ASSERT_EQ(comparison.at("left_out").size(), 1U);
  EXPECT_THAT(comparison.at("left_out")[0].at("reason").get<std::string>(),
              HasSubstr("kernel_release: 9.9.9 in"));
}

TEST_F(ProgramBases, AreRefusedIfTooFew) {
  const ProgramResult two = call_program({"compare", "--base", base(1), base(2), at("same.json"), "--gate"});
  EXPECT_EQ(two.code, 2);
  EXPECT_EQ(two.out, "");
  EXPECT_THAT(two.err,
              AllOf(HasSubstr("2 bases show no variance"), HasSubstr("at least 3 bases are needed")));
  const std::string other = changed(at("same.json"), "other.json",
                                    [](Json& json) { json["ipcbench"]["host"]["kernel_release"] = "9.9.9"; });
  const std::vector<std::string> unlike{"compare", "--base", at("bases"), other};
  const ProgramResult refused = call_program(unlike);
  EXPECT_EQ(refused.code, 3) << refused.out;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("0 of 5 bases fit"), HasSubstr("in "), HasSubstr("9.9.9")));
  EXPECT_EQ(call_program(testing::with(unlike, {"--across", "kernel_release"})).code, 0);
  const auto expect_mistake = [&](const std::vector<std::string>& arguments, const std::string& said) {
    const ProgramResult result = call_program(arguments);
    EXPECT_EQ(result.code, 2) << result.out;
    EXPECT_THAT(result.err, HasSubstr(said));
  };
  expect_mistake({"compare", base(1)}, "two reports or more are compared, BASE and NEW; got 1");
  expect_mistake({"compare", "--base", base(1)}, "needs one more report, NEW");
  expect_mistake({"compare", "--base", at("bases"), at("same.json"), "--assume-session-sd", "0.01"},
                 "not together with --calibration or --assume-session-sd");
}

// Catches settings in force that differ under one cell name and pass as a change of the program.
TEST_F(ProgramBases, StoredReportsWithOtherSettingsAreIncomparable) {
  const std::string other = changed(at("same.json"), "other.json", [](Json& json) {
    for (Json& row : json["benchmarks"]) row["ipc"]["settings"]["pipe_bytes"] = 4096;
  });
  const std::string usual = changed(base(1), "usual.json", [](Json& json) {
    for (Json& row : json["benchmarks"]) row["ipc"]["settings"]["pipe_bytes"] = 65536;
  });
  const std::vector<std::string> gate{"compare", usual, other, "--gate", "--assume-session-sd", "0.01"};
  const ProgramResult result = call_program(gate);
  EXPECT_EQ(result.code, 3) << result.out;
  EXPECT_THAT(result.out, AllOf(HasSubstr("NOT COMPARABLE: pipe_bytes: 65536 in"), HasSubstr("4096 in")));
  EXPECT_EQ(call_program(testing::with(gate, {"--across", "pipe_bytes"})).code, 0);
}

TEST_F(ProgramBases, ACalibrationOfAnotherKernelIsRefused) {
  std::vector<SampledReport> sessions;
  for (int number = 1; number <= 5; ++number) sessions.push_back(read_samples(base(number)));
  Calibration calibration = calibrate(sessions, {});
  std::ofstream(at("here.json")) << calibration_json(calibration);
  std::erase_if(calibration.host, [](const Fact& fact) { return fact.name == "kernel_release"; });
  calibration.host.push_back({"kernel_release", "9.9.9"});
  std::ofstream(at("there.json")) << calibration_json(calibration);
  const auto gate = [&](const std::string& file, const std::vector<std::string>& more = {}) {
    return call_program(
        testing::with({"compare", base(1), at("slow.json"), "--gate", "--calibration", at(file)}, more));
  };
  EXPECT_EQ(gate("here.json").code, 1);
  const ProgramResult refused = gate("there.json");
  EXPECT_EQ(refused.code, 3) << refused.out;
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, AllOf(HasSubstr("there.json is of another host or program: kernel_release: 9.9.9"),
                                 HasSubstr("--across kernel_release")));
  EXPECT_EQ(gate("there.json", {"--across", "kernel_release"}).code, 1);
}

// Catches warnings that only the library knows.
TEST_F(ProgramBases, WhatIsDoubtfulIsSaid) {
  const auto output = [](const std::vector<std::string>& arguments) { return call_program(arguments).out; };
  EXPECT_THAT(output({"compare", base(1), base(1)}), HasSubstr("same session (0000000000000001)"));
  EXPECT_THAT(output({"compare", base(2), base(1)}), HasSubstr("The base is newer than the new report"));
  const std::string cut = changed(at("same.json"), "cut.json", [](Json& json) {
    json["ipcbench"]["session"]["complete"] = false;
    json["ipcbench"]["session"]["note"] = "interrupted";
  });
  EXPECT_THAT(output({"compare", base(1), cut}), HasSubstr("is not complete: interrupted"));
  EXPECT_THAT(output({"compare", base(1), cut, "--format", "json"}),
              HasSubstr("is not complete: interrupted"));
  const auto side = [&](const std::string& file, const std::string& name, const std::string& which) {
    return changed(file, name, [&](Json& json) {
      json["ipcbench"]["session"]["duet"] = {
          {"id", "00000000000000dd"}, {"side", which}, {"first_blocks", 10}};
    });
  };
  const std::string new_side = side(base(1), "one.json", "new");
  EXPECT_THAT(output({"compare", new_side, side(base(2), "two.json", "base")}),
              HasSubstr("The sides are swapped"));
}

// One launch in the new report. Catches a verdict, and infinities in the family.
TEST_F(ProgramBases, OneLaunchIsNotJudged) {
  const std::string lone = changed(at("slow.json"), "lone.json", [](Json& json) {
    Json rows = Json::array();
    for (const Json& row : json["benchmarks"]) {
      if (row["repetition_index"] == 0) rows.push_back(row);
    }
    json["benchmarks"] = rows;
  });
  const ProgramResult result =
      call_program({"compare", base(1), lone, "--gate", "--assume-session-sd", "0.01"});
  EXPECT_EQ(result.code, 0) << result.out;
  EXPECT_THAT(result.out, AllOf(HasSubstr("NOT JUDGED: none of 2 cells can be judged"),
                                HasSubstr("shows no variance"), ::testing::Not(HasSubstr("inf"))));
  EXPECT_THAT(result.err, HasSubstr("--gate cannot fail here"));
  EXPECT_EQ(
      call_program({"compare", base(1), lone, "--gate", "--require-power", "--assume-session-sd", "0.01"})
          .code,
      4);
}

}  // namespace
}  // namespace ipcbench
