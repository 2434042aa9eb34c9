#include "bench/run/sweep.hpp"

#include <gtest/gtest.h>

#include "bench/run/selection.hpp"
#include "bench/testing/fake_mechanisms.hpp"

namespace ipcbench {
namespace {

const std::vector<Placement> kOneCpu{{Cpus::same, 0, 0}, {Cpus::free, {}, {}}};

MechanismEntry mechanism_of(const Traits& traits) {
  MechanismEntry entry = testing::fake_mechanism("fake");
  entry.traits = traits;
  return entry;
}

using Texts = std::vector<std::string>;

AxisValues some_values() {
  return parse_axes({{"pattern", "latency,paced,fanin,fanout"},
                     {"size", "0,1,64"},
                     {"wait", "block"},
                     {"peers", "fork,exec,thread"},
                     {"cpus", "same,llc"},
                     {"rate", "50%"},
                     {"arrivals", "poisson"},
                     {"fan", "1,2"}});
}

// Catches tokens requested from a pipe, and placements that the machine lacks.
TEST(FeasibleValues, DropWhatTheMechanismExcludesByDesign) {
  const AxisValues values =
      feasible_values(some_values(), mechanism_of({.name = "stream", .summary = ""}), kOneCpu);
  EXPECT_EQ(values.at("size"), (Texts{"1", "64"}));
  EXPECT_EQ(values.at("pattern"), (Texts{"latency", "paced"}));
  EXPECT_EQ(values.at("peers"), (Texts{"fork", "thread"}));  // a fake cannot be joined
  EXPECT_EQ(values.at("cpus"), Texts{"same"});
}

// Catches a mechanism that a profile omits because it supports none of the profile's sizes or waits.
TEST(FeasibleValues, AddTheLongestOfShortMessagesAndSpinWhereNothingBlocks) {
  const Traits word{.name = "word",
                    .summary = "",
                    .waits = {Wait::spin},
                    .min_message_bytes = 0,
                    .max_message_bytes = 7,
                    .sharing = {.senders = true}};
  const AxisValues values = feasible_values(some_values(), mechanism_of(word), kOneCpu);
  EXPECT_EQ(values.at("size"), (Texts{"0", "1", "7"}));
  EXPECT_EQ(values.at("wait"), Texts{"spin"});
  EXPECT_EQ(values.at("pattern"), (Texts{"latency", "paced", "fanin"}));
  const Traits token{.name = "token", .summary = "", .min_message_bytes = 0, .max_message_bytes = 0};
  EXPECT_EQ(feasible_values(some_values(), mechanism_of(token), kOneCpu).at("size"), Texts{"0"});
}

// Catches a mechanism that a profile omits, or excludes from every axis, because its ends are threads; and
// one that is measured in a block for other peers.
TEST(FeasibleValues, HaveThreadsWhereNothingElseWorks) {
  const MechanismEntry within =
      mechanism_of({.name = "within", .summary = "", .kinship = Kinship::one_process});
  AxisValues values = some_values();
  values["peers"] = {"fork"};
  EXPECT_EQ(feasible_values(values, within, kOneCpu).at("peers"), Texts{"thread"});
  EXPECT_EQ(feasible_values(values, within, kOneCpu).at("size"), (Texts{"1", "64"}));
  values["peers"] = {"exec"};
  EXPECT_TRUE(feasible_values(values, within, kOneCpu).at("peers").empty());
}

// Catches a profile's batches that become a list of skipped cells, one for each mechanism without them.
TEST(FeasibleValues, DropBatchesWhereEachMessageGoesByItself) {
  const AxisValues values = parse_axes({{"pattern", "throughput"}, {"batch", "1,16"}});
  const MechanismEntry single = mechanism_of({.name = "single", .summary = ""});
  EXPECT_EQ(feasible_values(values, single, kOneCpu).at("batch"), Texts{"1"});
  const MechanismEntry several = mechanism_of({.name = "several", .summary = "", .batches = true});
  EXPECT_EQ(feasible_values(values, several, kOneCpu).at("batch"), (Texts{"1", "16"}));
}

// Catches rings that a profile leaves out of a fan-in, or lists as skipped over one object; and what can have
// no links of their own listed over these.
TEST(FeasibleValues, HaveAFanInOverTheLinksThatAMechanismCanHave) {
  const auto links_of = [](const Traits& traits, std::string_view pattern) {
    AxisValues values = parse_axes({{"pattern", pattern}, {"wait", "spin"}, {"links", "one,each"}});
    values = feasible_values(values, mechanism_of(traits), kOneCpu);
    return std::pair(values.at("pattern"), values.at("links"));
  };
  const Traits ring{.name = "ring", .summary = ""};
  const Traits queue{.name = "queue", .summary = "", .sharing = {.senders = true}};
  const Traits lossy{.name = "lossy", .summary = "", .delivery = Delivery::lossy};
  EXPECT_EQ(links_of(ring, "latency,fanin"), std::pair(Texts{"latency", "fanin"}, Texts{"each"}));
  EXPECT_EQ(links_of(queue, "fanin"), std::pair(Texts{"fanin"}, (Texts{"one", "each"})));
  EXPECT_EQ(links_of(lossy, "latency,fanin"), std::pair(Texts{"latency"}, Texts{}));
}

// Catches a mechanism that is measured a second time in a block for other waits.
TEST(FeasibleValues, AddNoWaitInPlaceOfOthersThanBlock) {
  AxisValues values = some_values();
  values["wait"] = {"poll", "adaptive"};
  const MechanismEntry spinning = mechanism_of({.name = "x", .summary = "", .waits = {Wait::spin}});
  EXPECT_TRUE(feasible_values(values, spinning, kOneCpu).at("wait").empty());
}

TEST(FeasibleValues, LeaveFloorsThePatternsThatNeedNoOtherEnd) {
  const AxisValues values = feasible_values(
      some_values(), mechanism_of({.name = "floor", .summary = "", .kind = MechanismKind::floor}), kOneCpu);
  EXPECT_EQ(values.at("pattern"), Texts{"latency"});
}

// Catches loads that multiply the cells of patterns without a load, an axis at another nesting level, and a
// count that differs from the product.
TEST(Product, SpreadsLoadsAndFansOverTheirPatternsAlone) {
  AxisValues values = some_values();
  values["size"] = {"64"};
  values["peers"] = {"fork"};
  values["cpus"] = {"same"};
  values["rate"] = {"50%", "1000"};
  Texts names;
  for (const Cell& cell : product(values, "m", {{}})) names.push_back(cell_name(cell));
  const std::string rest = "/size:64/wait:block/peers:fork/cpus:same";
  EXPECT_EQ(names,
            (Texts{"m/latency" + rest, "m/paced" + rest + "/rate:50%/arrivals:poisson",
                   "m/paced" + rest + "/rate:1000/arrivals:poisson", "m/fanin" + rest + "/fan:1",
                   "m/fanin" + rest + "/fan:2", "m/fanout" + rest + "/fan:1", "m/fanout" + rest + "/fan:2"}));
  EXPECT_EQ(count_cells(values, 3), 3 * 7.0);
}

// Catches an order that launches other cells than before for the same seed.
TEST(Product, NestsParametersAboveSizesAndBelowTheOtherAxes) {
  const AxisValues values = parse_axes({{"size", "1,2"}, {"payload", "copy,scan"}});
  Texts names;
  for (const Cell& cell : product(values, "m", {{}, {{"depth", 8}}})) names.push_back(cell_name(cell));
  const auto name = [](const char* size, const char* rest) {
    return std::string("m/latency/size:") + size + "/wait:block/peers:fork/cpus:free" + rest;
  };
  EXPECT_EQ(names, (Texts{name("1", ""), name("2", ""), name("1", "/depth:8"), name("2", "/depth:8"),
                          name("1", "/payload:scan"), name("2", "/payload:scan"),
                          name("1", "/payload:scan/depth:8"), name("2", "/payload:scan/depth:8")}));
}

}  // namespace
}  // namespace ipcbench
