#include "harness/contract/feasibility.hpp"

#include <gmock/gmock.h>

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

constexpr Traits kPlain{.name = "plain", .summary = ""};
constexpr Traits kShared{.name = "shared", .summary = "", .sharing = {.senders = true, .whole_bytes = 100}};
constexpr Traits kLossy{.name = "lossy", .summary = "", .delivery = Delivery::lossy};
constexpr Traits kFloor{
    .name = "floor", .summary = "", .kind = MechanismKind::floor, .delivery = Delivery::none};
constexpr Traits kToken{.name = "token", .summary = "", .min_message_bytes = 0, .max_message_bytes = 0};

// These decide which loops are compiled, so the compiler has to know them.
static_assert(can_run(kFloor, Pattern::throughput) && !can_run(kFloor, Pattern::paced));
static_assert(can_run(kShared, Pattern::fanin) && !can_run(kShared, Pattern::fanout));

Cell cell_of(Pattern pattern, std::size_t bytes = 64) {
  Cell cell;
  cell.pattern = pattern;
  cell.size_bytes = bytes;
  cell.fan = 2;
  return cell;
}

std::optional<std::string> reason(const Traits& traits, const Cell& cell) {
  return why_infeasible(traits, false, cell);
}

// Catches a chain whose links would not be what its cell says.
TEST(Feasibility, OnlyPairsAreChains) {
  Cell cell = cell_of(Pattern::latency);
  cell.chain = 4;
  EXPECT_EQ(reason(kPlain, cell), std::nullopt);
  EXPECT_EQ(reason(kLossy, cell), std::nullopt);
  EXPECT_THAT(reason(kFloor, cell), Optional(HasSubstr("no other end")));
  cell.boundary = Boundary::net;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("--boundary none")));
  cell.boundary = Boundary::none;
  cell.pairs = 2;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("--pairs 1")));
  cell.pairs = 1;
  cell.chain = kMaxChain + 1;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("2 to 16")));
}

// Catches launching a loop for a pattern in which it would move no message.
TEST(Feasibility, EveryImpossiblePatternHasItsReason) {
  for (const auto& pattern : kAxis<Pattern>) {
    for (const Traits& traits : {kPlain, kShared, kLossy, kFloor}) {
      Cell cell = cell_of(pattern.value);
      cell.load.per_second = 1;
      EXPECT_EQ(reason(traits, cell).has_value(), !can_run(traits, pattern.value))
          << traits.name << " " << pattern.name;
    }
  }
  EXPECT_THAT(reason(kFloor, cell_of(Pattern::fanin)), Optional(HasSubstr("no other end")));
  EXPECT_THAT(reason(kPlain, cell_of(Pattern::fanin)), Optional(HasSubstr("one sender only")));
  EXPECT_THAT(reason(kShared, cell_of(Pattern::fanout)), Optional(HasSubstr("one receiver only")));
}

// Catches a consumer that sleeps in one of its links while messages wait in the others.
TEST(Feasibility, AConsumerOfSeveralLinksSpinsOrWatchesThem) {
  constexpr Traits kWatched{.name = "watched", .summary = "", .waits = kAllWaits.with(Wait::epoll)};
  constexpr Traits kSpins{.name = "spins", .summary = "", .waits = {Wait::spin}};
  constexpr Traits kBlocks{.name = "blocks", .summary = "", .waits = {Wait::block}};
  Cell cell = cell_of(Pattern::fanin, 101);
  cell.links = Links::each;
  for (const auto& wait : kAxis<Wait>) {
    cell.wait = wait.value;
    const bool spins = wait.value == Wait::spin;
    EXPECT_EQ(reason(kSpins, cell) == std::nullopt, spins) << wait.name;
    EXPECT_EQ(reason(kPlain, cell) == std::nullopt, spins) << wait.name;
    const bool is_told = wait.value == Wait::poll || wait.value == Wait::epoll;
    EXPECT_EQ(reason(kWatched, cell) == std::nullopt, spins || is_told) << wait.name;
  }
  cell.wait = Wait::block;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("use --wait spin")));
  EXPECT_THAT(reason(kWatched, cell), Optional(HasSubstr("use --wait spin, poll or epoll")));
  EXPECT_THAT(reason(kBlocks, cell), Optional(HasSubstr("neither spin nor show a descriptor")));
}

// Catches links that are refused for what is true of a shared object only, and the reverse.
TEST(Feasibility, LinksOfTheirOwnAreSharedByNobody) {
  Cell cell = cell_of(Pattern::fanin, 101);
  cell.wait = Wait::spin;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("use --links each")));
  cell.links = Links::each;
  for (const Traits& traits : {kPlain, kShared}) EXPECT_EQ(reason(traits, cell), std::nullopt);
  EXPECT_THAT(reason(kLossy, cell), Optional(HasSubstr("which of several links is through")));
  EXPECT_THAT(reason(kFloor, cell), Optional(HasSubstr("no other end")));
  cell.payload = Payload::direct;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("use --payload copy")));
  cell = cell_of(Pattern::fanout, 64);
  cell.links = Links::each;  // an axis that it does not have
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("one receiver only")));
}

// Catches a queue in the memory of one process that is forked, where nothing would arrive.
TEST(Feasibility, EndsOfOneProcessAreThreads) {
  constexpr Traits kWithin{.name = "within", .summary = "", .kinship = Kinship::one_process};
  Cell cell = cell_of(Pattern::latency);
  for (const auto& peers : kAxis<Peers>) {
    cell.peers = peers.value;
    EXPECT_EQ(why_infeasible(kWithin, true, cell).has_value(), peers.value != Peers::thread) << peers.name;
  }
  cell.peers = Peers::fork;
  EXPECT_THAT(reason(kWithin, cell), Optional(HasSubstr("use --peers thread")));
  cell.peers = usual_peers(kWithin);
  EXPECT_EQ(reason(kWithin, cell), std::nullopt);
}

TEST(Feasibility, SharedEndsKeepMessagesWholeUpToALength) {
  EXPECT_EQ(reason(kShared, cell_of(Pattern::fanin, 100)), std::nullopt);
  EXPECT_THAT(reason(kShared, cell_of(Pattern::fanin, 101)), Optional(HasSubstr("not kept whole")));
  EXPECT_THAT(reason(kShared, cell_of(Pattern::fanin, 7)), Optional(HasSubstr("whose it is")));
}

TEST(Feasibility, PacedMessagesThatMayGetLostAreNumbered) {
  Cell cell = cell_of(Pattern::paced, 7);
  EXPECT_THAT(reason(kLossy, cell), Optional(HasSubstr("needs a rate")));
  cell.load.percent = 50;
  EXPECT_EQ(reason(kPlain, cell), std::nullopt);
  EXPECT_THAT(reason(kLossy, cell), Optional(HasSubstr("at least 8 bytes")));
  cell.size_bytes = 8;
  EXPECT_EQ(reason(kLossy, cell), std::nullopt);
  cell.payload = Payload::untouched;
  EXPECT_THAT(reason(kLossy, cell), Optional(HasSubstr("copied")));
}

// Catches a mix of which only the longest message is held against the mechanism's limits.
TEST(Feasibility, EveryLengthOfAMixCounts) {
  constexpr Traits kLong{.name = "long", .summary = "", .min_message_bytes = 8};
  Cell cell = cell_of(Pattern::paced, 64);
  cell.load = load_of(parse_mix("64@5+4@5"), Arrivals::poisson);
  EXPECT_EQ(reason(kPlain, cell), std::nullopt);
  EXPECT_THAT(reason(kLong, cell), Optional(HasSubstr("at least 8 byte")));
  cell.load = load_of(parse_mix("64@5+8@5"), Arrivals::poisson);
  EXPECT_EQ(reason(kLong, cell), std::nullopt);
  EXPECT_THAT(reason(kLossy, cell), Optional(HasSubstr("which of several lengths")));
  cell.payload = Payload::checked;
  EXPECT_EQ(reason(kPlain, cell), std::nullopt);
  cell.payload = Payload::scan;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("use --payload copy or checked")));
  cell.payload = Payload::direct;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("use --payload copy or checked")));
  cell.payload = Payload::copy;
  cell.size_bytes = 8;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("longest of its streams, 64 bytes")));
}

// Catches a floor that waits for nobody, and a payload that the loop with pauses would not have.
TEST(Feasibility, MessagesAfterPausesAreCopiedToAnotherEnd) {
  Cell cell = cell_of(Pattern::latency);
  cell.idle_ns = 1000;
  EXPECT_EQ(reason(kPlain, cell), std::nullopt);
  EXPECT_THAT(reason(kFloor, cell), Optional(HasSubstr("no other end")));
  for (const Payload payload : {Payload::scan, Payload::untouched}) {
    cell.payload = payload;
    EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("use --payload copy, checked or direct")));
  }
}

// Catches idle descriptors that nobody watches, and messages read ahead that no descriptor shows.
TEST(Feasibility, IdleDescriptorsTakeOneThatCanBeWatched) {
  constexpr Traits kWatched{
      .name = "watched", .summary = "", .waits = kAllWaits.with(Wait::epoll), .batches = true};
  Cell cell = cell_of(Pattern::latency, 64);
  cell.watched = 100;
  EXPECT_THAT(reason(kWatched, cell), Optional(HasSubstr("use --wait poll or epoll")));
  for (const Wait wait : {Wait::poll, Wait::epoll}) {
    cell.wait = wait;
    EXPECT_EQ(reason(kWatched, cell), std::nullopt);
    EXPECT_NE(reason(kPlain, cell), std::nullopt);
  }
  cell.pattern = Pattern::throughput;
  EXPECT_THAT(reason(kWatched, cell), Optional(HasSubstr("use --pattern latency")));
  cell.watched = 0;
  cell.batch = 4;
  EXPECT_THAT(reason(kWatched, cell), Optional(HasSubstr("use --batch 1")));
}

TEST(Feasibility, AFloorIsOnOneSideOfABoundary) {
  Cell cell = cell_of(Pattern::latency);
  cell.boundary = Boundary::net;
  EXPECT_EQ(reason(kPlain, cell), std::nullopt);
  EXPECT_THAT(reason(kFloor, cell), Optional(HasSubstr("no other end to reach")));
}

TEST(Feasibility, DirectPayloadsTakeEndsThatMoveThem) {
  constexpr Traits kDirect{.name = "direct", .summary = "", .direct = true};
  Cell cell = cell_of(Pattern::latency, 64);
  cell.payload = Payload::direct;
  EXPECT_EQ(reason(kDirect, cell), std::nullopt);
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("own memory")));
}

// Catches batches that go one by one, and those that need more memory than they are worth.
TEST(Feasibility, BatchesTakeEndsThatCollectThem) {
  constexpr Traits kBatches{.name = "batches", .summary = "", .direct = true, .batches = true};
  Cell cell = cell_of(Pattern::throughput, 64);
  cell.batch = 16;
  EXPECT_EQ(reason(kBatches, cell), std::nullopt);
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("--batch 1")));
  cell.payload = Payload::direct;
  EXPECT_THAT(reason(kBatches, cell), Optional(HasSubstr("--payload copy")));
  cell.payload = Payload::copy;
  cell.size_bytes = 1 << 20;
  EXPECT_EQ(reason(kBatches, cell), std::nullopt);
  cell.batch = 17;
  EXPECT_THAT(reason(kBatches, cell), Optional(HasSubstr("longer than 16777216 bytes")));
  cell = cell_of(Pattern::paced, 64);
  cell.batch = 2;
  cell.load = load_of(parse_mix("64@5+4@5"), Arrivals::poisson);
  EXPECT_THAT(reason(kBatches, cell), Optional(HasSubstr("one length")));
}

// Catches numbers too short to tell a loss from a repetition. Nothing is lost of a ping-pong.
TEST(Feasibility, CheckedMessagesThatMayGetLostHaveRoomForTheirNumber) {
  Cell cell = cell_of(Pattern::throughput, 7);
  cell.payload = Payload::checked;
  EXPECT_EQ(reason(kPlain, cell), std::nullopt);
  EXPECT_THAT(reason(kLossy, cell), Optional(HasSubstr("at least 8 bytes")));
  cell.pattern = Pattern::latency;
  EXPECT_EQ(reason(kLossy, cell), std::nullopt);
  cell = cell_of(Pattern::paced, 8);
  cell.payload = Payload::checked;
  cell.load.percent = 50;
  EXPECT_EQ(reason(kLossy, cell), std::nullopt);
}

TEST(Feasibility, LengthsWaitsAndPeersAreThoseOfTheTraits) {
  EXPECT_THAT(reason(kPlain, cell_of(Pattern::latency, 0)), Optional(HasSubstr("at least 1 byte")));
  EXPECT_THAT(reason(kToken, cell_of(Pattern::latency, 1)), Optional(HasSubstr("size 0")));
  Cell cell = cell_of(Pattern::latency);
  cell.peers = Peers::exec;
  EXPECT_THAT(reason(kPlain, cell), Optional(HasSubstr("unrelated processes")));
  EXPECT_EQ(why_infeasible(kPlain, true, cell), std::nullopt);
  constexpr Traits kSpins{.name = "spins", .summary = "", .waits = {Wait::spin}};
  EXPECT_THAT(reason(kSpins, cell_of(Pattern::latency)), Optional(HasSubstr("wait by block")));
}

}  // namespace
}  // namespace ipcbench
