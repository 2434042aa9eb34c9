#include "harness/base/cell.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

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
  cell.load = {.per_second = 5000};  // ignored by ping-pong
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
  cell.links = Links::each;
  EXPECT_EQ(cell_name(cell), "pipe/fanin/size:4096/wait:block/peers:fork/cpus:same/fan:4/links:each");
  cell.pattern = Pattern::fanout;
  EXPECT_EQ(cell_name(cell), "pipe/fanout/size:4096/wait:block/peers:fork/cpus:same/fan:4");
}

// A cell must survive being written and read back, for every value of every axis.
TEST(CellAxes, ReadBackWhatTheyWrite) {
  for (const CellAxis& axis : kCellAxes) {
    Cell cell = pipe_cell();
    for (const auto& pattern : kAxis<Pattern>) {
      if (axis.applies == nullptr || axis.applies(pattern.value)) cell.pattern = pattern.value;
    }
    std::vector<std::string> texts{axis.name == "idle" ? "7000" : "7"};
    if (axis.form == CellAxis::Form::percent) texts = {"50%"};
    if (axis.json_key == "rate_streams") texts = {"4096@200+128@50000"};
    if (axis.values != nullptr) {
      texts.clear();
      for (const auto& value : axis.values()) texts.emplace_back(value.name);
    }
    for (const std::string& text : texts) {
      axis.assign(cell, text);
      EXPECT_EQ(axis.text(cell), text) << axis.name;
      Cell copy = pipe_cell();
      axis.copy(copy, cell);
      EXPECT_EQ(axis.text(copy), text) << axis.name;
    }
  }
}

TEST(CellAxes, RefuseWhatIsNoValue) {
  Cell cell;
  EXPECT_THROW(axis_named("wait").assign(cell, "sleep"), std::invalid_argument);
  EXPECT_THROW(axis_named("rate").assign(cell, "0"), std::invalid_argument);
  EXPECT_THROW(axis_named("rate").assign(cell, "1001%"), std::invalid_argument);
  EXPECT_THROW(axis_named("fan").assign(cell, "65"), std::invalid_argument);
  EXPECT_THROW(axis_named("watched").assign(cell, "1000001"), std::invalid_argument);
  EXPECT_THROW(axis_named("batch").assign(cell, "0"), std::invalid_argument);
  EXPECT_THROW(axis_named("batch").assign(cell, "1025"), std::invalid_argument);
  for (const char* pause : {"1", "999ns", "2s", "18446744073709551615", "-1", "soon", ""})
    EXPECT_THROW(axis_named("idle").assign(cell, pause), std::invalid_argument) << pause;
  EXPECT_THROW(axis_named("colour"), std::logic_error);
}

// In reports and names, a pause is in nanoseconds; people may write units.
TEST(CellAxes, PausesHaveUnits) {
  EXPECT_EQ(parse_axis_values(axis_named("idle"), "0,100us,10ms,100000,1s"),
            (std::vector<std::string>{"0", "100000", "10000000", "1000000000"}));
  Cell cell;
  EXPECT_EQ(describe_value(axis_named("idle"), cell), "no pause");
  cell.idle_ns = 10'000'000;
  EXPECT_EQ(describe_value(axis_named("idle"), cell), "a pause of 10.0 ms");
}

// Two axes with one name would make "--rate" ambiguous. Two entries may share a name only if they hold
// different values.
TEST(CellAxes, HaveNamesOfTheirOwn) {
  for (std::size_t i = 0; i < kCellAxes.size(); ++i) {
    for (std::size_t j = i + 1; j < kCellAxes.size(); ++j) {
      EXPECT_NE(kCellAxes[i].json_key, kCellAxes[j].json_key);
      if (kCellAxes[i].name == kCellAxes[j].name) {
        EXPECT_NE(kCellAxes[i].holds, nullptr);
        EXPECT_NE(kCellAxes[j].holds, nullptr);
      }
    }
  }
}

TEST(CellAxes, ExpandListsAsTheyAreWritten) {
  EXPECT_EQ(parse_axis_values(axis_named("size"), "64,1KiB,64"), (std::vector<std::string>{"64", "1024"}));
  EXPECT_EQ(parse_axis_values(axis_named("wait"), "spin,block,spin"),
            (std::vector<std::string>{"spin", "block"}));
  EXPECT_THROW(parse_axis_values(axis_named("wait"), "spin,,block"), std::invalid_argument);
}

TEST(CellName, LeavesAnAxisOutForItsFamily) {
  EXPECT_EQ(cell_name(pipe_cell(), "size"), "pipe/latency/wait:block/peers:fork/cpus:same");
}

TEST(CellName, ShowsAPolicyThatIsNotTheDefault) {
  Cell cell = pipe_cell();
  cell.policy = Policy::fifo;
  EXPECT_EQ(cell_name(cell), "pipe/latency/size:4096/wait:block/peers:fork/cpus:same/policy:fifo");
}

TEST(CellName, ShowsAMemoryNodeThatIsNotTheDefault) {
  Cell cell = pipe_cell();
  cell.memory = MemoryNode::interleave;
  EXPECT_EQ(cell_name(cell), "pipe/latency/size:4096/wait:block/peers:fork/cpus:same/memory:interleave");
}

// Catches names of stored baselines that change with the axis, and a batch where messages go one by one.
TEST(CellName, ShowsABatchOfAStream) {
  Cell cell = pipe_cell();
  cell.batch = 16;
  EXPECT_EQ(cell_name(cell), "pipe/latency/size:4096/wait:block/peers:fork/cpus:same");
  cell.pattern = Pattern::throughput;
  EXPECT_EQ(cell_name(cell), "pipe/throughput/size:4096/wait:block/peers:fork/cpus:same/batch:16");
  EXPECT_EQ(describe_value(axis_named("batch"), cell), "16 messages at once");
  cell.batch = 1;
  EXPECT_EQ(cell_name(cell), "pipe/throughput/size:4096/wait:block/peers:fork/cpus:same");
}

TEST(CellName, ShowsAPauseALoadAndABoundary) {
  Cell cell = pipe_cell();
  cell.idle_ns = 100'000;
  cell.beside = Beside::memory;
  cell.boundary = Boundary::net;
  EXPECT_EQ(cell_name(cell),
            "pipe/latency/size:4096/wait:block/peers:fork/cpus:same/idle:100000/beside:memory/boundary:net");
  cell.watched = 10'000;
  EXPECT_EQ(cell_name(cell),
            "pipe/latency/size:4096/wait:block/peers:fork/cpus:same/idle:100000/watched:10000/beside:memory/"
            "boundary:net");
  cell.watched = 0;
  cell.pattern = Pattern::throughput;  // which has no pauses
  EXPECT_EQ(cell_name(cell),
            "pipe/throughput/size:4096/wait:block/peers:fork/cpus:same/beside:memory/boundary:net");
}

TEST(Axes, EveryNameParsesToItsValue) {
  for (const auto& entry : kAxis<Wait>) EXPECT_EQ(parse_axis<Wait>(entry.name), entry.value);
  for (const auto& entry : kAxis<Cpus>) EXPECT_EQ(parse_axis<Cpus>(entry.name), entry.value);
  EXPECT_EQ(parse_axis<Wait>("sleep"), std::nullopt);
}

}  // namespace
}  // namespace ipcbench
