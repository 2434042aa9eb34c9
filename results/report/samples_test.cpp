#include "results/report/samples.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "harness/testing/temporary_folder.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/refusal.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::ordered_json;

double value(const Sample& sample, Metric metric) { return sample.ns[place_of(metric)]; }

bool same_or_unknown(double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

void expect_same(const Sample& a, const Sample& b) {
  EXPECT_EQ(a.launch, b.launch);
  EXPECT_EQ(a.steady, b.steady);
  EXPECT_TRUE(same_or_unknown(a.line_rtt_ns, b.line_rtt_ns));
  EXPECT_TRUE(same_or_unknown(a.messages, b.messages));
  EXPECT_TRUE(same_or_unknown(a.elapsed_ns, b.elapsed_ns));
  for (const Metric metric : kAllMetrics)
    EXPECT_TRUE(same_or_unknown(value(a, metric), value(b, metric))) << name_of(metric);
}

void expect_same(const SampledReport& a, const SampledReport& b) {
  EXPECT_EQ(a.origin, b.origin);
  EXPECT_EQ(a.plain, b.plain);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.session.id, b.session.id);
  EXPECT_EQ(a.context.host_name, b.context.host_name);
  EXPECT_EQ(a.host.size(), b.host.size());
  EXPECT_EQ(a.doubts.size(), b.doubts.size());
  EXPECT_EQ(a.skipped.size(), b.skipped.size());
  EXPECT_EQ(a.failed.size(), b.failed.size());
  ASSERT_EQ(a.cells.size(), b.cells.size());
  for (std::size_t i = 0; i < a.cells.size(); ++i) {
    EXPECT_EQ(a.cells[i].name, b.cells[i].name);
    EXPECT_EQ(a.cells[i].family, b.cells[i].family);
    EXPECT_EQ(a.cells[i].mechanism, b.cells[i].mechanism);
    EXPECT_EQ(a.cells[i].pinned, b.cells[i].pinned);
    EXPECT_EQ(a.cells[i].own_rate, b.cells[i].own_rate);
    ASSERT_EQ(a.cells[i].samples.size(), b.cells[i].samples.size());
    for (std::size_t j = 0; j < a.cells[i].samples.size(); ++j) {
      expect_same(a.cells[i].samples[j], b.cells[i].samples[j]);
    }
  }
}

// A launch that is surely not steady: over its windows, the time per message doubles.
Row drifting_row(const Cell& cell, std::uint32_t launch) {
  Row row = testing::latency_row(cell, launch, 3008);
  for (std::uint64_t window = 0; window < 32; ++window) {
    row.measurement.windows.push_back({100, 100 * (3000 + 100 * window)});
  }
  return row;
}

TEST(FamilyName, LeavesOutTheSizeAndNothingElse) {
  Cell cell = testing::make_cell("pipe", 64);
  EXPECT_EQ(family_name(cell), "pipe/latency/wait:block/peers:fork/cpus:same");
  cell.parameters = {{"size", 64}};  // not the size of messages
  EXPECT_EQ(family_name(cell), "pipe/latency/wait:block/peers:fork/cpus:same/size:64");
}

// Catches a figure whose key or unit differs between text and record, and cells or launches that are grouped
// differently.
TEST(Samples, OfAReportAreThoseOfItsText) {
  Report report = testing::sample_report();
  report.cells.add(drifting_row(testing::make_cell("fifo"), 1));
  report.cells.add(testing::latency_row(testing::make_cell("fifo"), 0, 3008));
  Cell free = testing::make_cell("pipe");
  free.cpus = Cpus::free;
  report.cells.add(testing::throughput_row(free, 0, 800));
  Row of_older_program = testing::paced_row(testing::make_cell("udp"), 0, 3008);
  of_older_program.measurement.schedule->pacing_cpu_ns.reset();  // its CPU time is only a bound
  report.cells.add(of_older_program);
  expect_same(parse_samples(to_json(report), "a.json"), samples_of(report, "a.json"));
}

// latency_row: 1000 messages of 3008 ns, of which the producer's CPU takes half and the consumer's a quarter.
TEST(Samples, HoldTheFiguresOfALaunch) {
  Report report = testing::sample_report();
  report.cells = {testing::latency_row(testing::make_cell("pipe"), 0, 3008)};
  const SampledReport sampled = samples_of(report, "a.json");
  ASSERT_EQ(sampled.cells.size(), 1U);
  const Sample& sample = sampled.cells[0].samples.at(0);
  EXPECT_EQ(value(sample, Metric::time), 3008);
  EXPECT_EQ(value(sample, Metric::low), 3008);
  EXPECT_EQ(value(sample, Metric::tail), 3008);
  EXPECT_EQ(value(sample, Metric::cpu), 1504 + 752);
  EXPECT_TRUE(sampled.cells[0].pinned);
  EXPECT_FALSE(sampled.cells[0].own_rate);
  EXPECT_FALSE(sampled.plain);
}

// Catches a gate over cells whose rate is a share of the capacity, and none over absolute rates.
TEST(Samples, KnowWhichRatesEachLaunchMeasured) {
  Row share = testing::paced_row(testing::make_cell("pipe"), 0, 3008);
  Row absolute = share;
  absolute.cell.load = {.per_second = 20'000};
  Report report = testing::sample_report();
  report.cells = {share, absolute};
  for (const SampledReport& sampled : {samples_of(report, "a"), parse_samples(to_json(report), "a")}) {
    ASSERT_EQ(sampled.cells.size(), 2U);
    EXPECT_FALSE(sampled.cells[0].may_be_gated());
    EXPECT_TRUE(sampled.cells[1].may_be_gated());
  }
}

// Launches are stored as measured, which need not be the order of their numbers.
TEST(Samples, AscendInLaunchAndKeepTheOrderOfCells) {
  const Cell pipe = testing::make_cell("pipe");
  const Cell fifo = testing::make_cell("fifo");
  Report report = testing::sample_report();
  report.cells = {testing::latency_row(pipe, 2, 3008), drifting_row(fifo, 0),
                  testing::latency_row(pipe, 0, 4096)};
  for (const SampledReport& sampled : {samples_of(report, "a"), parse_samples(to_json(report), "a")}) {
    ASSERT_EQ(sampled.cells.size(), 2U);
    EXPECT_EQ(sampled.cells[0].mechanism, "pipe");
    EXPECT_EQ(sampled.cells[0].samples.at(0).launch, 0U);
    EXPECT_EQ(value(sampled.cells[0].samples.at(0), Metric::time), 4096);
    EXPECT_EQ(sampled.cells[0].samples.at(1).launch, 2U);
    EXPECT_TRUE(sampled.cells[0].samples.at(0).steady);
    EXPECT_FALSE(sampled.cells[1].samples.at(0).steady);
  }
}

// Reports from before the 10th percentile was written stay readable.
TEST(Samples, LackTheLowQuantileWhereTheReportDoes) {
  Json report = Json::parse(to_json(testing::sample_report()));
  for (Json& row : report["benchmarks"]) row.erase("p10_ns");
  const SampledReport sampled = parse_samples(report.dump(), "a.json");
  EXPECT_TRUE(std::isnan(value(sampled.cells.at(0).samples.at(0), Metric::low)));
  EXPECT_EQ(value(sampled.cells.at(0).samples.at(0), Metric::tail), 3008);
}

SampledReport plain_samples(const std::string& rows) {
  return parse_samples(R"({"context": {"host_name": "h", "num_cpus": 2}, "benchmarks": [)" + rows + "]}",
                       "g");
}

// 1.5 us is 1500 ns. Catches aggregates counted as launches, wrong units, and launches of one benchmark
// counted as several.
TEST(PlainSamples, AreTheIterationsOfGoogleBenchmark) {
  const SampledReport sampled = plain_samples(
      R"({"name": "BM_a/8/repeats:2", "run_name": "BM_a/8", "run_type": "iteration", "repetition_index": 1,
          "real_time": 1.5, "cpu_time": 0.5, "time_unit": "us"},
         {"name": "BM_a/8/repeats:2", "run_name": "BM_a/8", "run_type": "iteration", "repetition_index": 0,
          "real_time": 2, "cpu_time": 1, "time_unit": "ms"},
         {"name": "BM_a/8_mean", "run_name": "BM_a/8", "run_type": "aggregate", "aggregate_name": "mean",
          "real_time": 9, "cpu_time": 9, "time_unit": "us"},
         {"name": "BM_b", "real_time": 3, "cpu_time": 4, "time_unit": "s"},
         {"name": "BM_b", "real_time": 5, "cpu_time": 6})");
  EXPECT_TRUE(sampled.plain);
  EXPECT_EQ(sampled.context.host_name, "h");
  ASSERT_EQ(sampled.cells.size(), 2U);
  EXPECT_EQ(sampled.cells[0].name, "BM_a/8");
  EXPECT_EQ(sampled.cells[0].family, "BM_a");
  ASSERT_EQ(sampled.cells[0].samples.size(), 2U);
  EXPECT_EQ(value(sampled.cells[0].samples[0], Metric::time), 2e6);
  EXPECT_EQ(value(sampled.cells[0].samples[1], Metric::time), 1500);
  EXPECT_EQ(value(sampled.cells[0].samples[1], Metric::cpu), 500);
  EXPECT_TRUE(std::isnan(value(sampled.cells[0].samples[1], Metric::tail)));
  ASSERT_EQ(sampled.cells[1].samples.size(), 2U);
  EXPECT_EQ(value(sampled.cells[1].samples[0], Metric::time), 3e9);
  EXPECT_EQ(value(sampled.cells[1].samples[1], Metric::time), 5);
  EXPECT_EQ(sampled.cells[1].samples[1].launch, 1U);
}

TEST(PlainSamples, AreTheMedianOrElseTheMeanWhereThereIsNothingElse) {
  const SampledReport sampled = plain_samples(
      R"({"name": "b_mean", "run_name": "b", "run_type": "aggregate", "aggregate_name": "mean",
          "real_time": 1, "cpu_time": 1, "time_unit": "ns"},
         {"name": "b_median", "run_name": "b", "run_type": "aggregate", "aggregate_name": "median",
          "real_time": 2, "cpu_time": 2, "time_unit": "ns"},
         {"name": "b_stddev", "run_name": "b", "run_type": "aggregate", "aggregate_name": "stddev",
          "real_time": 3, "cpu_time": 3, "time_unit": "ns"},
         {"name": "a_mean", "run_name": "a", "run_type": "aggregate", "aggregate_name": "mean",
          "real_time": 4, "cpu_time": 4, "time_unit": "ns"},
         {"name": "c_BigO", "run_name": "c", "run_type": "aggregate", "aggregate_name": "BigO",
          "cpu_coefficient": 1, "real_coefficient": 1, "big_o": "N", "time_unit": "ns"})");
  ASSERT_EQ(sampled.cells.size(), 2U);
  EXPECT_EQ(sampled.cells[0].name, "b");
  ASSERT_EQ(sampled.cells[0].samples.size(), 1U);
  EXPECT_EQ(value(sampled.cells[0].samples[0], Metric::time), 2);
  EXPECT_EQ(value(sampled.cells[1].samples.at(0), Metric::time), 4);
}

// A row with an error carries a time of 0, which would be an improvement of 100 %.
TEST(PlainSamples, ErrorsAreNoTimes) {
  const SampledReport sampled = plain_samples(
      R"({"name": "a", "error_occurred": true, "error_message": "no", "real_time": 0, "cpu_time": 0},
         {"name": "b", "skipped": true, "skip_message": "later", "real_time": 0, "cpu_time": 0},
         {"name": "c", "real_time": 0, "cpu_time": 0, "time_unit": "ns"})");
  EXPECT_TRUE(sampled.cells.empty());
  ASSERT_EQ(sampled.failed.size(), 2U);
  EXPECT_EQ(sampled.failed[0].cell, "a");
  EXPECT_EQ(sampled.failed[0].reason, "no");
  EXPECT_EQ(sampled.failed[1].reason, "real_time is 0");
  ASSERT_EQ(sampled.skipped.size(), 1U);
  EXPECT_EQ(sampled.skipped[0].reason, "later");
}

// The error of parsing, which has to be one line from "file.json".
std::string samples_error(const std::string& text) {
  return testing::refusal_of([&] { parse_samples(text, "file.json"); });
}
std::string samples_error_after(const std::function<void(Json&)>& change) {
  return samples_error(testing::changed_sample(change));
}
std::string plain_error(const std::string& row) {
  return samples_error(R"({"context": {}, "benchmarks": [)" + row + "]}");
}

TEST(SamplesGarbage, WhatIsNoJson) {
  EXPECT_EQ(samples_error(""), "file.json: is empty");
  EXPECT_EQ(samples_error(" \n\t"), "file.json: is empty");
  EXPECT_THAT(samples_error("hello"), HasSubstr("line 1, column 1: not JSON"));
  EXPECT_THAT(samples_error(std::string(10'000'000, '[')), HasSubstr("nested more than 16 deep"));
  EXPECT_THAT(samples_error(R"({"benchmarks": [{"name": "a", "real_time": NaN, "cpu_time": 1}]})"),
              HasSubstr("line 1, column"));
  const std::string text = to_json(testing::sample_report());
  for (std::size_t length = 1; length < text.find_last_of('}'); length += 97) {
    EXPECT_THAT(samples_error(text.substr(0, length)), AllOf(HasSubstr("not JSON"), HasSubstr("line ")));
  }
}

TEST(SamplesGarbage, WhatIsNoReport) {
  EXPECT_THAT(samples_error("[]"), HasSubstr("expected an object, got an array"));
  EXPECT_THAT(samples_error("{}"), HasSubstr("neither a report of ipcbench nor one of Google Benchmark"));
  EXPECT_THAT(samples_error(R"({"benchmarks": 5})"), HasSubstr("benchmarks: expected an array, got 5"));
  EXPECT_THAT(samples_error_after([](Json& report) { report["ipcbench"]["schema"] = 99; }),
              HasSubstr("ipcbench.schema: this report has format 99"));
  EXPECT_THAT(samples_error_after([](Json& report) { report["ipcbench"].erase("session"); }),
              HasSubstr("the key \"session\" is missing"));
}

TEST(SamplesGarbage, FiguresThatAreNone) {
  const auto with = [](const char* key, const Json& figure) {
    return samples_error_after([&](Json& report) { report["benchmarks"][2][key] = figure; });
  };
  EXPECT_THAT(with("real_time", "NaN"), HasSubstr("benchmarks[2].real_time: expected a number, got \"NaN\""));
  EXPECT_THAT(with("real_time", nullptr), HasSubstr("expected a number, got null"));
  EXPECT_THAT(with("real_time", -1), HasSubstr("benchmarks[2].real_time: -1 is below 0"));
  EXPECT_THAT(with("cpu_time", -1), HasSubstr("benchmarks[2].cpu_time: -1 is below 0"));
  EXPECT_THAT(with("p99_ns", -5), HasSubstr("benchmarks[2].p99_ns: -5 is below 0"));
  EXPECT_THAT(with("time_unit", "us"), HasSubstr("benchmarks[2].time_unit: is not \"ns\""));
  EXPECT_THAT(with("repetition_index", -1), HasSubstr("benchmarks[2].repetition_index: expected a whole"));
  EXPECT_THAT(with("name", "other"), HasSubstr("benchmarks[2].name: does not agree with `ipc`"));
  EXPECT_THAT(plain_error(R"({"name": "a", "real_time": 1, "cpu_time": 1, "time_unit": "min"})"),
              HasSubstr("benchmarks[0].time_unit: \"min\" is not one of ns, us, ms, s"));
  EXPECT_THAT(plain_error(R"({"name": "a", "real_time": 1})"), HasSubstr("\"cpu_time\" is missing"));
  EXPECT_THAT(plain_error(R"({"real_time": 1})"), HasSubstr("\"name\" is missing"));
  EXPECT_THAT(plain_error("5"), HasSubstr("benchmarks[0]: expected an object, got 5"));
}

TEST(SamplesGarbage, ALaunchThatIsThereTwice) {
  EXPECT_THAT(
      samples_error_after([](Json& report) { report["benchmarks"].push_back(report["benchmarks"][0]); }),
      AllOf(HasSubstr("launch 0 is there already, as benchmarks[0]"), HasSubstr("pipe/latency")));
  const std::string row = R"({"name": "a", "repetition_index": 3, "real_time": 1, "cpu_time": 1})";
  EXPECT_THAT(plain_error(row + "," + row), HasSubstr("a, launch 3 is there already, as benchmarks[0]"));
}

// Two reports of different kinds, merged by hand: nobody knows which numbers are comparable.
TEST(SamplesGarbage, RowsOfBothKinds) {
  EXPECT_THAT(samples_error_after([](Json& report) {
                report["benchmarks"].push_back({{"name", "a"}, {"real_time", 1}, {"cpu_time", 1}});
              }),
              HasSubstr("has no `ipc` part"));
  EXPECT_THAT(samples_error_after([](Json& report) { report.erase("ipcbench"); }),
              HasSubstr("benchmarks[0]: has an `ipc` part, but the key \"ipcbench\" is missing"));
}

class SamplesFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::string read_error(const fs::path& file) const {
    return testing::refusal_of([&] { read_samples(file); }, file.string());
  }
  testing::TemporaryFolder folder_;
};

TEST_F(SamplesFile, WhatIsNoFile) {
  EXPECT_THAT(read_error(folder_.path()), HasSubstr("is a directory, not a regular file"));
  EXPECT_THAT(read_error(folder_ / "none"), HasSubstr("cannot be read: No such file"));
  EXPECT_THAT(read_error("/dev/zero"), HasSubstr("is a device"));
  std::ofstream(folder_ / "empty").flush();
  EXPECT_THAT(read_error(folder_ / "empty"), HasSubstr("is empty"));
}

TEST_F(SamplesFile, APipeIsRefusedWhateverItDelivers) {
  const fs::path fifo = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int writer = ::open(fifo.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(writer, 0);
  ASSERT_EQ(::write(writer, "garbage", 7), 7);
  EXPECT_THAT(read_error(fifo), HasSubstr("is a pipe, not a regular file"));
  ::close(writer);
}

// The file is sparse and takes no disk space.
TEST_F(SamplesFile, AGibibyteIsTooMuch) {
  const fs::path file = folder_ / "large";
  std::ofstream(file).flush();
  fs::resize_file(file, std::uintmax_t{1} << 30);
  EXPECT_THAT(read_error(file), HasSubstr("has 1073741824 bytes; a report has at most 1073741823"));
}

// The report is larger than a piece.
TEST_F(SamplesFile, IsReadInPieces) {
  Report report = testing::sample_report();
  for (std::uint32_t launch = 2; launch < 800; ++launch) {
    report.cells.add(testing::latency_row(testing::make_cell("pipe"), launch, 3000 + launch));
  }
  const fs::path file = folder_ / "a.json";
  write_report(report, file);
  ASSERT_GT(fs::file_size(file), 600'000U);
  expect_same(read_samples(file), samples_of(report, file.string()));
}

// Catches a report that is refused as a whole because a clock of 4 ms reads 0 for its floor; the time is
// unknown.
TEST(Samples, ATimeBelowTheClocksStepIsNoNumber) {
  Report report = testing::sample_report();
  report.cells = {testing::latency_row(testing::make_cell("null"), 0, 0)};
  const SampledReport samples = parse_samples(to_json(report), "file.json");
  EXPECT_TRUE(std::isnan(samples.cells.at(0).samples.at(0).ns[place_of(Metric::time)]));
  expect_same(samples, samples_of(report, "file.json"));
}

// Catches memory that grows with the square of the launches in a file: the statistics pair all launches.
TEST(SamplesGarbage, MoreLaunchesThanCanBeMeasured) {
  std::string rows = R"({"name": "a", "real_time": 1, "cpu_time": 1})";
  const std::string row = "," + rows;
  for (int i = 0; i < 10'000; ++i) rows += row;
  EXPECT_THAT(plain_error(rows), HasSubstr("benchmarks[10000]: a has more than 10000 launches"));
}

}  // namespace
}  // namespace ipcbench
