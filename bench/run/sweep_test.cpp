#include "bench/run/sweep.hpp"

#include <gtest/gtest.h>

#include "bench/run/selection.hpp"
#include "bench/testing/fake_mechanisms.hpp"
#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

const std::vector<Placement> kOneCpu{{Cpus::same, 0, 0}, {Cpus::free, {}, {}}};

MechanismEntry mechanism_of(const Traits& traits) {
  MechanismEntry entry = testing::fake_mechanism("fake");
  entry.traits = traits;
  return entry;
}

Axes some_axes() {
  return {.patterns = {Pattern::latency, Pattern::paced, Pattern::fanin, Pattern::fanout},
          .sizes_bytes = {0, 1, 64},
          .waits = {Wait::block},
          .peers = {Peers::fork, Peers::exec, Peers::thread},
          .cpus = {Cpus::same, Cpus::llc},
          .payloads = {Payload::copy},
          .rates = {{.percent = 50}},
          .arrivals = {Arrivals::poisson},
          .fans = {1, 2}};
}

// Catches tokens that are asked of a pipe, and placements that the machine lacks.
TEST(Fitted, DropsWhatTheMechanismExcludesByDesign) {
  const Axes axes = fitted(some_axes(), mechanism_of({.name = "stream", .summary = ""}), kOneCpu);
  EXPECT_EQ(axes.sizes_bytes, (std::vector<std::uint64_t>{1, 64}));
  EXPECT_EQ(axes.patterns, (std::vector{Pattern::latency, Pattern::paced}));
  EXPECT_EQ(axes.peers, (std::vector{Peers::fork, Peers::thread}));  // a fake cannot be joined
  EXPECT_EQ(axes.cpus, std::vector{Cpus::same});
}

// Catches a mechanism that is left out of a profile because it has none of its sizes or ways of waiting.
TEST(Fitted, MeasuresShortAndSpinningOnesTheirOwnWay) {
  const Traits word{.name = "word",
                    .summary = "",
                    .waits = {Wait::spin},
                    .min_message_bytes = 0,
                    .max_message_bytes = 7,
                    .sharing = {.senders = true}};
  const Axes axes = fitted(some_axes(), mechanism_of(word), kOneCpu);
  EXPECT_EQ(axes.sizes_bytes, (std::vector<std::uint64_t>{0, 1, 7}));
  EXPECT_EQ(axes.waits, std::vector{Wait::spin});
  EXPECT_EQ(axes.patterns, (std::vector{Pattern::latency, Pattern::paced, Pattern::fanin}));
  const Traits token{.name = "token", .summary = "", .min_message_bytes = 0, .max_message_bytes = 0};
  EXPECT_EQ(fitted(some_axes(), mechanism_of(token), kOneCpu).sizes_bytes, std::vector<std::uint64_t>{0});
}

// Catches a block for other ways of waiting in which a mechanism would be measured a second time.
TEST(Fitted, AddsNoWayOfWaitingInPlaceOfOtherOnes) {
  Axes other_ways = some_axes();
  other_ways.waits = {Wait::poll, Wait::adaptive};
  EXPECT_TRUE(fitted(other_ways, mechanism_of({.name = "x", .summary = "", .waits = {Wait::spin}}), kOneCpu)
                  .waits.empty());
}

TEST(Fitted, LeavesFloorsThePatternsThatHaveNoOtherEnd) {
  const Axes axes = fitted(
      some_axes(), mechanism_of({.name = "floor", .summary = "", .kind = MechanismKind::floor}), kOneCpu);
  EXPECT_EQ(axes.patterns, std::vector{Pattern::latency});
}

// Catches loads that multiply the cells of patterns which know nothing of them.
TEST(Product, SpreadsLoadsAndFansOverTheirPatternsAlone) {
  Axes axes = some_axes();
  axes.sizes_bytes = {64};
  axes.peers = {Peers::fork};
  axes.cpus = {Cpus::same};
  axes.rates = {{.percent = 50}, {.per_second = 1000}};
  std::vector<std::string> names;
  for (const Cell& cell : product(axes, "m", {{}})) names.push_back(cell_name(cell));
  const std::string rest = "/size:64/wait:block/peers:fork/cpus:same";
  EXPECT_EQ(names,
            (std::vector<std::string>{"m/latency" + rest, "m/paced" + rest + "/rate:50%/arrivals:poisson",
                                      "m/paced" + rest + "/rate:1000/arrivals:poisson",
                                      "m/fanin" + rest + "/fan:1", "m/fanin" + rest + "/fan:2",
                                      "m/fanout" + rest + "/fan:1", "m/fanout" + rest + "/fan:2"}));
}

TEST(ParseRate, ReadsNumbersAndShares) {
  EXPECT_EQ(parse_rate("--rate", "5000").per_second, 5000U);
  EXPECT_EQ(parse_rate("--rate", "80%").percent, 80U);
  for (const char* text : {"", "%", "0", "0%", "-1", "1001%", "5k"}) {
    EXPECT_EQ(testing::usage_message([&] { parse_rate("--rate", text); }).substr(0, 7), "--rate:") << text;
  }
}

}  // namespace
}  // namespace ipcbench
