#include "harness/base/cell.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

Cell pipe_cell() {
  return {.mechanism = "pipe",
          .pattern = Pattern::latency,
          .size_bytes = 4096,
          .wait = Wait::block,
          .peers = Peers::fork,
          .cpus = Cpus::same,
          .payload = Payload::copy,
          .load = {},
          .parameters = {}};
}

// Reports of all versions are matched by this name: a change here breaks every stored baseline.
TEST(CellName, IsStable) {
  EXPECT_EQ(cell_name(pipe_cell()), "pipe/latency/size:4096/wait:block/peers:fork/cpus:same");
}

TEST(CellName, NamesWhatIsNotTheDefault) {
  Cell cell = pipe_cell();
  cell.payload = Payload::scan;
  cell.parameters = {{"pipe_bytes", 65536}, {"a", 1}};
  EXPECT_EQ(cell_name(cell),
            "pipe/latency/size:4096/wait:block/peers:fork/cpus:same/payload:scan/a:1/pipe_bytes:65536");
}

TEST(CellName, SaysWhatThePatternNeeds) {
  Cell cell = pipe_cell();
  cell.load = {.per_second = 5000};  // of no interest to ping-pong
  EXPECT_EQ(cell_name(cell), "pipe/latency/size:4096/wait:block/peers:fork/cpus:same");
  cell.pattern = Pattern::paced;
  EXPECT_EQ(cell_name(cell),
            "pipe/paced/size:4096/wait:block/peers:fork/cpus:same/rate:5000/arrivals:constant");
  cell.load = {.percent = 50, .arrivals = Arrivals::poisson};
  EXPECT_EQ(cell_name(cell),
            "pipe/paced/size:4096/wait:block/peers:fork/cpus:same/rate:50%/arrivals:poisson");
  cell.pattern = Pattern::fanin;
  cell.fan = 4;
  EXPECT_EQ(cell_name(cell), "pipe/fanin/size:4096/wait:block/peers:fork/cpus:same/fan:4");
}

TEST(Axes, EveryNameParsesToItsValue) {
  for (const auto& entry : kAxis<Wait>) EXPECT_EQ(parse_axis<Wait>(entry.name), entry.value);
  for (const auto& entry : kAxis<Cpus>) EXPECT_EQ(parse_axis<Cpus>(entry.name), entry.value);
  EXPECT_EQ(parse_axis<Wait>("sleep"), std::nullopt);
}

}  // namespace
}  // namespace ipcbench
