#include "results/summary/contenders.hpp"

#include <gtest/gtest.h>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

Cell sized(std::size_t size_bytes, Cpus cpus = Cpus::same) {
  Cell cell = testing::make_cell("pipe", size_bytes);
  cell.cpus = cpus;
  return cell;
}

Estimate within(double low, double median, double high) {
  return {.median = median, .low = low, .high = high, .confidence = 0.95};
}

// The third is surely slower than the first, which the second may equal; the fourth is alone in its group.
// Catches rivals that are only judged by their medians, and groups that are mixed up.
TEST(Contenders, AreTheBestAndWhatReachesIt) {
  const Cell near = sized(64);
  const Cell far = sized(64, Cpus::llc);
  EXPECT_EQ(contenders({{&near, within(98, 100, 110)},
                        {&near, within(109, 112, 120)},
                        {&near, within(111, 115, 120)},
                        {&far, within(900, 1000, 1100)}}),
            (std::vector<bool>{true, true, false, true}));
}

// Catches a stream whose slowest counts as the best.
TEST(Contenders, OfStreamsHaveTheMostMessages) {
  Cell stream = sized(64);
  stream.pattern = Pattern::throughput;
  EXPECT_EQ(contenders({{&stream, within(98, 100, 102)}, {&stream, within(198, 200, 202)}}),
            (std::vector<bool>{false, true}));
}

// Catches time that is spent on sizes beside those of the summary, such as a byte beyond a page.
TEST(Contenders, HaveASizeThatIsReadFirst) {
  const Cell page = sized(4096);
  const Cell beyond = sized(4097);
  EXPECT_EQ(contenders({{&page, within(98, 100, 102)}, {&beyond, within(98, 100, 102)}}),
            (std::vector<bool>{true, false}));
  EXPECT_TRUE(contenders({}).empty());
}

}  // namespace
}  // namespace ipcbench
