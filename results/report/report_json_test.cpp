#include "results/report/report_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tuple>

#include "results/report/metrics.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;
using testing::sample_report;

Report through_json(const Report& report) { return parse_report(to_json(report), "test"); }
json tree(const Report& report) { return json::parse(to_json(report)); }

void expect_equal(const SideCost& a, const SideCost& b) {
  EXPECT_EQ(a.cpu_ns, b.cpu_ns);
  EXPECT_EQ(a.voluntary_switches, b.voluntary_switches);
  EXPECT_EQ(a.involuntary_switches, b.involuntary_switches);
  EXPECT_EQ(a.minor_faults, b.minor_faults);
  EXPECT_EQ(a.run_delay_ns, b.run_delay_ns);
  EXPECT_EQ(a.cpu, b.cpu);
}

void expect_equal(const Measurement& a, const Measurement& b) {
  EXPECT_EQ(a.messages, b.messages);
  EXPECT_EQ(a.lost_messages, b.lost_messages);
  EXPECT_EQ(a.verified_messages, b.verified_messages);
  EXPECT_EQ(a.elapsed_ns, b.elapsed_ns);
  EXPECT_EQ(a.min_ns, b.min_ns);
  EXPECT_EQ(a.max_ns, b.max_ns);
  EXPECT_EQ(a.sum_ns, b.sum_ns);
  EXPECT_EQ(a.trim, b.trim);
  EXPECT_EQ(a.clock_offset, b.clock_offset);
  EXPECT_EQ(a.schedule, b.schedule);
  EXPECT_EQ(a.line, b.line);
  EXPECT_EQ(a.disturbance, b.disturbance);
  EXPECT_EQ(a.sent, b.sent);
  EXPECT_EQ(a.histogram, b.histogram);
  expect_equal(a.producer, b.producer);
  expect_equal(a.consumer, b.consumer);
  ASSERT_EQ(a.windows.size(), b.windows.size());
  for (std::size_t i = 0; i < a.windows.size(); ++i) {
    EXPECT_EQ(a.windows[i].messages, b.windows[i].messages);
    EXPECT_EQ(a.windows[i].elapsed_ns, b.windows[i].elapsed_ns);
  }
  EXPECT_EQ(a.settings, b.settings);
  EXPECT_EQ(a.memory_node, b.memory_node);
}

// Every field of a row survives, extreme integers included: catches a field forgotten or swapped.
TEST(ReportJson, RowsComeBackEqual) {
  const std::vector<Row> before = testing::rows_of(sample_report().cells);
  const std::vector<Row> after = testing::rows_of(through_json(sample_report()).cells);
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].cell, before[i].cell);
    EXPECT_EQ(after[i].launch, before[i].launch);
    expect_equal(after[i].measurement, before[i].measurement);
  }
}

TEST(ReportJson, SessionComesBackEqual) {
  const Session before = testing::sample_session();
  const Session after = through_json(sample_report()).session;
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.seed, before.seed);
  EXPECT_EQ(after.profile, before.profile);
  EXPECT_EQ(after.command, before.command);
  EXPECT_EQ(after.started_utc, before.started_utc);
  EXPECT_EQ(after.ended_utc, before.ended_utc);
  EXPECT_EQ(after.planned_launches, before.planned_launches);
  EXPECT_EQ(after.complete, before.complete);
  EXPECT_EQ(after.note, before.note);
}

// Catches a count that is lost, and one invented for a report that does not say.
TEST(ReportJson, RepeatedLaunchesComeBackEqual) {
  Report before = sample_report();
  EXPECT_FALSE(through_json(before).session.repeated_launches);
  before.session.repeated_launches = 7;
  EXPECT_EQ(through_json(before).session.repeated_launches, 7U);
}

// Catches a setting that is lost or swapped, after which nobody can repeat the run; and settings invented for
// an older report.
TEST(ReportJson, SettingsComeBackEqual) {
  using std::chrono::milliseconds;
  Report before = sample_report();
  EXPECT_FALSE(through_json(before).session.settings);
  before.session.settings = {.warm_up = milliseconds(1),
                             .timed = milliseconds(2),
                             .longest_timed = milliseconds(3),
                             .budget = milliseconds(4),
                             .adds_launches = true};
  EXPECT_EQ(through_json(before).session.settings, before.session.settings);
  before.session.settings = {.warm_up = milliseconds(1), .timed = milliseconds(2)};
  EXPECT_EQ(through_json(before).session.settings, before.session.settings);
}

TEST(ReportJson, DistancesComeBackEqual) {
  Report before = sample_report();
  const auto after = through_json(before).floors.distances.value();
  ASSERT_EQ(after.size(), 2U);
  EXPECT_EQ(after[0].cpus, Cpus::same);
  EXPECT_FALSE(after[0].line_rtt_ns);
  EXPECT_EQ(after[0].wake_ns, 2500);
  EXPECT_EQ(after[1].line_rtt_ns, 110.5);
  before.floors.distances.reset();
  EXPECT_FALSE(through_json(before).floors.distances);
}

// Catches a counter forgotten or swapped, a missing one that comes back as 0, and counts of a report without
// any.
TEST(ReportJson, CountsComeBackEqual) {
  Report before = sample_report();
  EXPECT_EQ(through_json(before).counts, before.counts);
  EXPECT_EQ(tree(before)["ipcbench"]["counts"]["cells"][0]["producer"], json({{"system_calls", 800}}));
  before.counts->cells[0].consumer = {
      .system_calls = 1, .cycles = 18'446'744'073'709'551'615U, .instructions = 3, .cache_misses = 0};
  before.counts->cells.push_back({.cell = "other", .messages = 1, .producer = {}, .consumer = {}});
  EXPECT_EQ(through_json(before).counts, before.counts);
  before.counts.reset();
  EXPECT_FALSE(through_json(before).counts);
  EXPECT_FALSE(tree(before)["ipcbench"].contains("counts"));
}

// Catches a division by zero messages, a cell with two counts, and a counter that nobody knows.
TEST(ReportJson, CountsThatCannotBeAreRefused) {
  const Report before = sample_report();
  Report changed = before;
  changed.counts->cells[0].messages = 0;
  EXPECT_THROW(through_json(changed), ReportError);
  changed = before;
  changed.counts->cells.push_back(changed.counts->cells[0]);
  EXPECT_THROW(through_json(changed), ReportError);
  changed = before;
  changed.counts->missing[0].counter = "page_faults";
  EXPECT_THROW(through_json(changed), ReportError);
}

// Catches answers that swap their questions or states, and guarantees invented for a report without any.
TEST(ReportJson, GuaranteesComeBackEqual) {
  Report before = sample_report();
  EXPECT_EQ(through_json(before).guarantees, before.guarantees);
  EXPECT_EQ(tree(before)["ipcbench"]["guarantees"]["pipe"]["unrelated"],
            json({{"state", "found"}, {"answer", "inherit"}}));
  json unknown = tree(before);
  unknown["ipcbench"]["guarantees"]["pipe"]["colour"] = {{"state", "found"}, {"answer", "red"}};
  EXPECT_THROW(parse_report(unknown.dump(), "test"), ReportError);
  before.guarantees.clear();
  EXPECT_TRUE(through_json(before).guarantees.empty());
  EXPECT_FALSE(tree(before)["ipcbench"].contains("guarantees"));
}

// Catches half a measurement of the distance, and one that cannot be.
TEST(ReportJson, TheDistanceOfTheCpusIsWholeOrAbsent) {
  json report = tree(sample_report());
  report["benchmarks"][1].erase("line_rtt_after_ns");
  EXPECT_THROW(parse_report(report.dump(), "test"), ReportError);
  report["benchmarks"][1]["line_rtt_after_ns"] = 0;
  EXPECT_THROW(parse_report(report.dump(), "test"), ReportError);
}

// Catches a duet that loses its side, and a duet invented for an ordinary session.
TEST(ReportJson, DuetAndPrecisionComeBackEqual) {
  Report before = sample_report();
  EXPECT_FALSE(through_json(before).session.duet);
  EXPECT_FALSE(through_json(before).session.precision);
  before.session.duet = {
      .id = "duet", .side = "new", .first_blocks = 10, .second_blocks = 30, .most_second_blocks = 77};
  before.session.precision = {
      .target = 0.125, .most_launches = 12, .cells_extended = 5, .cells_imprecise = 2};
  const Session after = through_json(before).session;
  EXPECT_EQ(after.duet.value().id, "duet");
  EXPECT_EQ(after.duet->side, "new");
  EXPECT_EQ(after.duet->first_blocks, 10U);
  EXPECT_EQ(after.duet->second_blocks, 30U);
  EXPECT_EQ(after.duet->most_second_blocks, 77U);
  EXPECT_EQ(after.precision, before.session.precision);
  before.session.duet->side = "left";
  EXPECT_THROW(through_json(before), ReportError);
}

TEST(ReportJson, ContextComesBackEqual) {
  const BenchmarkContext before = testing::sample_context();
  const BenchmarkContext after = through_json(sample_report()).context;
  EXPECT_EQ(after.date, before.date);
  EXPECT_EQ(after.host_name, before.host_name);
  EXPECT_EQ(after.executable, before.executable);
  EXPECT_EQ(after.num_cpus, before.num_cpus);
  EXPECT_EQ(after.mhz_per_cpu, before.mhz_per_cpu);
  EXPECT_EQ(after.cpu_scaling_enabled, before.cpu_scaling_enabled);
  EXPECT_EQ(after.load_avg, before.load_avg);
  EXPECT_EQ(after.library_build_type, before.library_build_type);
  ASSERT_EQ(after.caches.size(), 2U);
  EXPECT_EQ(after.caches[1].type, "Unified");
  EXPECT_EQ(after.caches[1].level, 4);
  EXPECT_EQ(after.caches[1].size_bytes, 33'554'432U);
  EXPECT_EQ(after.caches[1].num_sharing, 5);
}

TEST(ReportJson, FactsDoubtsFloorsAndOmissionsComeBackEqual) {
  const Report after = through_json(sample_report());
  EXPECT_EQ(after.version, "0.1.0");
  ASSERT_EQ(after.host.size(), 3U);
  EXPECT_EQ(std::tie(after.host[1].name, after.host[1].value), std::tuple("governor", "performance"));
  ASSERT_EQ(after.doubts.size(), 3U);
  EXPECT_EQ(after.doubts[0].level, Doubt::Level::warn);
  EXPECT_EQ(after.doubts[1].level, Doubt::Level::info);
  EXPECT_EQ(after.doubts[2].level, Doubt::Level::invalid);
  EXPECT_EQ(after.doubts[2].what, "4 % steal time.");
  EXPECT_EQ(after.doubts[2].advice, "Ask for a quieter host.");
  EXPECT_EQ(after.floors.clock_ns, 27.5);
  EXPECT_EQ(after.floors.clock_resolution_ns, 1);
  EXPECT_EQ(after.floors.null_round_trip_ns, 55.25);
  ASSERT_EQ(after.floors.memcpy_ns.size(), 2U);
  EXPECT_EQ(after.floors.memcpy_ns[1].size_bytes, 65536U);
  EXPECT_EQ(after.floors.memcpy_ns[1].ns, 3000);
  ASSERT_EQ(after.skipped.size(), 1U);
  EXPECT_EQ(after.skipped[0].reason, "a datagram holds 65507 bytes");
  ASSERT_EQ(after.failed.size(), 1U);
  EXPECT_EQ(after.failed[0].cell, "tcp/latency/size:64/wait:block/peers:fork/cpus:same");
}

TEST(ReportJson, EmptyReportComesBackEmpty) {
  const Report after = through_json(Report{});
  EXPECT_TRUE(after.cells.empty());
  EXPECT_FALSE(after.context.cpu_scaling_enabled);
}

// Catches a launch that is read back as its median although it was reported as a trimmed mean, or the
// reverse, as in a report without the key.
TEST(ReportJson, ATrimmedTimeComesBackEqual) {
  Report report;
  report.cells = {testing::latency_row(testing::make_cell("pipe"), 0, 80)};
  Measurement& before = testing::measurement_at(report.cells, 0);
  before.histogram = {{70, 100}, {80, 700}, {90, 200}};
  before.min_ns = 70;
  before.max_ns = 90;
  before.trim = 0.05;
  json text = tree(report);
  const double time = time_ns(Pattern::latency, before);
  EXPECT_EQ(text["benchmarks"][0]["real_time"], 81.11);  // time, with four digits
  const auto after = [&] { return parse_report(text.dump(), "test").cells[0].launches[0].measurement; };
  EXPECT_EQ(after().trim, 0.05);
  EXPECT_EQ(time_ns(Pattern::latency, after()), time);
  text["benchmarks"][0]["real_time"] = 80;
  text["benchmarks"][0]["ipc"].erase("trim");
  EXPECT_EQ(time_ns(Pattern::latency, after()), 80);
}

// Descriptions of mechanisms survive. Reports of older programs have none: then nothing is a floor, and every
// message has bytes.
TEST(ReportJson, MechanismsComeBackEqual) {
  Report report = sample_report();
  report.mechanisms.back().buffer = "pipe_bytes";
  report.mechanisms.back().variant_of = "null";
  EXPECT_EQ(through_json(report).mechanisms, report.mechanisms);
  EXPECT_EQ(tree(report)["ipcbench"]["mechanisms"][0]["floor"], true);
  EXPECT_TRUE(is_floor(report, testing::make_cell("null")));
  EXPECT_TRUE(is_floor(report, testing::make_cell("memcpy")));
  EXPECT_FALSE(is_floor(report, testing::make_cell("pipe")));
  EXPECT_FALSE(carries_payload(report, testing::make_cell("null")));
  EXPECT_TRUE(carries_payload(report, testing::make_cell("memcpy")));
  EXPECT_FALSE(carries_payload(report, testing::make_cell("pipe", 0)));
  json older = tree(report);
  older["ipcbench"].erase("mechanisms");
  const Report undescribed = parse_report(older.dump(), "test");
  EXPECT_FALSE(is_floor(undescribed, testing::make_cell("null")));
  EXPECT_TRUE(carries_payload(undescribed, testing::make_cell("null")));
}

// Baselines are kept for years. Catches a reader that no longer accepts them.
TEST(ReportJson, BaselinesAreStillRead) {
  std::size_t reports = 0;
  for (const auto& file : std::filesystem::directory_iterator(IPCBENCH_RESULTS_DIR "/baseline")) {
    EXPECT_FALSE(read_report(file.path()).cells.empty()) << file.path();
    ++reports;
  }
  EXPECT_GT(reports, 0U);
}

TEST(ReportJson, ContextSuitsItsReaders) {
  const json context = tree(Report{})["context"];
  EXPECT_TRUE(context["json_schema_version"].is_number_integer());
  EXPECT_TRUE(context["caches"].is_array());
  EXPECT_FALSE(context.contains("cpu_scaling_enabled"));
}

// One row a line, for diff and grep.
TEST(ReportJson, WritesOneRowALine) {
  EXPECT_THAT(to_json(sample_report()),
              ::testing::ContainsRegex("\n\\{\"name\":\"pipe/throughput[^\n]*\\},\n"));
}

TEST(ReportJson, RefusesWhatIsNotANumber) {
  Report report = sample_report();
  report.floors.clock_ns = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(to_json(report), std::invalid_argument);
  report = sample_report();
  report.floors.memcpy_ns[0].ns = std::numeric_limits<double>::infinity();
  EXPECT_THROW(to_json(report), std::invalid_argument);
}

// Catches a time across two clocks without their offset, and a load without its schedule.
TEST(ReportJson, RefusesRowsThatLackWhatTheirPatternNeeds) {
  Report report = sample_report();
  testing::measurement_at(report.cells, 4).clock_offset.reset();
  EXPECT_THROW(to_json(report), std::invalid_argument);
  report = sample_report();
  testing::measurement_at(report.cells, 5).schedule.reset();
  EXPECT_THROW(to_json(report), std::invalid_argument);
}

TEST(ReportJson, RefusesRowsWithoutMessagesSamplesOrTime) {
  Report report = sample_report();
  testing::measurement_at(report.cells, 2).messages = 0;
  EXPECT_THROW(to_json(report), std::invalid_argument);
  report = sample_report();
  testing::measurement_at(report.cells, 2).elapsed_ns = 0;
  EXPECT_THROW(to_json(report), std::invalid_argument);
  report = sample_report();
  testing::measurement_at(report.cells, 0).histogram.clear();
  EXPECT_THROW(to_json(report), std::invalid_argument);
}

// A repeated key would make a report unreadable after hours of measuring.
TEST(ReportJson, TheLaterOfTwoFactsStands) {
  Report report;
  report.host = {{"kernel", "1"}, {"load", "0"}, {"kernel", "2"}};
  const Report after = through_json(report);
  ASSERT_EQ(after.host.size(), 2U);
  EXPECT_EQ(after.host[0].value, "2");
}

// Arguments and host names are bytes; the report stays JSON.
TEST(ReportJson, ReplacesBytesThatAreNotUtf8) {
  Report report;
  report.session.command = {"a\xff"};
  EXPECT_EQ(through_json(report).session.command[0], "a\xef\xbf\xbd");
}

// A `standard` session has some 7,000 launches, and the file must stay below 30 MiB. Here a thousand of 40
// windows, half of them latency with 200 buckets filled.
TEST(ReportJson, OfAThousandRowsStaysUnderFourMebibytes) {
  Report report;
  Row row = testing::distinct_row();
  row.measurement.histogram.clear();
  for (std::size_t i = 0; i < 200; ++i) {
    row.measurement.histogram.push_back({Histogram::lower_bound_ns(1000 + i), 12345});
  }
  row.measurement.windows.assign(40, {12'345, 12'345'678});
  row.measurement.max_ns = 100'000;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    Row next = i % 2 == 0 ? row : testing::throughput_row(row.cell, i, 1000);
    next.launch = i;
    next.measurement.windows = row.measurement.windows;
    report.cells.add(std::move(next));
  }
  const std::string text = to_json(report);
  EXPECT_LT(text.size(), std::size_t{4} << 20);
  EXPECT_EQ(parse_report(text, "test").cells.launches(), 1000U);
}

}  // namespace
}  // namespace ipcbench
