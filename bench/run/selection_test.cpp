#include "bench/run/selection.hpp"

#include <gtest/gtest.h>

#include "bench/cli/pattern.hpp"
#include "bench/testing/fake_mechanisms.hpp"
#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

using testing::fake_mechanism;
using testing::usage_message;
using Names = std::vector<std::string>;

const std::vector<MechanismEntry> kTwoMechanisms{fake_mechanism("pipe", testing::kPipeParameters),
                                                 fake_mechanism("tcp")};
const std::vector<Placement> kTwoCpus{{Cpus::same, 0, 0}, {Cpus::llc, 0, 1}, {Cpus::free, {}, {}}};

// Blocking round trips everywhere, and spinning ones on machines with two CPUs.
Profile small_profile() {
  Profile profile{};
  profile.blocks = {{parse_axes({{"size", "8"}, {"wait", "block"}, {"cpus", "same,smt,llc"}})},
                    {parse_axes({{"size", "8"}, {"wait", "spin"}, {"cpus", "smt,llc"}})}};
  return profile;
}

Names selected(const Selection& selection) {
  Names names;
  for (const Cell& cell : select_cells(small_profile(), selection, kTwoMechanisms, kTwoCpus)) {
    names.push_back(cell_name(cell));
  }
  return names;
}

// Catches a block that is lost, and placements that the machine lacks (smt).
TEST(SelectCells, TakesEveryBlockWhereTheMachineHasThePlacement) {
  EXPECT_EQ(selected({}), (Names{"pipe/latency/size:8/wait:block/peers:fork/cpus:same",
                                 "pipe/latency/size:8/wait:block/peers:fork/cpus:llc",
                                 "pipe/latency/size:8/wait:spin/peers:fork/cpus:llc",
                                 "tcp/latency/size:8/wait:block/peers:fork/cpus:same",
                                 "tcp/latency/size:8/wait:block/peers:fork/cpus:llc",
                                 "tcp/latency/size:8/wait:spin/peers:fork/cpus:llc"}));
}

// Catches a user's axis that does not reach every block, and a cell of two blocks that is run twice.
TEST(SelectCells, UsersAxesReplaceThoseOfEveryBlock) {
  Selection selection;
  selection.axes["mechanism"] = {"tcp"};
  selection.axes["wait"] = {"poll"};
  selection.axes["size"] = {"1", "2"};
  selection.axes["cpus"] = {"llc"};
  EXPECT_EQ(selected(selection), (Names{"tcp/latency/size:1/wait:poll/peers:fork/cpus:llc",
                                        "tcp/latency/size:2/wait:poll/peers:fork/cpus:llc"}));
}

// Catches a placement that the user named and that is dropped silently: it has to be reported as skipped.
TEST(SelectCells, KeepsAPlacementThatTheUserNamed) {
  Selection selection;
  selection.axes["mechanism"] = {"tcp"};
  selection.axes["wait"] = {"block"};
  selection.axes["cpus"] = {"smt"};
  EXPECT_EQ(selected(selection), Names{"tcp/latency/size:8/wait:block/peers:fork/cpus:smt"});
}

// Catches variants that are measured again beside what they are variants of, and one that is refused although
// the user named it.
TEST(SelectCells, LeavesVariantsOutUnlessTheyAreNamed) {
  Profile profile{};
  profile.blocks = {{.values = parse_axes({{"size", "8"}}), .which = Profile::Mechanisms::distinct},
                    {.values = parse_axes({{"size", "64"}})}};
  std::vector<MechanismEntry> entries{fake_mechanism("pipe"), fake_mechanism("tcp")};
  entries[1].traits.variant_of = "pipe";
  const auto sizes = [&](const Selection& selection) {
    std::vector<std::pair<std::string, std::size_t>> cells;
    for (const Cell& cell : select_cells(profile, selection, entries, kTwoCpus))
      cells.emplace_back(cell.mechanism, cell.size_bytes);
    return cells;
  };
  using Sizes = std::vector<std::pair<std::string, std::size_t>>;
  EXPECT_EQ(sizes({}), (Sizes{{"pipe", 8}, {"pipe", 64}, {"tcp", 64}}));
  Selection named;
  named.axes["mechanism"] = {"tcp"};
  EXPECT_EQ(sizes(named), (Sizes{{"tcp", 8}, {"tcp", 64}}));
}

// Catches a library that takes the time of three mechanisms, and one that is nowhere.
TEST(SelectCells, LibrariesHaveAPartInFewerBlocks) {
  Profile profile{};
  profile.blocks = {{.values = parse_axes({{"size", "8"}}), .which = Profile::Mechanisms::without_libraries},
                    {.values = parse_axes({{"size", "64"}}), .which = Profile::Mechanisms::distinct}};
  std::vector<MechanismEntry> entries{fake_mechanism("pipe"), fake_mechanism("zmq")};
  entries[1].traits.kind = MechanismKind::library;
  Selection selection;
  EXPECT_EQ(select_cells(profile, selection, entries, kTwoCpus).size(), 3U);
  selection.axes["mechanism"] = {"zmq"};
  EXPECT_EQ(select_cells(profile, selection, entries, kTwoCpus).size(), 2U);
}

// Catches a sweep that reaches mechanisms without the parameter, or loses the default.
TEST(SelectCells, SweepsParametersOfThoseThatHaveThem) {
  Selection selection;
  selection.axes["cpus"] = {"same"};
  selection.axes["wait"] = {"block"};
  selection.parameters.insert(parse_sweep("--param", "pipe_bytes=default,4KiB"));
  EXPECT_EQ(selected(selection), (Names{"pipe/latency/size:8/wait:block/peers:fork/cpus:same",
                                        "pipe/latency/size:8/wait:block/peers:fork/cpus:same/pipe_bytes:4096",
                                        "tcp/latency/size:8/wait:block/peers:fork/cpus:same"}));
}

// Catches a choice that is ignored without a word.
TEST(SelectCells, RefusesChoicesThatNoCellHas) {
  Selection rate;
  rate.axes["rate"] = {"200"};
  EXPECT_NE(usage_message([&] {
              selected(rate);
            }).find("--rate: no selected cell has this axis; add --pattern paced"),
            std::string::npos);
  rate.axes["pattern"] = {"latency", "paced"};
  EXPECT_EQ(usage_message([&] { selected(rate); }), "no error");
  Selection fan;
  fan.axes["fan"] = {"2"};
  EXPECT_NE(usage_message([&] { selected(fan); }).find("add --pattern fanin or fanout"), std::string::npos);
}

// Catches a mix at each of a profile's sizes, and sizes that are ignored.
TEST(SelectCells, AMixHasItsOwnSizes) {
  Selection mix;
  mix.axes = {{"pattern", {"paced"}},     {"rate", {"4096@200+128@50000"}},
              {"arrivals", {"constant"}}, {"cpus", {"same"}},
              {"wait", {"block"}},        {"mechanism", {"pipe"}}};
  EXPECT_EQ(selected(mix), (Names{"pipe/paced/size:4096/wait:block/peers:fork/cpus:same/"
                                  "rate:4096@200+128@50000/arrivals:constant"}));
  mix.axes["size"] = {"64"};
  EXPECT_NE(
      usage_message([&] { selected(mix); }).find("--size: the streams of --rate have sizes of their own"),
      std::string::npos);
  mix.axes["pattern"] = {"latency", "paced"};
  EXPECT_EQ(usage_message([&] { selected(mix); }), "no error");
}

Names selected_streams(const Selection& selection) {
  Profile profile{};
  profile.blocks = {{.values = parse_axes({{"pattern", "throughput"}, {"size", "8"}, {"wait", "block,spin"}}),
                     .buffers = Profile::Buffers::tuned,
                     .narrow = true}};
  Names names;
  for (const Cell& cell : select_cells(profile, selection, kTwoMechanisms, kTwoCpus)) {
    names.push_back(cell_name(cell));
  }
  return names;
}

// Catches a block of tuned buffers with the default one, or with mechanisms that have no buffer to tune.
TEST(SelectCells, TunesTheBuffersOfThoseThatHaveOne) {
  EXPECT_EQ(selected_streams({}),
            (Names{"pipe/throughput/size:8/wait:block/peers:fork/cpus:free/pipe_bytes:1048576",
                   "pipe/throughput/size:8/wait:spin/peers:fork/cpus:free/pipe_bytes:1048576"}));
}

// Catches a user's choice that turns a block about streams into one about something else.
TEST(SelectCells, UsersAxesNarrowANarrowBlock) {
  Selection selection;
  selection.axes["wait"] = {"poll", "spin"};
  selection.axes["size"] = {"16"};
  EXPECT_EQ(selected_streams(selection),
            Names{"pipe/throughput/size:16/wait:spin/peers:fork/cpus:free/pipe_bytes:1048576"});
  selection.axes["pattern"] = {"latency"};
  EXPECT_NE(usage_message([&] { selected_streams(selection); }).find("No cell is left"), std::string::npos);
}

TEST(SelectCells, RefusesAParameterThatNobodyHas) {
  Selection selection;
  selection.parameters.insert(parse_sweep("--param", "pipe_byte=1"));
  EXPECT_EQ(usage_message([&] { selected(selection); }),
            "--param: 'pipe_byte' is not known; did you mean 'pipe_bytes'? allowed: pipe_bytes.");
  selection.axes["mechanism"] = {"tcp"};
  EXPECT_EQ(usage_message([&] { selected(selection); }),
            "--param: no selected mechanism has parameters, so not 'pipe_byte'.");
}

// Catches a filter that has to match the whole name, or is not applied.
TEST(SelectCells, FiltersByAPartOfTheName) {
  Selection selection;
  selection.filter = compile_pattern("--filter", "^tcp.*spin");
  EXPECT_EQ(selected(selection), Names{"tcp/latency/size:8/wait:spin/peers:fork/cpus:llc"});
  selection.filter = compile_pattern("--filter", "avian");
  EXPECT_NE(usage_message([&] { selected(selection); }).find("No cell is left"), std::string::npos);
}

TEST(ParseSweep, ReadsANameAndItsValues) {
  const auto [name, sweep] = parse_sweep("--param", "pipe_bytes=1,4KiB,default");
  EXPECT_EQ(name, "pipe_bytes");
  EXPECT_EQ(sweep, (Sweep{1, 4096, std::nullopt}));
}

TEST(ParseSweep, RefusesWhatIsNoSweep) {
  for (const char* text : {"", "pipe_bytes", "=1"}) {
    EXPECT_NE(usage_message([&] { parse_sweep("--param", text); }).find("NAME=VALUE"), std::string::npos)
        << text;
  }
  EXPECT_NE(usage_message([] { parse_sweep("--param", "pipe_bytes="); }), "no error");
  EXPECT_NE(usage_message([] { parse_sweep("--param", "pipe_bytes=big"); }), "no error");
}

TEST(ParseFilter, RefusesWhatIsNoRegularExpression) {
  EXPECT_NE(usage_message([] { compile_pattern("--filter", "("); }).find("--filter: '(' is not a regular"),
            std::string::npos);
}

}  // namespace
}  // namespace ipcbench
