#include "bench/run/benchmark_driver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

using testing::usage_message;
using Names = std::vector<std::string>;

const Names kCells{"pipe/latency/size:64/cpus:same", "tcp/latency/size:64/cpus:same",
                   "pipe/throughput/size:64/cpus:same"};

std::vector<std::size_t> visited(const Names& cells) {
  std::vector<std::size_t> visits;
  run_round(cells, [&](std::size_t i) { visits.push_back(i); });
  return visits;
}

// Catches a library that calibrates, repeats or reorders: each cell is launched once, in our order, in every
// round.
TEST(BenchmarkDriver, VisitsEachCellOnceInOrder) {
  initialise_benchmark_library({});
  EXPECT_EQ(visited(kCells), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(visited({kCells[2], kCells[0]}), (std::vector<std::size_t>{0, 1}));
}

// Catches cells that are lost or moved because the library gets few at a time.
TEST(BenchmarkDriver, VisitsThousandsInOrder) {
  initialise_benchmark_library({});
  Names many;
  for (int i = 0; i < 1025; ++i) many.push_back("cell/size:" + std::to_string(i));
  const std::vector<std::size_t> visits = visited(many);
  ASSERT_EQ(visits.size(), many.size());
  EXPECT_TRUE(std::ranges::is_sorted(visits));
  EXPECT_EQ(filtered_by_library(many), many);
}

// Catches a name that Google Benchmark's tools would not find in our report.
TEST(BenchmarkDriver, LibrarysNamesEndInRealTime) {
  EXPECT_EQ(benchmark_names({"pipe/latency"}), Names{"pipe/latency/real_time"});
}

TEST(BenchmarkDriver, FilterIsTheLibrarysOwn) {
  initialise_benchmark_library({"--benchmark_filter=^pipe/.*real_time$"});
  EXPECT_EQ(filtered_by_library(kCells), (Names{kCells[0], kCells[2]}));
  initialise_benchmark_library({"--benchmark_filter=-latency"});  // a dash in front: all others
  EXPECT_EQ(filtered_by_library(kCells), Names{kCells[2]});
  initialise_benchmark_library({"--benchmark_filter=avian"});
  EXPECT_EQ(filtered_by_library(kCells), Names{});
  initialise_benchmark_library({"--benchmark_filter=("});
  EXPECT_NE(usage_message([] { filtered_by_library(kCells); }).find("'(' is not a regular expression"),
            std::string::npos);
  initialise_benchmark_library({"--benchmark_filter="});
  EXPECT_EQ(filtered_by_library(kCells), kCells);
}

// Catches an exception of ours that the library swallows, and launches made after it.
TEST(BenchmarkDriver, ThrowsOnWhatAVisitThrows) {
  initialise_benchmark_library({});
  int visits = 0;
  const auto fail_second = [&](std::size_t) {
    if (++visits == 2) throw std::runtime_error("disk full");
  };
  EXPECT_THROW(run_round(kCells, fail_second), std::runtime_error);
  EXPECT_EQ(visits, 2);
}

TEST(BenchmarkDriver, RefusesFlagsThatTheLibraryDoesNotKnow) {
  EXPECT_NE(usage_message([] { initialise_benchmark_library({"--nonsense"}); }).find("--nonsense"),
            std::string::npos);
  EXPECT_NE(usage_message([] { initialise_benchmark_library({"--help"}); }), "no error");
}

}  // namespace
}  // namespace ipcbench
