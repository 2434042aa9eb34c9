// `ipcbench compare` from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "bench/testing/compared_report.hpp"
#include "bench/testing/program.hpp"
#include "harness/testing/temporary_folder.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::call_program;
using testing::compared_report;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::ProgramResult;
using ::testing::StartsWith;
using Json = nlohmann::ordered_json;

const std::string kPlainRow = R"({"name": "BM_a/8", "real_time": 5, "cpu_time": 5, "time_unit": "ns"})";

class ProgramCompare : public ::testing::Test {
 protected:
  ProgramCompare() {
    write_report(compared_report(100, "00000000000000aa"), at("base.json"));
    write_report(compared_report(100, "00000000000000bb"), at("same.json"));
    write_report(compared_report(200, "00000000000000cc"), at("slow.json"));
  }

  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }
  [[nodiscard]] std::string with_text(const std::string& name, const std::string& text) const {
    std::ofstream(at(name)) << text;
    return at(name);
  }
  // The base after one change.
  [[nodiscard]] std::string changed(const std::function<void(Json&)>& change) const {
    Json json = Json::parse(testing::text_of(at("base.json")));
    change(json);
    return with_text("changed.json", json.dump());
  }
  [[nodiscard]] ProgramResult compare(const std::string& candidate,
                                      const std::vector<std::string>& options = {}) const {
    std::vector<std::string> arguments{"compare", at("base.json"), candidate};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return call_program(arguments);
  }
  // One line on standard error that names the file and the place, nothing on standard output, code 2.
  void expect_refused(const std::string& file, const std::string& problem) const {
    for (const auto& arguments : {std::vector<std::string>{"compare", at("base.json"), file, "--gate"},
                                  {"compare", file, at("base.json"), "--format", "json"}}) {
      const ProgramResult result = call_program(arguments);
      EXPECT_EQ(result.code, 2) << file;
      EXPECT_EQ(result.out, "");
      EXPECT_THAT(result.err, AllOf(StartsWith("ipcbench: " + file + ": "), HasSubstr(problem)));
      EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    }
  }

  testing::TemporaryFolder folder_;
};

TEST_F(ProgramCompare, MistakesAreNamed) {
  const auto expect_mistake = [this](const std::vector<std::string>& options, std::string_view said) {
    const ProgramResult result = compare(at("same.json"), options);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find(said), std::string::npos) << result.err;
  };
  expect_mistake({"--format", "junti"}, "did you mean 'junit'?");
  expect_mistake({"--require-power"}, "--require-power: needs --gate");
  expect_mistake({"--assume-session-sd", "2%"}, "--assume-session-sd: '2%' is not a share");
  expect_mistake({"--assume-session-sd", "0"}, "--assume-session-sd: '0'");
  expect_mistake({"--assume-session-sd", "nan"}, "--assume-session-sd: 'nan'");
  expect_mistake({"--assume-session-sd", "0.02", "--calibration", "c.json"},
                 "not together with --calibration");
  expect_mistake({"--calibration", "/nowhere/c.json"}, "/nowhere/c.json: cannot be read");
  expect_mistake({"--calibration", at("base.json")}, "base.json: ");
  expect_mistake({"--settings", "/nowhere/s.json"}, "/nowhere/s.json: cannot be read");
  expect_mistake({"--settings", with_text("s.json", R"({"cell_alfa": 1})")}, "cell_alfa: is not a setting");
  expect_mistake({"--seed", "-1"}, "--seed");
  expect_mistake({"--out", "/nowhere/out.txt"}, "--out");
  const ProgramResult both = call_program({"compare", "-", "-"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("only one of the reports can be standard input"));
  EXPECT_EQ(call_program({"compare", at("base.json")}).code, 2);
}

TEST_F(ProgramCompare, GarbageIsRefusedInOneLine) {
  expect_refused(with_text("empty.json", ""), "is empty");
  expect_refused(with_text("text.json", "hello\n"), "line 1, column 1: not JSON");
  const std::string whole = testing::text_of(at("base.json"));
  expect_refused(with_text("cut.json", whole.substr(0, whole.size() / 2)), "not JSON");
  expect_refused(with_text("deep.json", std::string(1'000'000, '[')), "nested more than 16 deep");
  expect_refused(with_text("nan.json", R"({"benchmarks": [{"name": "a", "real_time": NaN}]})"), "not JSON");
  expect_refused(changed([](Json& json) { json["benchmarks"][1]["real_time"] = "NaN"; }),
                 "benchmarks[1].real_time: expected a number, got \"NaN\"");
  expect_refused(changed([](Json& json) { json["ipcbench"]["schema"] = 7; }), "has format 7");
  expect_refused(changed([](Json& json) { json["ipcbench"]["host"] = 5; }),
                 "ipcbench.host: expected an object, got 5");
  expect_refused(changed([](Json& json) { json["benchmarks"].push_back(json["benchmarks"][0]); }),
                 "launch 0 is there already");
  expect_refused(changed([](Json& json) { json["benchmarks"].push_back(Json::parse(kPlainRow)); }),
                 "has no `ipc` part");
}

TEST_F(ProgramCompare, WhatIsNoFileIsRefused) {
  expect_refused(at("missing.json"), "cannot be read: No such file");
  expect_refused(folder_.path().string(), "is a directory");
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  expect_refused(at("fifo"), "is a pipe");
  std::ofstream(at("large.json")).flush();
  fs::resize_file(at("large.json"), std::uintmax_t{1} << 30);  // sparse: no room on the disk
  expect_refused(at("large.json"), "has 1073741824 bytes");
}

TEST_F(ProgramCompare, GoogleBenchmarkFilesAreComparedForInformation) {
  const std::string a = with_text("a.json", R"({"context": {}, "benchmarks": [)" + kPlainRow + "]}");
  const std::string b = with_text(
      "b.json", R"({"context": {}, "benchmarks": [{"name": "BM_b", "real_time": 5, "cpu_time": 5}]})");
  const ProgramResult same = call_program({"compare", a, a, "--gate", "--all"});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_THAT(same.err, HasSubstr("--gate cannot fail here"));
  EXPECT_THAT(same.out, HasSubstr("BM_a"));
  const ProgramResult none = call_program({"compare", a, b});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, AllOf(HasSubstr("no cell of"), HasSubstr("a.json"), HasSubstr("b.json")));
}

// Twice the time is a regression by any standard, once calibration knows how much sessions differ anyway.
TEST_F(ProgramCompare, TheGateFailsOnlyOnWhatIsCertain) {
  const std::vector<std::string> gate{"--gate", "--assume-session-sd", "0.01"};
  EXPECT_EQ(compare(at("slow.json"), gate).code, 1);
  EXPECT_EQ(compare(at("slow.json"), {"--assume-session-sd", "0.01"}).code, 0);
  EXPECT_EQ(compare(at("same.json"), gate).code, 0);
  const ProgramResult blind = compare(at("slow.json"), {"--gate"});
  EXPECT_EQ(blind.code, 0);
  EXPECT_THAT(blind.err,
              AllOf(HasSubstr("--gate cannot fail here"), HasSubstr("calibrate"), HasSubstr("duet")));
  EXPECT_EQ(compare(at("slow.json"), {"--gate", "--require-power"}).code, 4);
}

// Catches a change that breaks a mechanism and passes.
TEST_F(ProgramCompare, TheGateFailsForACellThatIsGone) {
  write_report(compared_report(100, "00000000000000dd", {64}), at("less.json"));
  const std::vector<std::string> gate{"--gate", "--assume-session-sd", "0.01"};
  const ProgramResult less = compare(at("less.json"), gate);
  EXPECT_EQ(less.code, 1) << less.out;
  EXPECT_THAT(less.out, AllOf(HasSubstr("1 missing: not in"),
                              StartsWith("MISSING: 1 of 2 cells is gone; 1 unchanged.")));
  std::vector<std::string> allowed = gate;
  allowed.insert(allowed.end(), {"--allow-missing", "*/size:4096/*"});
  EXPECT_EQ(compare(at("less.json"), allowed).code, 0);
}

TEST_F(ProgramCompare, OtherHostsAreNotComparedUnlessToldSo) {
  const std::string other = changed([](Json& json) { json["ipcbench"]["host"]["cpus_online"] = "0-63"; });
  const ProgramResult refused = compare(other, {"--gate", "--assume-session-sd", "0.01"});
  EXPECT_EQ(refused.code, 3) << refused.out;
  EXPECT_THAT(refused.out, AllOf(HasSubstr("0-63"), StartsWith("NOT COMPARABLE: ")));
  EXPECT_EQ(compare(other, {"--gate", "--assume-session-sd", "0.01", "--across", "cpus_*"}).code, 0);
}

TEST_F(ProgramCompare, AnInvalidMeasurementIsNoRegression) {
  const std::string invalid = changed([](Json& json) {
    json["ipcbench"]["doubts"] = {{{"level", "invalid"}, {"what", "4 % steal time."}, {"advice", "Wait."}}};
  });
  const ProgramResult result = compare(invalid, {"--gate", "--assume-session-sd", "0.01"});
  EXPECT_EQ(result.code, 5) << result.out;
  EXPECT_THAT(result.out, HasSubstr("4 % steal time."));
}

TEST_F(ProgramCompare, FormatsGoWhereTheyAreTold) {
  const auto output = [this](const std::string& format) {
    const ProgramResult result =
        compare(at("slow.json"), {"--assume-session-sd", "0.01", "--format", format, "--out", at("out")});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(result.out, "");
    return testing::text_of(at("out"));
  };
  const Json json = Json::parse(output("json"));
  EXPECT_EQ(json.at("verdict"), "regressed");
  EXPECT_EQ(json.at("new").at("session").at("id"), "00000000000000cc");
  EXPECT_THAT(output("text"),
              AllOf(HasSubstr("pipe latency 64 B"), StartsWith("REGRESSED: 2 of 2 cells are slower")));
  EXPECT_EQ(json.at("headline").get<std::string>().substr(0, 22), "REGRESSED: 2 of 2 cell");
  EXPECT_THAT(output("markdown"), StartsWith("### REGRESSED: "));
  EXPECT_THAT(output("junit"),
              AllOf(StartsWith("<?xml"), HasSubstr("<failure"), EndsWith("</testsuites>\n")));
  EXPECT_THAT(output("github"), StartsWith("::error title=regressed"));
}

// A settings file that counts nothing below a factor of eleven lets a doubling pass.
TEST_F(ProgramCompare, SettingsDecideWhatCounts) {
  const std::string settings =
      with_text("settings.json", R"({"thresholds": [{"cells": "*", "smallest_effect": 10}]})");
  EXPECT_EQ(compare(at("slow.json"), {"--gate", "--assume-session-sd", "0.01", "--settings", settings}).code,
            0);
}

}  // namespace
}  // namespace ipcbench
