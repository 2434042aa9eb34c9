// Several streams, over one link or a link each. Every answer was worked out by hand from the made report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "bench/study/advise/advice.hpp"
#include "bench/study/advise/testing/made_market.hpp"

namespace ipcbench {
namespace {

using testing::add_load;
using testing::add_mix;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kCommands;
using testing::kFrames;
using testing::kPlain;
using testing::made_market;
using testing::made_requirement;
using ::testing::Pair;
using testing::two_streams;

// Catches figures of the streams alone, of all messages for each, and of the other stream.
TEST(Advise, StreamsOnOneLinkHaveTheFiguresThatTheyHaveAtOnce) {
  const Requirement requirement = made_requirement({kCommands, kFrames});
  const Advice advice = advise(two_streams(), requirement);
  const Expectation& best = advice.best.value();
  ASSERT_EQ(best.links.size(), 1U);
  ASSERT_EQ(best.main().streams.size(), 2U);
  const auto& [frames, commands] = std::tie(best.main().streams[0], best.main().streams[1]);
  EXPECT_EQ(frames.stream, kFrames);
  EXPECT_NEAR(frames.p50_ns.median, 40'000, 400);
  EXPECT_NEAR(frames.p99_ns.value().value, 90'000, 1000);
  EXPECT_EQ(commands.stream, kCommands);
  EXPECT_NEAR(commands.p50_ns.median, 15'000, 150);
  EXPECT_NEAR(commands.p99_ns.value().value, 25'000, 300);
  EXPECT_NEAR(best.main().p50_ns.median, 15'000, 150);
  EXPECT_NEAR(best.cpus(), 1.1, 1e-9);
  const std::string text = advice_text(advice, requirement, "", kPlain);
  EXPECT_THAT(text, HasSubstr("one link for all streams"));
  EXPECT_THAT(text, HasSubstr("\n  4 KiB at 200/s"));
  EXPECT_THAT(text, HasSubstr("\n  128 B at 50000/s"));
  EXPECT_THAT(text, ::testing::ContainsRegex("\n  all at once +1.10\n"));
  EXPECT_THAT(advice_text(advice, requirement, "", {.text = {.columns = 200}, .details = true}),
              HasSubstr("measured at once, over one link"));
}

// The 99th percentile of all messages is that of the short ones, 25 us and a few of 40: the frames' 90 us
// break a limit of 50 all the same. Catches a limit on all messages together.
TEST(Advise, ALimitIsKeptByEachStream) {
  Requirement requirement = made_requirement({kFrames, kCommands});
  requirement.max_p99_ns = 95'000;
  EXPECT_TRUE(advise(two_streams(), requirement).fits());
  requirement.max_p99_ns = 50'000;
  const Advice advice = advise(two_streams(), requirement);
  EXPECT_THAT(advice.excluded, ElementsAre(Pair("max-p99", ElementsAre("only"))));
  EXPECT_THAT(advice_text(advice, requirement, "", kPlain), HasSubstr("add --links each"));
}

TEST(Advise, AStreamThatIsNotCarriedExcludes) {
  Report report = made_market({"choked"});
  add_mix(report, {.mechanism = "choked", .streams = {{kFrames, 40, 90, 0.02}, {kCommands, 15, 25}}});
  EXPECT_THAT(advise(report, made_requirement({kFrames, kCommands})).excluded,
              ElementsAre(Pair("rate", ElementsAre("choked"))));
}

TEST(Advise, StreamsMayHaveALinkEach) {
  Requirement requirement = made_requirement({kFrames, kCommands});
  requirement.mix = {};
  requirement.max_cpus = 1;
  const Advice apart = advise(two_streams(), requirement);
  ASSERT_EQ(apart.best.value().links.size(), 2U);
  EXPECT_NEAR(apart.best->cpus(), 0.01 + 0.001 + 0.3 + 0.1, 1e-9);
  EXPECT_NEAR(apart.best->p99_ns().value(), 60'000, 600);
  EXPECT_THAT(advice_text(apart, requirement, "", kPlain), HasSubstr("a link for each stream"));
  requirement = made_requirement({kFrames, kCommands});
  requirement.max_cpus = 1;
  EXPECT_THAT(advise(two_streams(), requirement).excluded,
              ElementsAre(Pair("max-cpus", ElementsAre("only"))));
}

// A report of an older program has each stream alone, which says little about both at once.
TEST(Advise, StreamsAloneDoNotAnswerForStreamsAtOnce) {
  Report report = made_market({"only"});
  for (const MessageStream& stream : {kFrames, kCommands})
    add_load(report, {.mechanism = "only", .stream = stream, .p50_us = 10, .p99_us = 20});
  const Requirement requirement = made_requirement({kFrames, kCommands});
  const Advice advice = advise(report, requirement);
  EXPECT_THAT(advice.unmeasured, ElementsAre("only"));
  EXPECT_THAT(advice_text(advice, requirement, "ipcbench advise --measure", kPlain),
              HasSubstr("  ipcbench advise --measure\n"));
}

std::vector<std::string> names_of(const std::vector<Cell>& cells) {
  std::vector<std::string> names;
  for (const Cell& cell : cells) names.push_back(cell_name(cell));
  return names;
}

// Catches a cell that the answer reads and the measurement leaves out, and one that nothing reads.
TEST(WantedCells, AreThoseOfTheAnswer) {
  const Requirement requirement = made_requirement({kFrames, kCommands}, {"both-ways"});
  const std::vector<Candidate> all{{"good", {}}, {"near", {"both-ways"}}, {"tokens", {"size"}}};
  const AdviceCells wanted = wanted_cells(all, requirement, {{"good", {"ring_bytes", 1'048'576}}});
  const std::string rest = "/peers:fork/cpus:same/rate:4096@200+128@50000/arrivals:poisson";
  EXPECT_THAT(names_of(wanted.cells), ElementsAre("good/paced/size:4096/wait:block" + rest,
                                                  "near/paced/size:4096/wait:block" + rest));
  EXPECT_THAT(names_of(wanted.settings),
              ElementsAre("good/paced/size:4096/wait:block" + rest + "/ring_bytes:1048576",
                          "good/paced/size:4096/wait:spin" + rest));
}

TEST(WantedCells, OfALinkEachAreThoseOfEachStream) {
  Requirement requirement = made_requirement({kFrames, kCommands});
  requirement.mix = {};
  const AdviceCells wanted = wanted_cells({{"good", {}}}, requirement, {});
  const std::string rest = "/wait:block/peers:fork/cpus:same/rate:";
  EXPECT_THAT(names_of(wanted.cells), ElementsAre("good/paced/size:4096" + rest + "200/arrivals:poisson",
                                                  "good/paced/size:128" + rest + "50000/arrivals:poisson"));
}

}  // namespace
}  // namespace ipcbench
