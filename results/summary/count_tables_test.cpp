#include "results/summary/count_tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/base/text_layout.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using testing::make_cell;
using ::testing::Not;

std::string tables(const Report& report) { return count_tables(report, summarise(report), kTextColumns); }

void count(Report& report, const Row& row, const SideCounts& producer, const SideCounts& consumer) {
  report.cells.add(row);
  if (!report.counts) report.counts.emplace();
  report.counts->cells.push_back(
      {.cell = cell_name(row.cell), .messages = 1000, .producer = producer, .consumer = consumer});
}

SideCounts counts(std::uint64_t system_calls, std::uint64_t cycles) {
  SideCounts counts;
  counts.system_calls = system_calls;
  counts.cycles = cycles;
  return counts;
}

// The whole text. Catches ends that are swapped, a column for what nothing counted, cells of two patterns or
// ways of waiting in one table, and a cell that was measured but not counted.
TEST(CountTables, ShowWhatAMessageCosts) {
  Report report;
  Row pipe = testing::latency_row(make_cell("pipe"), 0, 100);
  pipe.measurement.producer.voluntary_switches = 1000;
  pipe.measurement.consumer.voluntary_switches = 980;
  count(report, pipe, counts(2000, 12'345'678), counts(2001, 4'000'000));
  Row ring = testing::latency_row(make_cell("memfd_ring", 4096), 0, 100);
  SideCounts none;
  none.system_calls = 0;
  count(report, ring, none, none);
  count(report, testing::paced_row(make_cell("pipe"), 0, 100), counts(1000, 1000), counts(15'000, 1000));
  report.cells.add(testing::latency_row(make_cell("fifo"), 0, 100));
  report.counts->missing = {{"instructions", "no such counter"}, {"cache_misses", "no such counter"}};
  EXPECT_EQ(
      tables(report),
      "Counts per round trip (latency)  wait:block peers:fork cpus:same\n"
      "mechanism    size     switches  system calls         cycles\n"
      "memfd_ring  4 KiB  0.00 + 0.00   0.00 + 0.00              -\n"
      "pipe         64 B  1.00 + 0.98   2.00 + 2.00  12.3k + 4.00k\n"
      "\n"
      "Counts per message (paced rate:50% arrivals:poisson)  wait:block peers:fork cpus:same\n"
      "mechanism  size     switches  system calls       cycles\n"
      "pipe       64 B  0.00 + 0.00     1.00 + 15  1.00 + 1.00\n"
      "\n"
      "Counts are the producer's + the consumer's, from one more launch of each cell, whose times are not\n"
      "used: counting slows it down. Switches (context switches) are those of the timed launches.\n"
      "No instructions, cache misses: no such counter.\n"
      "\n");
}

TEST(CountTables, AreAbsentWithoutCounts) {
  Report report;
  report.cells.add(testing::latency_row(make_cell("pipe"), 0, 100));
  EXPECT_EQ(tables(report), "");
}

// Every counter at its widest, beside the longest name of a mechanism that has no parameters.
TEST(CountTables, FitTheTerminal) {
  Report report;
  const SideCounts all{
      .system_calls = 123'456, .cycles = 123'456'789, .instructions = 12'345'678, .cache_misses = 12'345'678};
  count(report, testing::latency_row(make_cell("ring_sysv_semaphore", 65536), 0, 100), all, all);
  std::istringstream lines(tables(report));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), kTextColumns) << line;
  EXPECT_THAT(tables(report), HasSubstr("123k + 123k"));
  EXPECT_THAT(tables(report), Not(HasSubstr("No ")));
}

}  // namespace
}  // namespace ipcbench
