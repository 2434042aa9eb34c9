#include "bench/run/launch_protocol.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "harness/cleanup/run_directory.hpp"
#include "harness/registry/registry.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using testing::make_cell;

// A new member does not compile here, and has to be added.
auto parts_of(const SideCost& cost) {
  const auto& [cpu_ns, voluntary, involuntary, faults, run_delay_ns, cpu] = cost;
  return std::tuple(cpu_ns, voluntary, involuntary, faults, run_delay_ns, cpu);
}
auto parts_of(const Measurement& measurement) {
  const auto& [messages, lost, verified, elapsed_ns, min_ns, max_ns, sum_ns, histogram, trim, producer,
               consumer, clock_offset, schedule, line, core, sent, set_up, streams, pairs, chain_cpus,
               windows, disturbance, settings, memory_node, counts] = measurement;
  EXPECT_FALSE(counts);  // counted launches are made without a launcher
  std::vector<std::pair<std::uint64_t, std::uint64_t>> window_parts;
  for (const auto& [count, ns] : windows) window_parts.emplace_back(count, ns);
  return std::tuple(messages, lost, verified, elapsed_ns, min_ns, max_ns, sum_ns, histogram, trim,
                    parts_of(producer), parts_of(consumer), clock_offset, schedule, line, core, sent, set_up,
                    streams, pairs, chain_cpus, window_parts, disturbance, settings, memory_node);
}

LaunchOutcome travelled(const Cell& cell, const LaunchOutcome& outcome) {
  const std::string line = launch_answer_line(cell, outcome);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  return parse_launch_answer(line, cell);
}

// Catches a figure that is lost, rounded or swapped on its way from the launcher.
TEST(LaunchProtocol, MeasurementsArriveUnchanged) {
  std::vector<Row> rows = testing::rows_of_other_patterns();
  rows.push_back(testing::throughput_row(make_cell("pipe"), 0, 333));
  rows.push_back(testing::mixed_row(make_cell("pipe"), 0, 1024));
  rows.push_back(testing::distinct_row());
  rows.back().measurement.trim = 0.125;
  rows.push_back(testing::latency_row(make_cell("pipe"), 0, 500));
  rows.back().cell.chain = 3;
  rows.back().measurement.chain_cpus = {0, std::nullopt, 1};
  for (const Row& row : rows) {
    const LaunchOutcome outcome = travelled(row.cell, row.measurement);
    ASSERT_TRUE(std::holds_alternative<Measurement>(outcome)) << cell_name(row.cell);
    EXPECT_EQ(parts_of(std::get<Measurement>(outcome)), parts_of(row.measurement)) << cell_name(row.cell);
  }
}

// Catches a kind that becomes another one: a hung cell would be tried in every round.
TEST(LaunchProtocol, FailuresArriveUnchanged) {
  for (const auto kind : {Failure::Kind::killed, Failure::Kind::exited, Failure::Kind::timed_out,
                          Failure::Kind::check_failed, Failure::Kind::error, Failure::Kind::interrupted}) {
    const auto failure =
        std::get<Failure>(travelled(make_cell("pipe"), Failure{kind, "consumer: \"why\"\nand how"}));
    EXPECT_EQ(failure.kind, kind);
    EXPECT_EQ(failure.reason, "consumer: \"why\"\nand how");
  }
}

// A mechanism that this program has.
std::string some_mechanism() { return std::string(mechanisms().front().traits.name); }

LaunchRequest sample_request() {
  LaunchRequest request{.cell = make_cell(some_mechanism(), 4096), .options = {}};
  request.cell.pattern = Pattern::paced;
  request.cell.load = {.percent = 50, .arrivals = Arrivals::poisson};
  request.options.placement = {.cpus = Cpus::same, .producer_cpu = 3, .consumer_cpu = std::nullopt};
  request.options.verify = milliseconds(1);
  request.options.warm_up = milliseconds(2);
  request.options.timed = milliseconds(3);
  request.options.least_samples = 4;
  request.options.time_limit = milliseconds(5);
  request.options.spin = std::chrono::microseconds(6);
  request.options.clock_resolution_ns = 7.5;
  return request;
}

// Catches a launch on other CPUs, of another length, or with what the launcher measured itself.
TEST(LaunchProtocol, RequestsArriveUnchanged) {
  const LaunchRequest sent = sample_request();
  const LaunchRequest read = parse_launch_request(launch_request_line(sent));
  EXPECT_EQ(read.cell, sent.cell);
  EXPECT_EQ(read.options.placement, sent.options.placement);
  EXPECT_EQ(read.options.verify, milliseconds(1));
  EXPECT_EQ(read.options.warm_up, milliseconds(2));
  EXPECT_EQ(read.options.timed, milliseconds(3));
  EXPECT_EQ(read.options.least_samples, 4U);
  EXPECT_EQ(read.options.time_limit, milliseconds(5));
  EXPECT_EQ(read.options.spin, std::chrono::microseconds(6));
  EXPECT_EQ(read.options.clock_resolution_ns, 7.5);
}

TEST(LaunchProtocol, WhatIsNotKnownStaysUnknown) {
  LaunchRequest sent = sample_request();
  sent.options.placement = {};
  sent.cell.cpus = Cpus::free;
  sent.options.spin.reset();
  sent.options.clock_resolution_ns.reset();
  const LaunchRequest read = parse_launch_request(launch_request_line(sent));
  EXPECT_EQ(read.options.placement, Placement{});
  EXPECT_EQ(read.options.spin, std::nullopt);
  EXPECT_EQ(read.options.clock_resolution_ns, std::nullopt);
}

// Catches a launch of nothing, a clock that overflows, and figures credited to another cell.
TEST(LaunchProtocol, RefusesWhatCannotBe) {
  EXPECT_THROW(parse_launch_request("{}"), ReportError);
  LaunchRequest unknown = sample_request();
  unknown.cell.mechanism = "no_such_mechanism";
  EXPECT_THROW(parse_launch_request(launch_request_line(unknown)), ReportError);
  LaunchRequest endless = sample_request();
  endless.options.timed = std::chrono::nanoseconds::max();
  EXPECT_THROW(parse_launch_request(launch_request_line(endless)), ReportError);
  const Row row = testing::latency_row(make_cell("pipe"), 0, 3000);
  const std::string line = launch_answer_line(row.cell, row.measurement);
  EXPECT_THROW(parse_launch_answer(line, make_cell("fifo")), ReportError);
  EXPECT_THROW(parse_launch_answer("{}", row.cell), ReportError);
}

// Catches a launch that rests on figures of the launcher's own. With such a clock every time counts as a
// mean.
TEST(LaunchProtocol, ALaunchRestsOnTheFiguresOfTheRequest) {
  const RunDirectory directory(false);
  Cell cell = make_cell("pipe");
  cell.wait = Wait::adaptive;
  cell.cpus = Cpus::free;
  const LaunchOutcome outcome = launch(cell, {.placement = {},
                                              .warm_up = milliseconds(1),
                                              .timed = milliseconds(1),
                                              .spin = std::chrono::microseconds(123),
                                              .clock_resolution_ns = 1e9,
                                              .time_limit = std::chrono::seconds(30)});
  ASSERT_TRUE(std::holds_alternative<Measurement>(outcome)) << std::get<Failure>(outcome).reason;
  const auto& measurement = std::get<Measurement>(outcome);
  EXPECT_EQ(measurement.settings.at(std::string(kSpinMicroseconds.name)), 123U);
  EXPECT_EQ(measurement.trim, 0.05);
}

// Answers two requests; the third is interrupted. Catches a launcher that answers for an interrupted launch,
// goes on after it, or does not tell its launches about signals.
TEST(LaunchProtocol, ServesUntilItIsInterrupted) {
  volatile std::sig_atomic_t interrupted = 0;
  std::size_t launches = 0;
  const auto launch = [&](const Cell& cell, const LaunchOptions& options) -> LaunchOutcome {
    EXPECT_EQ(options.interrupted, &interrupted);
    EXPECT_EQ(options.timed, milliseconds(3));
    ++launches;
    if (launches == 1) return Failure{Failure::Kind::error, "no room"};
    if (launches == 3) return Failure{Failure::Kind::interrupted, "interrupted"};
    return testing::paced_row(cell, 0, 6016).measurement;
  };
  std::vector<std::string> answers;
  serve_launches(
      launch, &interrupted, [] { return std::optional(launch_request_line(sample_request())); },
      [&](const std::string& line) { answers.push_back(line); });
  EXPECT_EQ(launches, 3U);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0], R"({"failed":"error","reason":"no room"})");
  EXPECT_TRUE(std::holds_alternative<Measurement>(parse_launch_answer(answers[1], sample_request().cell)));
}

TEST(LaunchProtocol, ServesUntilItsInputEnds) {
  serve_launches(
      [](const Cell&, const LaunchOptions&) -> LaunchOutcome {
        ADD_FAILURE();
        return Failure{};
      },
      nullptr, [] { return std::nullopt; }, [](const std::string&) { ADD_FAILURE(); });
}

}  // namespace
}  // namespace ipcbench
