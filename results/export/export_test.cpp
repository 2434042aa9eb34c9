#include "results/export/export.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;
using testing::latency_row;
using testing::make_cell;
using testing::throughput_row;

const std::string kPipeLatency = "pipe/latency/size:64/wait:block/peers:fork/cpus:same";
const std::string kPipeThroughput = "pipe/throughput/size:64/wait:block/peers:fork/cpus:same";
const std::string kFloor = "null/latency/size:64/wait:block/peers:fork/cpus:same";

// Two cells with three launches each, out of order as in a run; a floor, a paced and a fan cell with one
// each.
Report small_report() {
  const Cell pipe = make_cell("pipe");
  Cell tuned = make_cell("posix_queue", 4096);
  tuned.parameters = {{"queue_bytes", 65536}, {"queue_depth", 10}};
  Report report = testing::sample_report();
  report.context.host_name = "a \"quick\", quiet host";
  report.host = {{"distribution", "Debian GNU/Linux 12 (bookworm)"},
                 {"cpu_model", "AMD EPYC"},
                 {"cpu_max_khz", "2600000"},
                 {"memory_total", "24684096 kB"},
                 {"kernel_release", "6.18.5"},
                 {"security_modules", "lockdown,apparmor"},
                 {"security_label", "docker-default (enforce)"},
                 {"compiler", "g++ 12.2.0"}};
  report.cells = {latency_row(pipe, 1, 3200),
                  throughput_row(pipe, 0, 800),
                  latency_row(make_cell("null"), 0, 56),
                  latency_row(pipe, 0, 3104),
                  throughput_row(pipe, 2, 500),
                  throughput_row(pipe, 1, 1000),
                  latency_row(pipe, 2, 3008),
                  testing::paced_row(pipe, 0, 6016),
                  testing::fan_row(tuned, Pattern::fanin, 4, 0, 400)};
  return report;
}

Json exported(std::string (*write)(const Report&)) { return Json::parse(write(small_report())); }

std::string gold(std::string_view format) {
  std::ifstream file(fmt::format("{}/testing/export_{}.gold.txt", IPCBENCH_RESULTS_DIR, format));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::string kDigest(64, 'd');

class Exports : public ::testing::TestWithParam<ExportFormat> {};

// The whole text, reviewed by a person: any change to it has to be made on purpose.
TEST_P(Exports, IsTheGoldFile) {
  EXPECT_EQ(GetParam().write(small_report(), kDigest), gold(GetParam().name));
}

// Catches a division by zero messages, in a report that was written by hand.
TEST_P(Exports, RefusesARowWithoutMessages) {
  Report report = small_report();
  testing::measurement_at(report.cells, 1).messages = 0;
  EXPECT_THROW(GetParam().write(report, kDigest), std::invalid_argument);
}

// Host names may contain any bytes. Catches an exception of the JSON writer.
TEST_P(Exports, BearsTextThatIsNotUtf8) {
  Report report = small_report();
  report.context.host_name = "\xff";
  EXPECT_THAT(GetParam().write(report, kDigest), ::testing::HasSubstr(kPipeLatency));
}

INSTANTIATE_TEST_SUITE_P(All, Exports, ::testing::ValuesIn(export_formats()), [](const auto& format) {
  std::string name(format.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
});

// The times are 3008, 3104 and 3200 ns; the ends spend 1/2 and 1/4 of them as CPU time. Catches a mean, the
// last launch, or one end's CPU time alone.
TEST(ExportGoogleBenchmark, GivesTheMedianOverLaunches) {
  const Json json = exported(export_google_benchmark);
  const Json& row = json.at("benchmarks").at(0);
  EXPECT_EQ(row.at("name"), kPipeLatency + "/real_time");
  EXPECT_EQ(row.at("real_time"), 3104);
  EXPECT_EQ(row.at("cpu_time"), 2328);
  EXPECT_EQ(row.at("iterations"), 3000);
  EXPECT_EQ(row.at("real_time_low"), 3008);
  EXPECT_EQ(row.at("real_time_high"), 3200);
  EXPECT_EQ(row.at("confidence"), 0.75);
}

// Catches a rate on a timed row, which Conbench would compare instead of the time, and a missing rate
// elsewhere.
TEST(ExportGoogleBenchmark, GivesRatesOnlyWhereTheyWereMeasured) {
  const Json rows = exported(export_google_benchmark).at("benchmarks");
  EXPECT_FALSE(rows.at(0).contains("items_per_second"));
  EXPECT_EQ(rows.at(1).at("items_per_second"), 1.25e6);
  EXPECT_EQ(rows.at(1).at("bytes_per_second"), 8e7);
  EXPECT_FALSE(rows.at(3).contains("items_per_second"));  // paced
}

// Catches a context that differs from the report's, and rows without keys that readers require.
TEST(ExportGoogleBenchmark, HasTheReportsContextAndKeys) {
  const Json report = Json::parse(to_json(small_report()));
  const Json json = exported(export_google_benchmark);
  EXPECT_EQ(json.at("context"), report.at("context"));
  for (const Json& row : json.at("benchmarks")) {
    for (const char* key :
         {"name", "run_name", "run_type", "repetitions", "repetition_index", "threads", "iterations",
          "real_time", "cpu_time", "time_unit", "family_index", "per_family_instance_index"}) {
      EXPECT_EQ(row.at(key).type(), report.at("benchmarks").at(0).at(key).type()) << key;
    }
  }
}

TEST(ExportBencher, GivesMeasuresWithTheirBounds) {
  const Json json = exported(export_bencher);
  EXPECT_EQ(json.at(kPipeLatency).at("latency"),
            Json({{"value", 3104.0}, {"lower_value", 3008.0}, {"upper_value", 3200.0}}));
  EXPECT_FALSE(json.at(kPipeLatency).contains("throughput"));
  EXPECT_EQ(json.at(kPipeThroughput).at("throughput"),
            Json({{"value", 1.25e6}, {"lower_value", 1e6}, {"upper_value", 2e6}}));
}

// Catches bounds for a single launch, and alerts about floors.
TEST(ExportBencher, RaisesNoAlertForAFloor) {
  EXPECT_EQ(exported(export_bencher).at(kFloor + "-bencher-ignore").at("latency"), Json({{"value", 56.0}}));
}

// Catches a separator or quote inside a field that ends the field.
TEST(ExportCsv, QuotesWhatNeedsIt) {
  Report report = small_report();
  report.context.host_name = "a,b";
  EXPECT_THAT(export_csv(report), ::testing::HasSubstr(",\"a,b\","));
  report.context.host_name = "say \"hi\"";
  EXPECT_THAT(export_csv(report), ::testing::HasSubstr(",\"say \"\"hi\"\"\","));
  report.context.host_name = "two\nlines";
  EXPECT_THAT(export_csv(report), ::testing::HasSubstr(",\"two\nlines\","));
  report.context.host_name = "plain";
  EXPECT_THAT(export_csv(report), ::testing::HasSubstr(",plain,"));
}

// Catches columns that differ between patterns.
TEST(ExportCsv, HasTheSameColumnsInEachLine) {
  Report report = testing::sample_report();
  std::istringstream lines(export_csv(report));
  std::string line;
  std::getline(lines, line);
  const auto columns = std::ranges::count(line, ',');
  EXPECT_GT(columns, 30);
  std::size_t cells = 0;
  for (; std::getline(lines, line); ++cells) EXPECT_EQ(std::ranges::count(line, ','), columns) << line;
  EXPECT_EQ(cells, 8U);
}

}  // namespace
}  // namespace ipcbench
