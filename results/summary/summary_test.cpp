#include "results/summary/summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using testing::latency_row;
using testing::throughput_row;

const Cell kPipe = testing::make_cell("pipe");
const Cell kFifo = testing::make_cell("fifo");

Report report_of(std::vector<Row> rows) {
  Report report;
  report.mechanisms = testing::sample_mechanisms();
  report.cells = testing::cells_of(std::move(rows));
  return report;
}

// Launches of different cells are interleaved in a report. Catches grouping of neighbours only.
TEST(Summarise, GathersACellsLaunchesInTheOrderOfTheFirst) {
  const auto summaries = summarise(report_of({latency_row(kPipe, 0, 100), latency_row(kFifo, 0, 200),
                                              latency_row(kPipe, 1, 120), latency_row(kPipe, 2, 110)}));
  ASSERT_EQ(summaries.size(), 2U);
  EXPECT_EQ(summaries[0].cell.mechanism, "pipe");
  EXPECT_EQ(summaries[0].launches, 3U);
  EXPECT_EQ(summaries[0].time_ns.median, 110);
  EXPECT_EQ(summaries[0].time_ns.low, 100);
  EXPECT_EQ(summaries[0].time_ns.high, 120);
  EXPECT_DOUBLE_EQ(summaries[0].time_ns.confidence, 0.75);
  EXPECT_EQ(summaries[1].launches, 1U);
}

// Catches cells merged although they differ in a parameter.
TEST(Summarise, TellsParametersApart) {
  Cell small = kPipe;
  small.parameters = {{"pipe_bytes", 4096}};
  EXPECT_EQ(summarise(report_of({latency_row(kPipe, 0, 100), latency_row(small, 0, 200)})).size(), 2U);
}

// 800 and 400 ns per message of 64 bytes: 1.25 and 2.5 million messages a second. No latency figures.
TEST(Summarise, GivesNoRatesOfAPingPong) {
  const auto summaries = summarise(
      report_of({throughput_row(kPipe, 0, 800), throughput_row(kPipe, 1, 400), latency_row(kPipe, 0, 100)}));
  ASSERT_EQ(summaries.size(), 2U);
  EXPECT_EQ(summaries[0].time_ns.median, 600);
  EXPECT_EQ(summaries[0].messages_per_second.value().median, 1.875e6);
  EXPECT_EQ(summaries[0].bytes_per_second.value().low, 8e7);
  EXPECT_EQ(summaries[0].bytes_per_second.value().high, 1.6e8);
  EXPECT_FALSE(summaries[0].p99);
  EXPECT_FALSE(summaries[1].messages_per_second);
  EXPECT_FALSE(summaries[1].bytes_per_second);
  EXPECT_EQ(summaries[1].p99.value().value, 100);
}

// Three launches of 400 samples: 1,200 support a 99th percentile and no 99.9th. Catches percentiles of the
// launches that have enough alone, which are the fast ones: the slow third is in the tail.
TEST(Summarise, GivesPercentilesOfAllLaunchesTogether) {
  const auto cell = summarise(report_of({latency_row(kPipe, 0, 100, 400), latency_row(kPipe, 1, 140, 400),
                                         latency_row(kPipe, 2, 200, 400)}))[0];
  EXPECT_EQ(cell.p10.value().value, 100);
  EXPECT_EQ(cell.p90.value().value, 200);
  EXPECT_EQ(cell.p99.value().value, 200);
  EXPECT_EQ(cell.p99->low, 100);  // one draw in 27, 3.7 %, has the first launch only
  EXPECT_EQ(cell.p99->high, 200);
  EXPECT_FALSE(cell.p999);
  const auto few =
      summarise(report_of({latency_row(kPipe, 0, 100, 499), latency_row(kPipe, 1, 140, 500)}))[0];
  EXPECT_TRUE(few.p90);
  EXPECT_FALSE(few.p99);
}

Row at_distance(Row row, double before_ns, double after_ns) {
  row.measurement.line = {.before_ns = before_ns, .after_ns = after_ns};
  return row;
}

// 110 to 160 ns is one distance, 110 to 170 is not. Catches a cell whose launches are not alike and says
// nothing, and one that is marked for the noise of the measurement.
TEST(Summarise, SaysHowFarApartTheCpusWere) {
  const Row near = latency_row(kPipe, 0, 400);
  const Row far = latency_row(kPipe, 1, 1600);
  const auto alike = summarise(report_of({at_distance(near, 110, 120), at_distance(far, 160, 150)}))[0];
  EXPECT_EQ(alike.line.value().low_ns, 110);
  EXPECT_EQ(alike.line->high_ns, 160);
  EXPECT_FALSE(alike.line->mixed);
  const auto moved_later = summarise(report_of({at_distance(near, 120, 110), at_distance(far, 150, 160)}))[0];
  EXPECT_EQ(moved_later.line.value().low_ns, 110);
  EXPECT_EQ(moved_later.line->high_ns, 160);
  EXPECT_TRUE(summarise(report_of({at_distance(near, 110, 120), at_distance(far, 170, 150)}))[0].line->mixed);
  EXPECT_FALSE(summarise(report_of({near, far}))[0].line);
}

TEST(Summarise, CountsDisturbedLaunches) {
  Row disturbed = latency_row(kPipe, 1, 400);
  disturbed.measurement.disturbance = "producer waited";
  const Report report = report_of({latency_row(kPipe, 0, 400), disturbed, latency_row(kPipe, 2, 400)});
  EXPECT_EQ(summarise(report)[0].disturbed, 1U);
}

// 100 and 25 messages in the same time: a quarter.
TEST(Summarise, SaysHowEvenPairsWereAndWhetherTheySharedCpus) {
  const auto with_pairs = [](std::vector<PairResult> pairs) {
    Row row = latency_row(kPipe, 0, 400);
    row.cell.pairs = 2;
    row.measurement.pairs = std::move(pairs);
    return summarise(report_of({row}))[0];
  };
  const CellSummary apart = with_pairs({{100, 1000, 0, 1}, {25, 1000, 2, 3}});
  EXPECT_EQ(apart.slowest_pair, 0.25);
  EXPECT_FALSE(apart.ends_share_cpus);
  EXPECT_TRUE(with_pairs({{100, 1000, 0, 1}, {100, 1000, 1, 0}}).ends_share_cpus);
  EXPECT_FALSE(with_pairs({{100, 1000, 0, 0}, {100, 1000, 1, 1}}).ends_share_cpus);
  EXPECT_FALSE(with_pairs({{100, 1000, {}, {}}, {100, 1000, {}, {}}}).ends_share_cpus);
  EXPECT_EQ(summarise(report_of({latency_row(kPipe, 0, 400)}))[0].slowest_pair, std::nullopt);
}

// On a machine of two CPUs a chain of three has to share one, unless it was asked to.
TEST(Summarise, SaysWhetherEndsOfAChainSharedCpus) {
  const auto with_chain = [](Cpus cpus, std::vector<std::optional<int>> chain_cpus) {
    Row row = latency_row(kPipe, 0, 400);
    row.cell.cpus = cpus;
    row.cell.chain = 3;
    row.measurement.chain_cpus = std::move(chain_cpus);
    return summarise(report_of({row}))[0].ends_share_cpus;
  };
  EXPECT_FALSE(with_chain(Cpus::llc, {0, 1, 2}));
  EXPECT_TRUE(with_chain(Cpus::llc, {0, 1, 0}));
  EXPECT_FALSE(with_chain(Cpus::same, {0, 0, 0}));
  EXPECT_FALSE(with_chain(Cpus::free, {{}, {}, {}}));
}

// latency_row spends half of the round trip in the producer and a quarter in the consumer.
TEST(Summarise, KeepsTheEndsCpuTimeApart) {
  const auto summary = summarise(report_of({latency_row(kPipe, 0, 100), latency_row(kPipe, 1, 200)}))[0];
  EXPECT_EQ(summary.producer_cpu_ns_per_message, 75);
  EXPECT_EQ(summary.consumer_cpu_ns_per_message, 37.5);
  EXPECT_DOUBLE_EQ(summary.cpus_busy, 0.75);
}

// 1000 and 1000 received, 500 and 0 lost: 500 of 2500 sent.
TEST(Summarise, CountsLossesOverAllLaunches) {
  Row lossy = throughput_row(kPipe, 0, 100);
  lossy.measurement.lost_messages = 500;
  EXPECT_EQ(summarise(report_of({lossy, throughput_row(kPipe, 1, 100)}))[0].lost_share, 0.2);
}

// 1000 messages of 64 bytes get through in 3.008 ms: 332,447 a second.
TEST(Summarise, GivesTimesAndRatesOfAPacedCell) {
  const auto summary = summarise(report_of({testing::paced_row(kPipe, 0, 3008)}))[0];
  EXPECT_EQ(summary.time_ns.median, 3008);
  EXPECT_EQ(summary.p99.value().value, 3008);
  EXPECT_NEAR(summary.messages_per_second.value().median, 332'447, 1);
  EXPECT_NEAR(summary.bytes_per_second.value().median, 21'276'596, 1);
}

// Three launches: 600 messages of 64 B in 2048 ns and more, six of them not sent; 2400 of 16 B in 1024 ns.
// Catches figures of the wrong stream, or of one launch, and bytes a second as if all messages were long.
TEST(Summarise, GivesTheFiguresOfEachStreamOfAMix) {
  const auto summary =
      summarise(report_of({testing::mixed_row(kPipe, 0, 1024), testing::mixed_row(kPipe, 1, 1040),
                           testing::mixed_row(kPipe, 2, 1056)}))[0];
  ASSERT_EQ(summary.streams.size(), 2U);
  const auto& [slow, fast] = std::tie(summary.streams[0], summary.streams[1]);
  EXPECT_EQ(slow.stream, (MessageStream{64, 1000}));
  EXPECT_EQ(slow.time_ns.median, 2080);
  EXPECT_EQ(slow.time_ns.high, 2112);
  EXPECT_EQ(slow.unsent_share, 0.01);
  EXPECT_FALSE(slow.p99);  // six messages beyond
  EXPECT_EQ(fast.stream, (MessageStream{16, 4000}));
  EXPECT_EQ(fast.time_ns.median, 1040);
  EXPECT_NEAR(fast.p99.value().value, 1056, 8);
  EXPECT_FALSE(summary.bytes_per_second);
  EXPECT_TRUE(summarise(report_of({testing::paced_row(kPipe, 0, 3008)}))[0].streams.empty());
}

TEST(Summarise, GivesTokensNoBytes) {
  const auto summary = summarise(report_of({throughput_row(testing::make_cell("eventfd", 0), 0, 800)}))[0];
  EXPECT_EQ(summary.messages_per_second.value().median, 1.25e6);
  EXPECT_FALSE(summary.bytes_per_second);
}

// Each load and each fan is a cell of its own. Catches an average over different loads.
TEST(Summarise, TellsLoadsAndFansApart) {
  Row other_load = testing::paced_row(kPipe, 0, 100);
  other_load.cell.load.percent = 80;
  EXPECT_EQ(summarise(report_of({testing::paced_row(kPipe, 0, 100), other_load,
                                 testing::fan_row(kPipe, Pattern::fanin, 2, 0, 100),
                                 testing::fan_row(kPipe, Pattern::fanin, 4, 0, 100)}))
                .size(),
            4U);
}

// The bounds are -125 to 75, then -20 to 300: the widest is 300. Catches a bound of one launch, or of one
// side, taken for the cell's.
TEST(Summarise, GivesTheWidestBoundOfTheClocks) {
  Row late = testing::oneway_row(kPipe, 1, 100);
  late.measurement.clock_offset = {.low_ns = -20, .high_ns = 300};
  const Row early = testing::oneway_row(kPipe, 0, 100);
  EXPECT_EQ(summarise(report_of({early}))[0].clock.value().bound_ns, 125);
  const auto clock = summarise(report_of({early, late}))[0].clock.value();
  EXPECT_EQ(clock.bound_ns, 300);
  EXPECT_TRUE(clock.agree);
  EXPECT_FALSE(summarise(report_of({latency_row(kPipe, 0, 100)}))[0].clock);
}

// A CPU has one clock, even though the exchange of readings gives wide bounds because the ends wait for one
// another.
TEST(Summarise, HasNoDoubtAboutTheClockOfOneCpu) {
  Row row = testing::oneway_row(kPipe, 0, 100);
  row.measurement.producer.cpu = 1;
  row.measurement.consumer.cpu = 1;
  EXPECT_FALSE(summarise(report_of({row}))[0].clock);
  row.measurement.consumer.cpu = 0;
  EXPECT_TRUE(summarise(report_of({row}))[0].clock);
}

// One launch with an offset of at least 5 ns, or at most -5, is proof.
TEST(Summarise, SaysThatTheClocksDisagree) {
  Row ahead = testing::oneway_row(kPipe, 0, 100);
  ahead.measurement.clock_offset = {.low_ns = 5, .high_ns = 9};
  Row behind = ahead;
  behind.measurement.clock_offset = {.low_ns = -9, .high_ns = -5};
  const Row fine = testing::oneway_row(kPipe, 1, 100);
  EXPECT_FALSE(summarise(report_of({ahead, fine}))[0].clock.value().agree);
  EXPECT_FALSE(summarise(report_of({fine, behind}))[0].clock.value().agree);
}

// 1000 due with none unsent, then 3000 due with 200 unsent: 200 of 4000.
TEST(Summarise, GivesWhatBecameOfTheOfferedLoad) {
  Row slow = testing::paced_row(kPipe, 1, 100);
  slow.measurement.schedule = {
      .offered_per_second = 300'000, .scheduled_messages = 3000, .unsent_messages = 200, .lag_p99_ns = 50};
  const auto load = summarise(report_of({testing::paced_row(kPipe, 0, 100), slow}))[0].load.value();
  EXPECT_EQ(load.offered_per_second, 212'500.25);
  EXPECT_EQ(load.unsent_share, 0.05);
  EXPECT_EQ(load.lag_p99_ns, 40);
}

std::vector<Row> launches_of(std::vector<std::uint64_t> times_ns) {
  std::vector<Row> rows;
  for (std::uint32_t i = 0; i < times_ns.size(); ++i) rows.push_back(latency_row(kPipe, i, times_ns[i]));
  return rows;
}

// 100, 104 and 116 are 4, 0 and 12 from their median: 1.4826 * 4 / 104. Within a launch all samples are
// equal. Catches a spread between launches taken for that within one.
TEST(Summarise, GivesTheSpreadBetweenAndWithinLaunches) {
  const auto summary = summarise(report_of(launches_of({100, 104, 116})))[0];
  EXPECT_DOUBLE_EQ(summary.spread_between.value(), 1.4826 * 4 / 104);
  EXPECT_EQ(summary.spread_within, 0);
  EXPECT_FALSE(summary.bimodal);
  EXPECT_FALSE(summarise(report_of({latency_row(kPipe, 0, 100)}))[0].spread_between);
  EXPECT_FALSE(summarise(report_of({throughput_row(kPipe, 0, 100)}))[0].spread_within);
}

// Catches launches without windows counted as unsteady.
TEST(Summarise, CountsTheLaunchesThatDrifted) {
  std::vector<Row> rows = launches_of({100, 100, 100});
  rows[0].measurement.windows.assign(32, {10, 1000});
  rows[1].measurement.windows.assign(32, {10, 1000});
  std::fill_n(rows[1].measurement.windows.begin(), 16, Window{10, 1200});
  EXPECT_EQ(summarise(report_of(rows))[0].not_steady, 1U);
}

TEST(Summarise, SaysThatTheLaunchesFallIntoTwoModes) {
  EXPECT_TRUE(summarise(report_of(launches_of({3000, 6016, 3008, 6000, 3024, 6048})))[0].bimodal);
}

// 1000 round trips each: 1, 3 and 2 switches of the producer a round trip, voluntary and not; 5 and 7 ns of
// run delay. Catches the other end's figures, a sum over launches, and a delay of 0 where none is known.
TEST(Summarise, GivesWhatAMessageCostsEachEnd) {
  std::vector<Row> rows = launches_of({100, 100, 100});
  rows[0].measurement.producer.voluntary_switches = 1000;
  rows[1].measurement.producer.voluntary_switches = 2000;
  rows[1].measurement.producer.involuntary_switches = 1000;
  rows[2].measurement.producer.involuntary_switches = 2000;
  rows[0].measurement.producer.run_delay_ns = 5000;
  rows[1].measurement.producer.run_delay_ns = 7000;
  const CellSummary summary = summarise(report_of(rows))[0];
  EXPECT_EQ(summary.producer.switches, 2);
  EXPECT_EQ(summary.consumer.switches, 0);
  EXPECT_EQ(summary.producer.run_delay_ns, 6);
  EXPECT_EQ(summary.consumer.run_delay_ns, std::nullopt);
}

// Catches counts of another cell, those of all messages for those of one, and 0 for what was not counted.
TEST(Summarise, GivesTheCountsOfAMessage) {
  Report report = report_of({latency_row(kPipe, 0, 100), latency_row(kFifo, 0, 100)});
  EXPECT_FALSE(summarise(report)[0].counted);
  report.counts = testing::sample_counts();
  const auto summaries = summarise(report);
  EXPECT_TRUE(summaries[0].counted);
  EXPECT_EQ(summaries[0].producer.counts[0], 2);
  EXPECT_EQ(summaries[0].consumer.counts[0], 2.5);
  EXPECT_EQ(summaries[0].producer.counts[1], std::nullopt);
  EXPECT_FALSE(summaries[1].counted);
  EXPECT_EQ(summaries[1].producer.counts[0], std::nullopt);
}

TEST(Summarise, OfNothingIsNothing) { EXPECT_TRUE(summarise(Report{}).empty()); }

// Catches a number for a launch without messages.
TEST(Summarise, RefusesARowWithoutMessages) {
  Row row = throughput_row(kPipe, 0, 100);
  row.measurement.messages = 0;
  EXPECT_THROW(summarise(report_of({row})), std::invalid_argument);
}

// A floor that does not really move its bytes has no rate in bytes.
TEST(Summarise, NamesTheFloors) {
  const auto summaries = summarise(
      report_of({throughput_row(testing::make_cell("null"), 0, 100), throughput_row(kPipe, 0, 100)}));
  EXPECT_TRUE(summaries[0].floor);
  EXPECT_FALSE(summaries[0].bytes_per_second);
  EXPECT_FALSE(summaries[1].floor);
  EXPECT_TRUE(summaries[1].bytes_per_second);
}

}  // namespace
}  // namespace ipcbench
