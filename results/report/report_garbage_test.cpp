// Input that is no report is refused in one line: the source, the place, the problem.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "results/report/report_json.hpp"
#include "results/testing/refusal.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::ordered_json;

std::string report_error(const std::string& text) {
  return testing::refusal_of([&] { parse_report(text, "file.json"); });
}
std::string report_error_after(const std::function<void(Json&)>& change) {
  return report_error(testing::changed_sample(change));
}

TEST(ReportGarbage, Empty) {
  EXPECT_EQ(report_error(""), "file.json: is empty");
  EXPECT_EQ(report_error(" \n\t"), "file.json: is empty");
}

TEST(ReportGarbage, TruncatedAnywhere) {
  const std::string text = to_json(testing::sample_report());
  const std::size_t end = text.find_last_of('}');
  for (std::size_t length = 1; length < end; length += 97) {
    EXPECT_THAT(report_error(text.substr(0, length)), AllOf(HasSubstr("not JSON"), HasSubstr("line ")));
  }
}

// The stray comma is the first character of the third line.
TEST(ReportGarbage, SyntaxErrorIsPlacedByLineAndColumn) {
  EXPECT_THAT(report_error("{\n\"context\": {}\n,,\"a\": 1}"), HasSubstr("line 3, column 2: not JSON"));
  EXPECT_THAT(report_error("hello"), HasSubstr("line 1, column 1: not JSON"));
}

TEST(ReportGarbage, BinaryIsQuotedWithoutItsControlCharacters) {
  EXPECT_THAT(report_error(std::string("\x7f"
                                       "ELF\x02\x01\0\0\0\x1b[2J",
                                       12)),
              HasSubstr("not JSON"));
  EXPECT_THAT(report_error("{\"\xff\xfe\": 1}"), HasSubstr("not JSON"));
  EXPECT_THAT(report_error("[\"" + std::string(100'000, 'x')), HasSubstr("..."));
}

TEST(ReportGarbage, DeepNestingIsBounded) {
  EXPECT_THAT(report_error(std::string(10'000'000, '[')), HasSubstr("nested more than 16 deep"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"benchmarks\":";
  EXPECT_THAT(report_error(objects), HasSubstr("nested more than 16 deep"));
}

// Valid JSON must not cost unlimited memory or time.
TEST(ReportGarbage, ManyValuesAndKeysAreBounded) {
  std::string values = "{\"a\": [0";
  for (int i = 0; i < 1'000'001; ++i) values += ",0";
  EXPECT_THAT(report_error(values), HasSubstr("more than 1000000 values"));
  std::string keys = "{\"benchmarks\": [{";
  for (int i = 0; i < 5000; ++i) keys += fmt::format("\"{}\": 0,", i);
  EXPECT_THAT(report_error(keys), AllOf(HasSubstr("benchmarks[0]"), HasSubstr("more than 4096 keys")));
}

TEST(ReportGarbage, KeyGivenTwice) {
  EXPECT_THAT(report_error("{\"context\": 1, \"context\": 2}"), HasSubstr("\"context\" stands twice"));
}

TEST(ReportGarbage, NumbersOutOfRange) {
  EXPECT_THAT(report_error("{\"a\": 1e999}"), AllOf(HasSubstr("line 1, column 11"), HasSubstr("1e999")));
  EXPECT_THAT(report_error("{\"a\": NaN}"), HasSubstr("not JSON"));
  EXPECT_THAT(report_error("{\"a\": Infinity}"), HasSubstr("not JSON"));
}

TEST(ReportGarbage, OtherTopLevels) {
  EXPECT_THAT(report_error("[]"), HasSubstr("expected an object, got an array"));
  EXPECT_THAT(report_error("null"), HasSubstr("expected an object, got null"));
  EXPECT_THAT(report_error("{}"), HasSubstr("not a report of ipcbench"));
  EXPECT_THAT(report_error("[[1]]"), HasSubstr("expected an object, got an array"));
}

TEST(ReportGarbage, PlainGoogleBenchmark) {
  EXPECT_THAT(report_error(R"({"context": {}, "benchmarks": []})"), HasSubstr("plain Google Benchmark file"));
  EXPECT_THAT(report_error(R"({"context": {}, "benchmarks": [{"name": "BM_a", "real_time": 1.5}]})"),
              HasSubstr("plain Google Benchmark file"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][1].erase("ipc"); }),
              AllOf(HasSubstr("benchmarks[1]"), HasSubstr("plain Google Benchmark file")));
}

// The format is checked before the rows, which may be anything in another format.
TEST(ReportGarbage, AnotherFormat) {
  EXPECT_THAT(report_error_after([](Json& report) {
                report["ipcbench"]["schema"] = 2;
                report["benchmarks"][0] = "something new";
              }),
              AllOf(HasSubstr("ipcbench.schema: this report has format 2"), HasSubstr("reads format 1")));
  EXPECT_THAT(report_error_after([](Json& report) { report["ipcbench"]["schema"] = "1"; }),
              HasSubstr("ipcbench.schema: expected a whole number"));
}

TEST(ReportGarbage, WrongTypesAreNamedByTheirPath) {
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][2]["real_time"] = "NaN"; }),
              HasSubstr("benchmarks[2].real_time: expected a number, got \"NaN\""));
  EXPECT_THAT(
      report_error_after([](Json& report) { report["benchmarks"][1]["ipc"]["size_bytes"] = -1; }),
      HasSubstr("benchmarks[1].ipc.size_bytes: expected a whole number that is not negative, got -1"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][1]["ipc"]["size_bytes"] = 1.5; }),
              HasSubstr("got 1.5"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"] = Json::object(); }),
              HasSubstr("benchmarks: expected an array, got an object"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][0] = nullptr; }),
              HasSubstr("benchmarks[0]: expected an object, got null"));
  EXPECT_THAT(report_error_after([](Json& report) { report["ipcbench"]["doubts"][1]["what"] = false; }),
              HasSubstr("ipcbench.doubts[1].what: expected a string, got false"));
  EXPECT_THAT(report_error_after([](Json& report) { report["ipcbench"]["session"]["complete"] = 1; }),
              HasSubstr("ipcbench.session.complete: expected true or false, got 1"));
  EXPECT_THAT(report_error_after([](Json& report) { report["context"]["num_cpus"] = 3'000'000'000; }),
              HasSubstr("context.num_cpus: expected a whole number up to 2147483647"));
}

TEST(ReportGarbage, MissingKeysAreNamed) {
  EXPECT_THAT(report_error_after([](Json& report) { report.erase("context"); }),
              HasSubstr("the key \"context\" is missing"));
  EXPECT_THAT(report_error_after([](Json& report) { report.erase("benchmarks"); }),
              HasSubstr("the key \"benchmarks\" is missing"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][3].erase("iterations"); }),
              HasSubstr("benchmarks[3]: the key \"iterations\" is missing"));
  EXPECT_THAT(report_error_after([](Json& report) { report["ipcbench"]["floors"].erase("clock_ns"); }),
              HasSubstr("ipcbench.floors: the key \"clock_ns\" is missing"));
}

TEST(ReportGarbage, UnknownNamesOfAnAxis) {
  EXPECT_THAT(
      report_error_after([](Json& report) { report["benchmarks"][0]["ipc"]["wait"] = "sleep"; }),
      HasSubstr("benchmarks[0].ipc.wait: \"sleep\" is not one of block, spin, poll, epoll, adaptive"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][0]["ipc"]["pattern"] = "gossip"; }),
              HasSubstr("benchmarks[0].ipc.pattern: \"gossip\" is not one of latency, oneway, throughput, "
                        "paced, fanin, fanout"));
}

// In the sample, row 4 is oneway, 5 and 6 are paced, 7 and 8 are fans.
TEST(ReportGarbage, LoadsAndFansThatCannotBe) {
  const auto with = [](std::size_t row, const char* key, const Json& value) {
    return report_error_after([&](Json& report) { report["benchmarks"][row]["ipc"][key] = value; });
  };
  EXPECT_THAT(with(5, "rate_per_second", 0),
              HasSubstr("[5].ipc.rate_per_second: '0' is not a rate from 1 to 1000000000 messages a second"));
  EXPECT_THAT(with(6, "rate_percent", 0),
              HasSubstr("[6].ipc.rate_percent: '0' is not a whole number from 1 to 1000"));
  EXPECT_THAT(with(6, "rate_percent", 5'000'000'000),
              HasSubstr("'5000000000' is not a whole number from 1 to 1000"));
  EXPECT_THAT(with(6, "rate_per_second", 5), HasSubstr("[6].ipc: has more than one value for the axis rate"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][6]["ipc"].erase("rate_percent"); }),
              HasSubstr("[6].ipc: the key \"rate_streams\" is missing"));
  EXPECT_THAT(with(6, "arrivals", "bursts"), HasSubstr("\"bursts\" is not one of constant, poisson"));
  EXPECT_THAT(with(7, "fan", 0), HasSubstr("[7].ipc.fan: '0' is not a whole number from 1 to 64"));
  EXPECT_THAT(with(7, "fan", 70), HasSubstr("[7].ipc.fan: '70' is not a whole number from 1 to 64"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][8]["ipc"].erase("fan"); }),
              HasSubstr("[8].ipc: the key \"fan\" is missing"));
}

TEST(ReportGarbage, SchedulesAndOffsetsThatCannotBe) {
  const auto with = [](std::size_t row, const char* key, const Json& value) {
    return report_error_after([&](Json& report) { report["benchmarks"][row][key] = value; });
  };
  const auto without = [](std::size_t row, const char* key) {
    return report_error_after([&](Json& report) { report["benchmarks"][row].erase(key); });
  };
  EXPECT_THAT(with(5, "offered_per_second", 0), HasSubstr("[5].offered_per_second: has to be above 0"));
  EXPECT_THAT(with(5, "offered_per_second", -2.5), HasSubstr("has to be above 0"));
  EXPECT_THAT(with(5, "offered_per_second", "NaN"), HasSubstr("expected a number, got \"NaN\""));
  EXPECT_THAT(with(5, "lag_p99_ns", -1), HasSubstr("[5].lag_p99_ns: expected a whole number"));
  EXPECT_THAT(with(5, "unsent_messages", 1012), HasSubstr("unsent_messages is above scheduled_messages"));
  EXPECT_THAT(with(5, "pacing_cpu_time_ns", 1'000'000'000'000),
              HasSubstr("pacing_cpu_time_ns is above the producer's CPU time"));
  EXPECT_THAT(with(5, "sent_max_ns", 3007), HasSubstr("sent_min_ns is above sent_max_ns"));
  EXPECT_THAT(without(5, "sent_min_ns"), HasSubstr("the key \"sent_min_ns\" is missing"));
  EXPECT_THAT(without(5, "lag_max_ns"), HasSubstr("the key \"lag_max_ns\" is missing"));
  EXPECT_THAT(with(4, "clock_offset_low_ns", 0.5), HasSubstr("expected a whole number, got 0.5"));
  EXPECT_THAT(with(4, "clock_offset_high_ns", 18'446'744'073'709'551'615U),
              HasSubstr("up to 9223372036854775807"));
  EXPECT_THAT(without(4, "clock_offset_high_ns"), HasSubstr("clock_offset_high_ns\" is missing"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][4]["ipc"].erase("sum_ns"); }),
              HasSubstr("[4].ipc: the key \"sum_ns\" is missing"));
}

// A line break in a name or a key would split the error into two lines and break programs that read lines.
TEST(ReportGarbage, ControlCharactersStayOutOfErrors) {
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][0]["ipc"]["wait"] = "sp\nin"; }),
              HasSubstr("\"sp?in\" is not one of"));
  EXPECT_THAT(report_error_after([](Json& report) { report["ipcbench"]["host"]["a\nb"] = 1; }),
              HasSubstr("ipcbench.host.a?b: expected a string, got 1"));
}

TEST(ReportGarbage, HistogramsThatCannotBe) {
  const auto with_histogram = [](const Json& histogram) {
    return report_error_after([&](Json& report) { report["benchmarks"][0]["ipc"]["histogram"] = histogram; });
  };
  EXPECT_THAT(with_histogram({{1, 2, 3}}), HasSubstr("benchmarks[0].ipc.histogram[0]: expected two"));
  EXPECT_THAT(with_histogram({{1, 2}, {2, -2}}), HasSubstr("histogram[1]"));
  EXPECT_THAT(with_histogram({{8, 2}, {7, 2}}), HasSubstr("pair 1 does not ascend"));
  EXPECT_THAT(with_histogram({{8, 2}, {8, 2}}), HasSubstr("pair 1 does not ascend"));
  EXPECT_THAT(with_histogram({{8, 0}}), HasSubstr("a count of 0"));
  EXPECT_THAT(with_histogram({{8, 18'446'744'073'709'551'615U}, {9, 1}}), HasSubstr("pair 1: a count of 1"));
  EXPECT_THAT(with_histogram({{4097, 1}}), HasSubstr("4097 is not the lower bound"));
  EXPECT_THAT(with_histogram(Json::array()), HasSubstr("needs messages"));
}

// 2 and 3 are launches 0 of throughput and 1 of latency; 3 becomes a second launch 0.
TEST(ReportGarbage, LaunchGivenTwice) {
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][3]["repetition_index"] = 0; }),
              AllOf(HasSubstr("benchmarks[3]: pipe/latency/size:64"), HasSubstr("launch 0"),
                    HasSubstr("as benchmarks[0]")));
}

// Catches a trim of which no sample remains.
TEST(ReportGarbage, ATrimOfEverything) {
  for (const double trim : {-0.1, 0.6}) {
    EXPECT_THAT(report_error_after([&](Json& report) { report["benchmarks"][0]["ipc"]["trim"] = trim; }),
                HasSubstr("trim has to be from 0 to 0.5"));
  }
}

// A figure edited by hand is refused rather than silently recomputed.
TEST(ReportGarbage, FlatFiguresThatDisagreeWithTheirSource) {
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][0]["real_time"] = 3100; }),
              HasSubstr("benchmarks[0].real_time: 3100 does not agree with `ipc`, which gives 3008"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][0]["name"] = "fifo/latency"; }),
              HasSubstr("benchmarks[0].name: does not agree"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][0]["iterations"] = 0; }),
              HasSubstr("benchmarks[0]: a row needs messages"));
  EXPECT_THAT(report_error_after([](Json& report) { report["benchmarks"][0]["time_unit"] = "us"; }),
              HasSubstr("benchmarks[0].time_unit"));
}

// The first error is reported, but a truncation, which is worse, takes precedence.
TEST(ReportGarbage, TruncationIsNamedBeforeAMistakeInARow) {
  Json report = Json::parse(to_json(testing::sample_report()));
  report["benchmarks"][0]["real_time"] = "NaN";
  const std::string text = report.dump();
  EXPECT_THAT(report_error(text.substr(0, text.size() - 1)), HasSubstr("not JSON"));
}

// Catches an error message of a megabyte.
TEST(ReportGarbage, LongNamesAreShortened) {
  EXPECT_THAT(report_error_after([](Json& report) {
                report["benchmarks"][0]["ipc"]["mechanism"] = std::string(1'000'000, 'x');
                report["benchmarks"][1] = report["benchmarks"][0];
              }),
              AllOf(HasSubstr("benchmarks[0].name: does not agree"), HasSubstr(" [...] ")));
}

}  // namespace
}  // namespace ipcbench
