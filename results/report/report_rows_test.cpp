// The keys of a row, and rows of older programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "results/report/metrics.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/refusal.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;
using testing::sample_report;

json written(const Report& report) { return json::parse(to_json(report)); }

// 100 round trips of 100 ns and 900 of 3008: rank 100 of 1000.
TEST(ReportJson, TimedRowsHaveTheirTenthPercentile) {
  Report report;
  report.cells = {testing::latency_row(testing::make_cell("pipe"), 0, 3008),
                  testing::latency_row(testing::make_cell("pipe"), 1, 3008, 99),
                  testing::throughput_row(testing::make_cell("pipe"), 0, 3008)};
  testing::measurement_at(report.cells, 0).histogram = {{100, 100}, {3008, 900}};
  testing::measurement_at(report.cells, 0).min_ns = 100;
  const json rows = written(report)["benchmarks"];
  EXPECT_EQ(rows[0]["p10_ns"], 100.0);
  EXPECT_FALSE(rows[1].contains("p10_ns"));
  EXPECT_FALSE(rows[2].contains("p10_ns"));
}

// 16 windows of 100 ns a message, then 16 of 200. Catches a verdict without windows to judge by.
TEST(ReportJson, RowsSayWhetherTheyWereSteady) {
  Report report;
  for (std::uint32_t launch = 0; launch < 3; ++launch) {
    report.cells.add(testing::throughput_row(testing::make_cell("pipe"), launch, 800));
  }
  testing::measurement_at(report.cells, 0).windows.assign(32, {10, 1000});
  testing::measurement_at(report.cells, 1).windows.assign(32, {10, 1000});
  std::fill_n(testing::measurement_at(report.cells, 1).windows.begin(), 16, Window{10, 2000});
  const json rows = written(report)["benchmarks"];
  EXPECT_EQ(rows[0]["ipc"]["steady"], true);
  EXPECT_EQ(rows[1]["ipc"]["steady"], false);
  EXPECT_FALSE(rows[2]["ipc"].contains("steady"));
}

// Catches figures that are said again, though they follow from the sums and histograms in `ipc` and no tool
// that reads Google Benchmark's format knows them.
TEST(ReportJson, NothingIsSaidTwice) {
  Report report = sample_report();
  report.cells.add(testing::mixed_row(testing::make_cell("tcp"), 0, 1024));
  const std::string text = to_json(report);
  for (const char* key : {"mean_ns", "p50_ns", "p90_ns", "p999_ns", "sent_mean_ns", "sent_p10_ns",
                          "sent_p99_ns", "producer_cpu_ns_per_message", "consumer_cpu_ns_per_message"}) {
    EXPECT_EQ(text.find(std::string("\"") + key + "\":"), std::string::npos) << key;
  }
}

// 950 round trips of 100 ns and 50 of 120, in buckets of one nanosecond. Catches another percentile.
TEST(ReportJson, TimedRowsHaveTheirNinetyNinthPercentile) {
  Report report;
  report.cells = {testing::latency_row(testing::make_cell("pipe"), 0, 100)};
  Measurement& measurement = testing::measurement_at(report.cells, 0);
  measurement.histogram = {{100, 950}, {120, 50}};
  measurement.max_ns = 120;
  const json row = written(report)["benchmarks"][0];
  EXPECT_EQ(row["p10_ns"], 100.0);
  EXPECT_EQ(row["p99_ns"], 120.0);
}

// These keys are read by other tools. 1000 round trips of 3008 ns, 1504 and 752 ns of CPU.
TEST(ReportJson, RowHasTheKeysOfGoogleBenchmark) {
  const json row = written(sample_report())["benchmarks"][3];
  EXPECT_EQ(row["name"], "pipe/latency/size:64/wait:block/peers:fork/cpus:same/real_time");
  EXPECT_EQ(row["run_name"], row["name"]);
  EXPECT_EQ(row["run_type"], "iteration");
  EXPECT_EQ(row["repetitions"], 2);
  EXPECT_EQ(row["repetition_index"], 1);
  EXPECT_EQ(row["threads"], 1);
  EXPECT_EQ(row["iterations"], 1000);
  EXPECT_EQ(row["real_time"], 3104.0);
  EXPECT_EQ(row["cpu_time"], 1552.0 + 776.0);
  EXPECT_EQ(row["time_unit"], "ns");
}

// distinct_row() has another figure for each cost. Catches the costs of one end for those of both, or of the
// other.
TEST(ReportJson, RowsHaveTheCostsOfBothEnds) {
  const json row = written(sample_report())["benchmarks"][1];
  EXPECT_EQ(row["ipc"]["producer_minor_faults"], 104);
  EXPECT_EQ(row["ipc"]["consumer_minor_faults"], 204);
  EXPECT_EQ(row["producer_voluntary_switches"], 102);
  EXPECT_EQ(row["producer_involuntary_switches"], 103);
  EXPECT_EQ(row["consumer_voluntary_switches"], 202);
  EXPECT_EQ(row["consumer_involuntary_switches"], 203);
  EXPECT_EQ(row["cpu_time"], 8.389);  // (101 + 201) / 36
}

// Catches figures that claim more digits than they have, and rounding that begins at a fixed place.
TEST(ReportJson, DerivedFiguresHaveFourDigits) {
  for (const auto& [elapsed_ns, rate] :
       {std::pair{1'000'000'300U, 100'000.0}, std::pair{81'000'123U, 1'235'000.0}}) {
    Report report;
    report.cells = {testing::throughput_row(testing::make_cell("pipe"), 0, 800)};
    Measurement& measurement = testing::measurement_at(report.cells, 0);
    measurement.elapsed_ns = elapsed_ns;
    measurement.messages = 100'000;
    const json row = written(report)["benchmarks"][0];
    EXPECT_EQ(row["items_per_second"], rate);
    EXPECT_EQ(row["ipc"]["elapsed_ns"], elapsed_ns);
  }
}

// Families are pipe/latency (two cells) and pipe/throughput. Catches counting launches as cells.
TEST(ReportJson, RowsCarryFamilyAndInstance) {
  const json rows = written(sample_report())["benchmarks"];
  const auto indices = [&](std::size_t i) {
    return std::pair(rows[i]["family_index"].get<int>(), rows[i]["per_family_instance_index"].get<int>());
  };
  EXPECT_EQ(indices(0), std::pair(0, 0));
  EXPECT_EQ(indices(1), std::pair(0, 1));
  EXPECT_EQ(indices(2), std::pair(1, 0));
  EXPECT_EQ(indices(3), std::pair(0, 0));
}

// github-action-benchmark and similar tools compare bytes_per_second where they see it.
TEST(ReportJson, LatencyAndThroughputRowsHaveTheirOwnKeysOnly) {
  const json rows = written(sample_report())["benchmarks"];
  EXPECT_FALSE(rows[0].contains("bytes_per_second"));
  EXPECT_FALSE(rows[0].contains("items_per_second"));
  EXPECT_EQ(rows[0]["p99_ns"], 3008.0);
  EXPECT_EQ(rows[2]["bytes_per_second"], 8e7);
  EXPECT_EQ(rows[2]["items_per_second"], 1.25e6);
  for (const char* key : {"min_ns", "p10_ns", "p99_ns", "max_ns"}) {
    EXPECT_FALSE(rows[2].contains(key)) << key;
  }
}

// A floor that moves nothing must not claim terabytes a second.
TEST(ReportJson, RowsOfWhatCarriesNothingHaveNoBytes) {
  Report report = sample_report();
  report.cells = {testing::throughput_row(testing::make_cell("null"), 0, 800)};
  const json row = written(report)["benchmarks"][0];
  EXPECT_EQ(row["items_per_second"], 1.25e6);
  EXPECT_FALSE(row.contains("bytes_per_second"));
}

// Catches keys of one pattern in rows of another, and loads or fans that are read as their defaults.
TEST(ReportJson, RowsOfOtherPatternsHaveTheirOwnKeysOnly) {
  const json rows = written(sample_report())["benchmarks"];
  const auto& [oneway, by_rate, by_share, fanin, fanout] =
      std::tie(rows[4], rows[5], rows[6], rows[7], rows[8]);
  EXPECT_EQ(oneway["clock_offset_low_ns"], -9'223'372'036'854'775'807);
  EXPECT_EQ(oneway["clock_offset_high_ns"], 76);
  EXPECT_EQ(oneway["min_ns"], 1504);
  EXPECT_EQ(by_rate["ipc"]["rate_per_second"], 200'000);
  EXPECT_EQ(by_rate["ipc"]["arrivals"], "constant");
  EXPECT_EQ(by_rate["unsent_messages"], 11);
  EXPECT_EQ(by_share["ipc"]["rate_percent"], 50);
  EXPECT_EQ(by_share["ipc"]["arrivals"], "poisson");
  EXPECT_EQ(by_share["offered_per_second"], 125'000.5);
  EXPECT_EQ(fanin["ipc"]["fan"], 4);
  EXPECT_EQ(fanin["bytes_per_second"], 1.6e8);
  EXPECT_EQ(fanout["ipc"]["fan"], 64);
  EXPECT_EQ(fanout["items_per_second"], 1e6);
  EXPECT_FALSE(fanout.contains("bytes_per_second"));
  for (const char* key : {"clock_offset_low_ns", "offered_per_second", "lag_max_ns", "p99_ns"}) {
    EXPECT_FALSE(fanin.contains(key)) << key;
  }
  for (const char* key : {"rate_percent", "rate_per_second", "arrivals", "fan"}) {
    EXPECT_FALSE(rows[0]["ipc"].contains(key)) << key;
  }
}

// Catches streams that are lost on the way, change places, or have figures of all messages.
TEST(ReportJson, HoldsTheStreamsOfAMix) {
  Report report = sample_report();
  report.cells = {testing::mixed_row(testing::make_cell("pipe"), 0, 1024)};
  const json ipc = written(report)["benchmarks"][0]["ipc"];
  EXPECT_EQ(ipc["rate_streams"], "64@1000+16@4000");
  EXPECT_EQ(ipc["size_bytes"], 64);
  ASSERT_EQ(ipc["streams"].size(), 2U);
  EXPECT_EQ(ipc["streams"][0]["size_bytes"], 64);
  EXPECT_EQ(ipc["streams"][0]["unsent_messages"], 2);
  EXPECT_EQ(ipc["streams"][0]["min_ns"], 2048);
  EXPECT_EQ(ipc["streams"][1]["rate_per_second"], 4000);
  EXPECT_EQ(ipc["streams"][1]["sum_ns"], 800 * 1024);
  const Report read = parse_report(to_json(report), "test");
  EXPECT_EQ(read.cells[0].name, report.cells[0].name);
  EXPECT_EQ(read.cells[0].launches[0].measurement.streams, report.cells[0].launches[0].measurement.streams);
}

TEST(ReportJson, RefusesStreamsThatAreNotThoseOfTheCell) {
  Report report = sample_report();
  report.cells = {testing::mixed_row(testing::make_cell("pipe"), 0, 1024)};
  const auto refusal_of = [&](auto change) {
    json edited = written(report);
    change(edited["benchmarks"][0]["ipc"]);
    try {
      parse_report(edited.dump(), "test");
    } catch (const ReportError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refusal_of([](json& ipc) { ipc.erase("streams"); }),
              ::testing::HasSubstr("\"streams\" is missing"));
  EXPECT_THAT(refusal_of([](json& ipc) { ipc["streams"].erase(1); }),
              ::testing::HasSubstr("not as many as the 2"));
  EXPECT_THAT(refusal_of([](json& ipc) { ipc["streams"].push_back(ipc["streams"][0]); }),
              ::testing::HasSubstr("not as many as the 2"));
  EXPECT_THAT(refusal_of([](json& ipc) { std::swap(ipc["streams"][0], ipc["streams"][1]); }),
              ::testing::HasSubstr("is not the stream of 64 B at 1000/s"));
  EXPECT_THAT(refusal_of([](json& ipc) { ipc["streams"][0]["unsent_messages"] = 201; }),
              ::testing::HasSubstr("above scheduled_messages"));
  EXPECT_THAT(refusal_of([](json& ipc) { ipc["size_bytes"] = 16; }),
              ::testing::HasSubstr("is not 64, the longest of rate_streams"));
}

// Reports written before an optional axis existed measured its default.
TEST(ReportJson, AnAxisThatOlderReportsLackHasItsDefault) {
  json report = written(sample_report());
  EXPECT_EQ(report["benchmarks"][0]["ipc"]["policy"], "other");
  EXPECT_EQ(report["benchmarks"][0]["ipc"]["idle_ns"], 0);
  for (const char* key : {"policy", "idle_ns", "idle_descriptors", "beside", "boundary", "pairs", "chain"})
    report["benchmarks"][0]["ipc"].erase(key);
  EXPECT_EQ(parse_report(report.dump(), "test").cells[0].cell, sample_report().cells[0].cell);
}

// Catches links of their own that read back as one object, and links of a pattern that has no choice.
TEST(ReportJson, HoldsTheLinksOfAFanIn) {
  Report report = sample_report();
  Row row = testing::fan_row(testing::make_cell("pipe"), Pattern::fanin, 4, 0, 400);
  row.cell.links = Links::each;
  Row fanout = testing::fan_row(testing::make_cell("pipe"), Pattern::fanout, 4, 0, 400);
  report.cells = {row, fanout};
  json file = written(report);
  EXPECT_EQ(file["benchmarks"][0]["ipc"]["links"], "each");
  EXPECT_FALSE(file["benchmarks"][1]["ipc"].contains("links"));
  EXPECT_EQ(parse_report(file.dump(), "test").cells[0].cell, row.cell);
  file["benchmarks"][0]["ipc"]["links"] = "two";
  EXPECT_THAT(testing::refusal_of([&] { parse_report(file.dump(), "file.json"); }),
              ::testing::HasSubstr("is not one of one, each"));
  row.cell.links = Links::one;
  report.cells = {row};
  json before_there_was_a_choice = written(report);
  before_there_was_a_choice["benchmarks"][0]["ipc"].erase("links");
  EXPECT_EQ(parse_report(before_there_was_a_choice.dump(), "test").cells[0].cell.links, Links::one);
}

// Catches a pause whose unit changes on its way, and a load or boundary that reads back as none.
TEST(ReportJson, HoldsThePauseTheLoadAndTheBoundary) {
  Row row = testing::latency_row(testing::make_cell("pipe"), 0, 3000);
  row.cell.idle_ns = 10'000'000;
  row.cell.watched = 10'000;
  row.cell.beside = Beside::cpu;
  row.cell.boundary = Boundary::ipc;
  Report report = sample_report();
  report.cells = {row};
  const json ipc = written(report)["benchmarks"][0]["ipc"];
  EXPECT_EQ(ipc["idle_ns"], 10'000'000);
  EXPECT_EQ(ipc["idle_descriptors"], 10'000);
  EXPECT_EQ(ipc["beside"], "cpu");
  EXPECT_EQ(ipc["boundary"], "ipc");
  EXPECT_EQ(parse_report(to_json(report), "test").cells[0].cell, row.cell);
}

Row row_of_pairs() {
  Row row = testing::latency_row(testing::make_cell("pipe"), 0, 3000);
  row.cell.pairs = 2;
  row.measurement.windows.clear();
  row.measurement.pairs = {{row.measurement.messages - 300, row.measurement.elapsed_ns, 0, std::nullopt},
                           {300, row.measurement.elapsed_ns - 7, 1, 2}};
  return row;
}

// Catches a pair that is lost on its way, and a CPU that reads back as 0.
TEST(ReportJson, HoldsEachOfSeveralPairs) {
  Report report = sample_report();
  report.cells = {row_of_pairs()};
  const json ipc = written(report)["benchmarks"][0]["ipc"];
  EXPECT_EQ(ipc["pairs"], 2);
  EXPECT_EQ(ipc["each_pair"][0]["consumer_cpu"], nullptr);
  const Report read = parse_report(to_json(report), "test");
  EXPECT_EQ(read.cells[0].cell, row_of_pairs().cell);
  EXPECT_EQ(read.cells[0].launches[0].measurement.pairs, row_of_pairs().measurement.pairs);
}

TEST(ReportJson, RefusesPairsThatDoNotAddUp) {
  Report report = sample_report();
  report.cells = {row_of_pairs()};
  const auto refusal_of = [&](auto change) {
    json edited = written(report);
    change(edited["benchmarks"][0]["ipc"]["each_pair"]);
    return testing::refusal_of([&] { parse_report(edited.dump(), "file.json"); });
  };
  EXPECT_THAT(refusal_of([](json& pairs) { pairs.erase(1); }),
              ::testing::HasSubstr("not as many as the 2 pairs"));
  EXPECT_THAT(refusal_of([](json& pairs) { pairs[1]["messages"] = 299; }),
              ::testing::HasSubstr("do not add up"));
  EXPECT_THAT(refusal_of([](json& pairs) { pairs[0]["elapsed_ns"] = 5; }),
              ::testing::HasSubstr("do not add up"));
  EXPECT_THAT(refusal_of([](json& pairs) { pairs[1]["messages"] = 0; }),
              ::testing::HasSubstr("needs messages"));
}

// Catches a chain that reads back as a pair, and CPUs that are lost or of another chain.
TEST(ReportJson, HoldsAChainAndWhereItRan) {
  Row row = testing::latency_row(testing::make_cell("pipe"), 0, 3000);
  row.cell.chain = 3;
  row.measurement.chain_cpus = {0, 1, std::nullopt};
  Report report = sample_report();
  report.cells = {row};
  json file = written(report);
  EXPECT_EQ(file["benchmarks"][0]["ipc"]["chain"], 3);
  const Report read = parse_report(file.dump(), "test");
  EXPECT_EQ(read.cells[0].cell, row.cell);
  EXPECT_EQ(read.cells[0].launches[0].measurement.chain_cpus, row.measurement.chain_cpus);
  file["benchmarks"][0]["ipc"]["chain_cpus"].erase(2);
  EXPECT_THAT(testing::refusal_of([&] { parse_report(file.dump(), "file.json"); }),
              ::testing::HasSubstr("not as many as the 3 ends"));
}

// Reports written before there were batches measured each message by itself.
TEST(ReportJson, HoldsTheBatchOfAStream) {
  Report report;
  Cell cell = testing::make_cell("pipe");
  cell.pattern = Pattern::throughput;
  cell.batch = 16;
  report.cells.add(testing::throughput_row(cell, 0, 800));
  json file = written(report);
  EXPECT_EQ(file["benchmarks"][0]["ipc"]["batch"], 16);
  EXPECT_EQ(parse_report(file.dump(), "test").cells[0].cell.batch, 16U);
  file["benchmarks"][0]["ipc"].erase("batch");
  file["benchmarks"][0]["name"] = "pipe/throughput/size:64/wait:block/peers:fork/cpus:same/real_time";
  file["benchmarks"][0]["run_name"] = file["benchmarks"][0]["name"];
  EXPECT_EQ(parse_report(file.dump(), "test").cells[0].cell.batch, 1U);
}

TEST(ReportJson, HoldsTheNodeOfTheMemory) {
  Report report = sample_report();
  std::optional<int>& node = report.cells[0].launches[0].measurement.memory_node;
  node = 1;
  EXPECT_EQ(written(report)["benchmarks"][0]["ipc"]["memory"], "consumer");
  EXPECT_EQ(written(report)["benchmarks"][0]["ipc"]["memory_node"], 1);
  EXPECT_EQ(parse_report(to_json(report), "test").cells[0].launches[0].measurement.memory_node, 1);
  node.reset();
  EXPECT_FALSE(written(report)["benchmarks"][0]["ipc"].contains("memory_node"));
  EXPECT_EQ(parse_report(to_json(report), "test").cells[0].launches[0].measurement.memory_node, std::nullopt);
}

// Reports of the first version have no sum. Their timed phase was filled with round trips: 1000 of 3008 ns.
TEST(ReportJson, OldLatencyRowsHaveTheirMeanFromTheTimedPhase) {
  json report = written(sample_report());
  report["benchmarks"][0]["ipc"].erase("sum_ns");
  EXPECT_EQ(parse_report(report.dump(), "test").cells[0].launches[0].measurement.sum_ns, 3'008'000U);
}

}  // namespace
}  // namespace ipcbench
