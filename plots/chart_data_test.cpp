#include "plots/chart_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/base/cell.hpp"
#include "plots/testing/charts_sample.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::Pair;

json value_at(const json& column, std::size_t index) {
  if (column.contains("all")) return column.at("all");
  if (column.contains("words")) return column.at("words").at(column.at("at").at(index).get<std::size_t>());
  return column.at("each").at(index);
}

json report_of(const Report& report) {
  return json::parse(chart_data_json({{"r", report}})).at("reports").at(0);
}

// The cells as records; fields that no cell has are absent.
json cells_of(const Report& report) {
  const json cells = report_of(report).at("cells");
  json records = json::array();
  for (std::size_t i = 0; i < cells.at("count").get<std::size_t>(); ++i) {
    json record = json::object();
    for (const auto& [field, column] : cells.at("columns").items()) record[field] = value_at(column, i);
    records.push_back(std::move(record));
  }
  return records;
}

// Catches mixed-up fields: all numbers below differ.
TEST(ChartData, ACellHasItsAxesAndNumbers) {
  Report report = testing::hostile_sample();
  Row row;
  row.cell = {.mechanism = "pipe",
              .pattern = Pattern::throughput,
              .size_bytes = 4097,
              .wait = Wait::poll,
              .peers = Peers::exec,
              .cpus = Cpus::llc,
              .payload = Payload::scan,
              .load = {},
              .fan = 1,
              .parameters = {{"pipe_bytes", 4096}, {"depth", 2}}};
  row.measurement = {};
  row.measurement.messages = 1000;
  row.measurement.lost_messages = 250;
  row.measurement.elapsed_ns = 2'000'000;  // 2 us a message: 500000 messages, 2048500000 bytes a second
  row.measurement.producer.cpu_ns = 700'000;
  row.measurement.consumer.cpu_ns = 900'000;
  report.cells = {row};
  const json cell = cells_of(report)[0];
  EXPECT_EQ(cell["mechanism"], "pipe");
  EXPECT_EQ(cell["pattern"], "throughput");
  EXPECT_EQ(cell["size_bytes"], 4097);
  EXPECT_EQ(cell["wait"], "poll");
  EXPECT_EQ(cell["peers"], "exec");
  EXPECT_EQ(cell["cpus"], "llc");
  EXPECT_EQ(cell["payload"], "scan");
  EXPECT_EQ(cell["parameters"], "depth=2, pipe_bytes=4096");
  EXPECT_EQ(cell["launches"], 1);
  EXPECT_EQ(cell["time_ns"][0], 2000.0);
  EXPECT_EQ(cell["messages_per_second"][0], 500'000.0);
  EXPECT_EQ(cell["bytes_per_second"][0], 2'048'500'000.0);
  EXPECT_TRUE(cell["p99_ns"].is_null());
  EXPECT_EQ(cell["producer_cpu_ns"], 700.0);
  EXPECT_GT(cell["cpus_busy"], 0.0);
  EXPECT_EQ(cell["consumer_cpu_ns"], 900.0);
  EXPECT_EQ(cell["lost_share"], 0.2);
}

// Catches a load, a fan or a clock check that is missing in the charts, or that other patterns have too.
TEST(ChartData, ACellHasTheFieldsOfItsPattern) {
  const Cell pipe = testing::make_cell("pipe");
  Report report = testing::hostile_sample();
  Row by_rate = testing::paced_row(pipe, 0, 3008);
  by_rate.cell.load = {.per_second = 5000};
  by_rate.measurement.schedule->unsent_messages = 250;
  report.cells = {testing::oneway_row(pipe, 0, 3008), testing::paced_row(pipe, 0, 3008), by_rate,
                  testing::fan_row(pipe, Pattern::fanin, 4, 0, 400)};
  const auto cells = cells_of(report);
  EXPECT_EQ(cells[0]["clock_bound_ns"], 125.0);
  EXPECT_EQ(cells[0]["clocks_agree"], true);
  EXPECT_TRUE(cells[0]["rate"].is_null());
  EXPECT_TRUE(cells[0]["unsent_share"].is_null());
  EXPECT_TRUE(cells[0]["sent_p50_ns"].is_null());
  EXPECT_EQ(cells[1]["rate"], "50%");
  EXPECT_EQ(cells[1]["arrivals"], "poisson");
  EXPECT_NEAR(cells[1]["offered_per_second"].get<double>(), 125'000.5, 1);
  EXPECT_NEAR(cells[1]["sent_p50_ns"].get<double>(), 1504, 12);  // within a bucket
  EXPECT_EQ(cells[1]["lag_p50_ns"], 20.0);
  EXPECT_EQ(cells[1]["lag_p99_ns"], 30.0);
  EXPECT_TRUE(cells[1]["fan"].is_null());
  EXPECT_EQ(cells[2]["rate"], "5000");
  EXPECT_EQ(cells[2]["arrivals"], "constant");
  EXPECT_EQ(cells[2]["unsent_share"], 0.25);
  EXPECT_EQ(cells[3]["fan"], "4");
  EXPECT_TRUE(cells[3]["clock_bound_ns"].is_null());
}

// 1000 round trips. Catches the other end's costs, and 0 for what was not counted.
TEST(ChartData, ACellSaysWhatAMessageCosts) {
  Report report = testing::hostile_sample();
  Row row = testing::latency_row(testing::make_cell("pipe"), 0, 3008);
  row.measurement.producer.run_delay_ns = 250'000;
  row.measurement.consumer.voluntary_switches = 1500;
  report.cells = {row};
  report.counts.reset();
  const auto cell = [&] { return cells_of(report)[0]; };
  EXPECT_EQ(cell()["producer_run_delay_ns"], 250.0);
  EXPECT_TRUE(cell()["consumer_run_delay_ns"].is_null());
  EXPECT_EQ(cell()["producer_switches"], 0.0);
  EXPECT_EQ(cell()["consumer_switches"], 1.5);
  EXPECT_TRUE(cell()["producer_system_calls"].is_null());
  report.counts = testing::sample_counts();
  EXPECT_EQ(cell()["producer_system_calls"], 2.0);
  EXPECT_EQ(cell()["consumer_system_calls"], 2.5);
}

// Three launches of 3008 and three of 6016 ns, each 1504 from the median of 4512. One of them stepped from
// 120 to 100 ns a message. Catches quality figures that are missing in the page.
TEST(ChartData, ACellSaysHowFarItCanBeTrusted) {
  Report report = testing::hostile_sample();
  report.cells = {};
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    const std::uint64_t ns = launch % 2 == 0 ? 3008 : 6016;
    report.cells.add(testing::latency_row(testing::make_cell("pipe"), launch, ns));
  }
  testing::measurement_at(report.cells, 0).windows.assign(32, {10, 1000});
  std::fill_n(testing::measurement_at(report.cells, 0).windows.begin(), 16, Window{10, 1200});
  testing::measurement_at(report.cells, 1).line = {.before_ns = 110, .after_ns = 485};
  testing::measurement_at(report.cells, 1).disturbance = "its CPUs were moved";
  report.cells.add(testing::throughput_row(testing::make_cell("pipe"), 0, 3008));
  const auto cells = cells_of(report);
  EXPECT_NEAR(cells[0]["spread_between"].get<double>(), 1.4826 / 3, 1e-5);
  EXPECT_EQ(cells[0]["spread_within"], 0.0);
  EXPECT_EQ(cells[0]["not_steady"], 1);
  EXPECT_EQ(cells[0]["bimodal"], true);
  EXPECT_EQ(cells[0]["disturbed"], 1);
  EXPECT_EQ(cells[0]["line_rtt_low_ns"], 110.0);
  EXPECT_EQ(cells[0]["line_rtt_high_ns"], 485.0);
  EXPECT_EQ(cells[0]["mixed_distances"], true);
  EXPECT_EQ(cells[0]["messages"], 6000);
  EXPECT_EQ(cells[0]["p99_high_ns"], 6016.0);
  EXPECT_TRUE(cells[1]["line_rtt_low_ns"].is_null());
  EXPECT_TRUE(cells[1]["spread_between"].is_null());
  EXPECT_TRUE(cells[1]["spread_within"].is_null());
  EXPECT_EQ(cells[1]["not_steady"], 0);
  EXPECT_EQ(cells[1]["bimodal"], false);
}

std::vector<std::pair<std::string, std::string>> values_of(const nlohmann::json& axis) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& each : axis["values"]) values.emplace_back(each["value"], each["label"]);
  return values;
}

const nlohmann::json& axis_of(const nlohmann::json& axes, std::string_view field) {
  return *std::ranges::find(axes, field, [](const auto& axis) { return axis["field"]; });
}

// Catches an axis without a chooser: every axis has one, except mechanism, pattern and size.
TEST(ChartData, EveryAxisOfAPatternIsDescribed) {
  Report report = testing::hostile_sample();
  report.cells = {testing::paced_row(testing::make_cell("pipe"), 0, 3008)};
  const auto axes = report_of(report)["axes"];
  ASSERT_EQ(axes.size(), 1U);
  std::vector<std::string> fields;
  for (const auto& axis : axes["paced"]) fields.push_back(axis["field"]);
  std::vector<std::string> expected;
  for (const CellAxis* axis : named_axes()) {
    if (axis->applies == nullptr || axis->applies(Pattern::paced)) expected.emplace_back(axis->name);
  }
  std::erase_if(expected,
                [](const auto& name) { return name == "mechanism" || name == "pattern" || name == "size"; });
  expected.emplace_back("parameters");
  EXPECT_EQ(fields, expected);
  EXPECT_EQ(axis_of(axes["paced"], "wait")["label"], "Waiting");
  EXPECT_EQ(axis_of(axes["paced"], "wait")["always"], true);
  EXPECT_EQ(axis_of(axes["paced"], "payload")["always"], false);
  EXPECT_EQ(axis_of(axes["paced"], "rate")["always"], false);
  EXPECT_EQ(axis_of(axes["paced"], "arrivals")["usual"], "poisson");
}

// Catches values in the order of the file or sorted as text (1000 before 200), and a fan label without its
// sides.
TEST(ChartData, ValuesHaveTheirOrderAndLabels) {
  Cell pipe = testing::make_cell("pipe");
  Row by_rate = testing::paced_row(pipe, 0, 3008);
  by_rate.cell.load = {.per_second = 5000};
  Report report = testing::hostile_sample();
  report.cells = {
      by_rate, testing::paced_row(pipe, 0, 3008), testing::fan_row(pipe, Pattern::fanin, 16, 0, 400),
      testing::fan_row(pipe, Pattern::fanin, 2, 0, 400), testing::fan_row(pipe, Pattern::fanout, 1, 0, 400)};
  for (const Wait wait : {Wait::spin, Wait::block}) {
    pipe.wait = wait;
    pipe.parameters = {{"pipe_bytes", 4096}};
    report.cells.add(testing::latency_row(pipe, 0, 3008));
  }
  pipe.parameters.clear();
  report.cells.add(testing::latency_row(pipe, 0, 3008));
  const auto axes = report_of(report)["axes"];
  EXPECT_THAT(values_of(axis_of(axes["latency"], "wait")),
              ElementsAre(Pair("block", "block (sleep in the kernel)"), Pair("spin", "spin (busy)")));
  EXPECT_THAT(values_of(axis_of(axes["latency"], "parameters")),
              ElementsAre(Pair("", "defaults"), Pair("pipe_bytes=4096", "pipe_bytes=4096")));
  EXPECT_THAT(values_of(axis_of(axes["paced"], "rate")),
              ElementsAre(Pair("50%", "50 % of capacity"), Pair("5000", "5.00 k msg/s")));
  EXPECT_THAT(
      values_of(axis_of(axes["fanin"], "fan")),
      ElementsAre(Pair("2", "2 producers to one consumer"), Pair("16", "16 producers to one consumer")));
  EXPECT_THAT(values_of(axis_of(axes["fanout"], "fan")),
              ElementsAre(Pair("1", "one producer to one consumer")));
}

// Catches mechanisms without a kind, and floors before the other mechanisms.
TEST(ChartData, MechanismsComeByKindAndName) {
  Report report = testing::hostile_sample();
  report.mechanisms = {{.name = "none", .kind = MechanismKind::floor, .carries_bytes = false, .made_of = ""},
                       {.name = "b", .kind = MechanismKind::pipe, .made_of = "two pipes"},
                       {.name = "a", .kind = MechanismKind::pipe, .made_of = ""}};
  const auto mechanisms = report_of(report)["mechanisms"];
  ASSERT_EQ(mechanisms.size(), 3U);
  EXPECT_EQ(mechanisms[0]["name"], "a");
  const nlohmann::json expected{
      {"name", "b"}, {"kind", "Pipes"}, {"floor", false}, {"carries_bytes", true}, {"made_of", "two pipes"}};
  EXPECT_EQ(mechanisms[1], expected);
  EXPECT_EQ(mechanisms[2]["floor"], true);
}

// Two mechanisms that differ by a thousandth now in one direction, now in the other, and one of twice their
// time. Catches ties of the wrong cells, and ties that both cells name.
TEST(ChartData, CellsNameTheLaterOnesThatCannotBeToldFromThem) {
  Report report = testing::hostile_sample();
  report.cells = {};
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    const std::uint64_t even = launch % 2 == 0 ? 3 : 0;
    report.cells.add(testing::latency_row(testing::make_cell("slow"), launch, 6016));
    report.cells.add(testing::latency_row(testing::make_cell("a"), launch, 3008 + even));
    report.cells.add(testing::latency_row(testing::make_cell("b"), launch, 3011 - even));
  }
  const json cells = cells_of(report);
  EXPECT_EQ(cells[0]["ties"], json::array());
  EXPECT_EQ(cells[1]["ties"], json::array({2}));
  EXPECT_EQ(cells[2]["ties"], json::array());
  EXPECT_EQ(cells[1]["figures"].size(), 6U);
}

// A thousand round trips of one time support the 99th percentile and no more. Catches launches that do not
// count, and percentiles of all launches together.
TEST(ChartData, ACellHasThePercentilesOfEachLaunch) {
  Report report = testing::hostile_sample();
  report.cells = {};
  report.cells.add(testing::latency_row(testing::make_cell("pipe"), 0, 3008));
  report.cells.add(testing::latency_row(testing::make_cell("pipe"), 1, 6016));
  report.cells.add(testing::throughput_row(testing::make_cell("pipe"), 0, 3008));
  const json cells = cells_of(report);
  const json& launches = cells[0]["launch_quantiles_ns"];
  ASSERT_EQ(launches.size(), 2U);
  EXPECT_EQ(launches[0], json::array({3008, 3008, 3008}));
  EXPECT_EQ(launches[1], json::array({6016, 6016, 6016}));
  EXPECT_TRUE(cells[1]["launch_quantiles_ns"].is_null());
}

// Catches a command that a shell would take apart or run.
TEST(ChartData, TheCommandIsQuotedForAShell) {
  Report report = testing::hostile_sample();
  report.session.command = {"ipcbench", "run", "--mechanism", "unix_*", "it's; rm", ""};
  EXPECT_EQ(report_of(report)["command"], R"(ipcbench run --mechanism 'unix_*' 'it'\''s; rm' '')");
}

// Catches an answer under another question, and an empty table where nothing was probed.
TEST(ChartData, TheReportSaysWhatWasGuaranteed) {
  Report report = testing::hostile_sample();
  report.guarantees = {};
  EXPECT_TRUE(report_of(report)["guarantees"].is_null());
  report.guarantees["pipe"][Guarantee::order] = {.state = GuaranteeAnswer::State::found, .answer = "yes"};
  report.guarantees["pipe"][Guarantee::senders] = {.state = GuaranteeAnswer::State::not_tried,
                                                   .answer = "not tried"};
  const json guarantees = report_of(report)["guarantees"];
  EXPECT_EQ(guarantees["questions"]["order"], "do messages arrive in the order of sending?");
  EXPECT_EQ(guarantees["mechanisms"]["pipe"]["order"]["answer"], "yes");
  EXPECT_EQ(guarantees["mechanisms"]["pipe"]["senders"]["state"], "not_tried");
}

TEST(ChartData, ClaimsArePassedOn) {
  const Report report = testing::hostile_sample();
  EXPECT_TRUE(report_of(report)["claims"].is_null());
  const json data = json::parse(chart_data_json({{"r", report, R"({"claims": [{"number": 1}]})"}}));
  EXPECT_EQ(data["reports"][0]["claims"]["claims"][0]["number"], 1);
}

TEST(ChartData, ASessionHasItsSurroundings) {
  const auto data = nlohmann::json::parse(chart_data_json({{"run", testing::charts_sample()}}));
  const auto& report = data["reports"][0];
  EXPECT_EQ(report["name"], "run");
  EXPECT_EQ(report["kernel"], "Linux 6.18.0");
  EXPECT_EQ(report["cpu"], "Sample CPU at 3 GHz");
  EXPECT_EQ(report["note"], "the time ran out after 3 of 5 launches per cell");
  EXPECT_EQ(report["doubts"][2]["level"], "invalid");
  EXPECT_EQ(report["skipped"].size(), 1U);
  EXPECT_EQ(report["failed"][0]["reason"], "consumer killed by signal 9");
}

}  // namespace
}  // namespace ipcbench
