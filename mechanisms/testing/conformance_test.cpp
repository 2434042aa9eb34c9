// Every registered mechanism, under every waiting strategy that it honours, between related and unrelated
// processes and between threads, at every boundary size, in every pattern (not each with each): messages
// arrive in order, whole and uncorrupted (the harness compares each byte of a verified pass, and fails the
// launch if one differs); as many arrive as were sent; both ends end cleanly; nothing is left behind.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

#include "harness/launch/skip.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/leftovers.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

constexpr std::array<std::size_t, 15> kBoundarySizes{0,    1,    2,    3,     7,     8,     63,     64,
                                                     4095, 4096, 4097, 65535, 65536, 65537, 1 << 20};
constexpr std::size_t kLargestBytes = 16 << 20;
constexpr std::size_t kLongBytes = 1 << 20;
constexpr std::array kPlainPatterns{Pattern::latency, Pattern::throughput};

struct Case {
  const MechanismEntry* mechanism;
  Wait wait;
  Peers peers;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.mechanism->traits.name; }

bool has_usual_peers(const Case& c) { return c.peers == usual_peers(c.mechanism->traits); }

// How a mechanism waits and who its peers are meet in few lines: those that attach an end. So most properties
// are checked with the usual peers under every waiting strategy, and with all peers under the usual one.
// IPCBENCH_CONFORMANCE=whole checks them in every combination, at every size.
bool in_every_combination() {
  const char* wanted = std::getenv("IPCBENCH_CONFORMANCE");
  return wanted != nullptr && wanted == std::string_view("whole");
}
bool has_usual_wait(const Case& c) { return c.wait == usual_wait(c.mechanism->traits); }
bool is_usual(const Case& c) { return has_usual_peers(c) || has_usual_wait(c); }
// The one case of a mechanism in which a property is checked that depends on neither.
bool is_plainest(const Case& c) {
  return in_every_combination() || (has_usual_peers(c) && has_usual_wait(c));
}

// Whether every size is tried. A size reaches the same code with any peers. An end that spins before it
// sleeps runs what ends run that do one of the two, and one that polls has the calls of one that spins, by
// epoll too. Ends that spin meet a full object at a boundary only where messages are streamed: a ping-pong
// leaves it as empty as under `block`. The calls of a library are the same for the message of a ping-pong and
// of a stream, and whether they wait or not.
bool takes_every_size(const Case& c, Pattern pattern) {
  if (in_every_combination()) return true;
  if (!has_usual_peers(c)) return false;
  const bool streams = pattern == Pattern::throughput;
  if (c.mechanism->traits.kind == MechanismKind::library) return streams && has_usual_wait(c);
  return has_usual_wait(c) || (streams && c.wait == Wait::spin);
}

// The sizes that the mechanism can carry by design and under the kernel's present limits. Four are enough
// where not every size is tried. Where the peers are not the usual ones, one short message and one longer
// than any buffer show what can go wrong.
std::vector<std::size_t> sizes_for(const Case& c, Pattern pattern) {
  const Traits& traits = c.mechanism->traits;
  const std::size_t longest = std::min(c.mechanism->message_limit({}).bytes, traits.max_message_bytes);
  const bool all = takes_every_size(c, pattern);
  std::vector<std::size_t> sizes;
  for (const std::size_t size : kBoundarySizes) {
    const bool wanted =
        all || size == usual_size(traits) || size == 65537 || (has_usual_peers(c) && size <= 1);
    if (wanted && size >= traits.min_message_bytes && size <= longest) sizes.push_back(size);
  }
  return sizes;
}

// Whether the ends also run on two CPUs: at sizes at which rings wrap, buffers fill and messages are empty.
// Where other programs keep the CPUs busy, ends that spin wait for a time slice per message. So one size is
// enough where the peers are not the usual ones, and two where the same rings are also tried by ends that
// block.
bool may_race(const Case& c, std::size_t size_bytes) {
  const Traits& traits = c.mechanism->traits;
  if (c.wait == Wait::spin && !in_every_combination()) {
    if (!has_usual_peers(c)) return size_bytes == usual_size(traits);
    if (!has_usual_wait(c)) return size_bytes == usual_size(traits) || size_bytes == 65537;
  }
  return size_bytes < 4096 ? size_bytes >= 63 || size_bytes == 0 : size_bytes % 2 == 1;
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const MechanismEntry* mechanism : real_mechanisms()) {
    for (const auto& wait : kAxis<Wait>) {
      if (!mechanism->traits.waits.contains(wait.value)) continue;
      for (const auto& peers : kAxis<Peers>) {
        const Case each{mechanism, wait.value, peers.value};
        // The loops of `epoll` are those of all mechanisms, over the ends that `poll` attaches.
        const bool is_told_by_poll =
            wait.value == Wait::epoll && !has_usual_peers(each) && !in_every_combination();
        if (can_have(*mechanism, peers.value) && !is_told_by_poll) cases.push_back(each);
      }
    }
  }
  return cases;
}

// For properties that depend on the peers or on the waiting strategy, but hardly on both.
std::vector<Case> crossing_cases() {
  std::vector<Case> cases = all_cases();
  if (!in_every_combination()) std::erase_if(cases, [](const Case& c) { return !is_usual(c); });
  return cases;
}

// For properties that do not depend on the peers.
std::vector<Case> usual_cases() {
  std::vector<Case> cases = all_cases();
  std::erase_if(cases, [](const Case& c) { return !has_usual_peers(c); });
  return cases;
}

// The mechanism ends at a double underscore, so that a filter can name all of its cases.
std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  const Case& c = info.param;
  return fmt::format("{}__{}_{}", c.mechanism->traits.name, name_of(c.wait), name_of(c.peers));
}

Cell cell_for(const Case& c, Pattern pattern, std::size_t size_bytes) {
  Cell cell = usual_cell(*c.mechanism, c.peers);
  cell.pattern = pattern;
  cell.size_bytes = size_bytes;
  cell.wait = c.wait;
  return cell;
}

std::uint64_t total(const std::vector<HistogramBucket>& histogram) {
  return std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const HistogramBucket& bucket) { return sum + bucket.count; });
}

void expect_sound(const Measurement& m, const Traits& traits, Pattern pattern) {
  EXPECT_GT(m.messages, 0U);
  if (is_floor(traits)) {
    EXPECT_EQ(m.verified_messages, 0U);
  } else {
    EXPECT_GE(m.verified_messages, 3U);
  }
  if (traits.delivery != Delivery::lossy) {
    EXPECT_EQ(m.lost_messages, 0U);
  }
  if (times_messages(pattern)) {
    EXPECT_EQ(total(m.histogram), m.messages + (m.schedule ? m.schedule->unsent_messages : 0));
  }
}

class Conformance : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (const auto reason = GetParam().mechanism->available()) GTEST_SKIP() << *reason;
    before_ = visible_objects();
  }
  void TearDown() override {
    if (IsSkipped()) return;
    EXPECT_EQ(visible_objects(), before_) << "left behind or taken away";
  }

  // Measures the cell with both ends on one CPU, where an end that waits has to let the other one run.
  static void check(const Cell& cell) { check(cell, on_one_cpu()); }
  static void check(const Cell& cell, const Placement& placement) {
    SCOPED_TRACE(cell_name(cell));
    LaunchOptions options = brief();
    options.placement = placement;
    expect_sound(measured(cell, options), GetParam().mechanism->traits, cell.pattern);
  }

 private:
  std::set<std::string> before_;
};

class CrossingConformance : public Conformance {};
class UsualConformance : public Conformance {};

// Catches a mechanism that loses, cuts, merges, reorders or corrupts messages, hangs at the boundary of a
// buffer, or leaves an object behind.
TEST_P(Conformance, MovesMessagesOfEverySize) {
  for (const Pattern pattern : kPlainPatterns) {
    for (const std::size_t size_bytes : sizes_for(GetParam(), pattern)) {
      check(cell_for(GetParam(), pattern, size_bytes));
      if (may_race(GetParam(), size_bytes)) check(cell_for(GetParam(), pattern, size_bytes), {});
    }
  }
}

// Catches a mechanism that needs an answer to each message, or that is too slow to give up.
TEST_P(CrossingConformance, KeepsUpWithEveryPattern) {
  const Traits& traits = GetParam().mechanism->traits;
  if (is_floor(traits)) return;  // a floor has no other end
  const Cell oneway = cell_for(GetParam(), Pattern::oneway, usual_size(traits));
  if (!why_skipped(oneway)) check(oneway);
  Cell paced = cell_for(GetParam(), Pattern::paced, usual_size(traits));
  paced.load = {.percent = 50, .arrivals = Arrivals::poisson};
  if (!why_skipped(paced)) check(paced);
  paced.load = {.per_second = 5000};
  if (is_plainest(GetParam()) && !why_skipped(paced)) check(paced);
}

// Catches a side that claims to be shareable, but loses, mixes or duplicates messages when it is shared.
TEST_P(CrossingConformance, SharesASideAmongSeveralEnds) {
  const Traits& traits = GetParam().mechanism->traits;
  for (const Pattern pattern : {Pattern::fanin, Pattern::fanout}) {
    for (const std::size_t size_bytes :
         {usual_size(traits), std::min<std::size_t>(4096, traits.max_message_bytes)}) {
      Cell cell = cell_for(GetParam(), pattern, size_bytes);
      cell.fan = 3;
      if (!why_skipped(cell)) check(cell);
    }
  }
}

// Catches a link that its consumer confuses with the others of its fan-in, and one that cannot be made,
// attached or read beside them by one end. Each message carries its number.
TEST_P(CrossingConformance, GivesEachProducerALink) {
  const Traits& traits = GetParam().mechanism->traits;
  for (const std::size_t size_bytes :
       {usual_size(traits), std::min<std::size_t>(65537, traits.max_message_bytes)}) {
    Cell cell = cell_for(GetParam(), Pattern::fanin, size_bytes);
    cell.fan = 3;
    cell.links = Links::each;
    if (cell.size_bytes > 0) cell.payload = Payload::checked;
    if (!why_skipped(cell)) check(cell);
  }
}

// Catches a link that finds the objects of another one beside it, and one that there can be only once.
TEST_P(CrossingConformance, RunsSeveralPairsAtOnce) {
  for (const Pattern pattern : kPlainPatterns) {
    if (pattern == Pattern::throughput && !is_plainest(GetParam())) continue;
    Cell cell = cell_for(GetParam(), pattern, usual_size(GetParam().mechanism->traits));
    cell.pairs = pattern == Pattern::latency ? 2 : 4;
    ASSERT_EQ(why_skipped(cell), std::nullopt) << cell_name(cell);
    check(cell);
  }
}

// Catches an end that takes part in two links, but confuses them, waits for the wrong one, or can attach one
// only. Each message carries its number.
TEST_P(CrossingConformance, GoesAroundAChain) {
  Cell cell = cell_for(GetParam(), Pattern::latency, usual_size(GetParam().mechanism->traits));
  cell.chain = 3;
  if (cell.size_bytes > 0) cell.payload = Payload::checked;
  if (!why_skipped(cell)) check(cell);
}

// Catches a batch that loses, swaps, cuts or repeats messages, one that its sender keeps while it waits for
// room (64 of 4097 bytes fill every buffer), and one that the end of a phase leaves behind (of 10 messages of
// 64): the receiver would wait for it until the launch is given up. Each message carries its number.
TEST_P(CrossingConformance, MovesMessagesInBatches) {
  if (!GetParam().mechanism->traits.batches || GetParam().wait == Wait::epoll)
    return;  // which shows no batch
  const auto check_all = [&](Pattern pattern, std::uint32_t batch, const OfferedLoad& load) {
    for (const std::size_t size_bytes : {std::size_t{64}, std::size_t{4097}}) {
      Cell cell = cell_for(GetParam(), pattern, size_bytes);
      cell.batch = batch;
      cell.load = load;
      cell.payload = Payload::checked;
      ASSERT_EQ(why_skipped(cell), std::nullopt) << cell_name(cell);
      check(cell);
      if (may_race(GetParam(), size_bytes)) check(cell, {});
    }
  };
  check_all(Pattern::throughput, 3, {});
  check_all(Pattern::throughput, 64, {});
  check_all(Pattern::paced, 64, {.per_second = 5000});
}

// Catches a limit that is too high (the message does not fit), a limit that refuses less than it says, and a
// refusal without a remedy.
TEST_P(UsualConformance, KeepsToItsLimit) {
  const MessageLimit limit = GetParam().mechanism->message_limit({});
  const bool unlimited = limit.bytes == SIZE_MAX;
  if (!unlimited) {
    EXPECT_LE(limit.bytes, GetParam().mechanism->traits.max_message_bytes);
  }
  for (const Pattern pattern : kPlainPatterns) {
    const Cell longest = cell_for(GetParam(), pattern, unlimited ? kLargestBytes : limit.bytes);
    EXPECT_EQ(why_skipped(longest), std::nullopt);
    // Megabytes take long to move. A stream under the usual strategy is enough: the limit is the same for
    // all.
    const bool moves = in_every_combination() || longest.size_bytes <= kLongBytes ||
                       (pattern == Pattern::throughput && has_usual_wait(GetParam()));
    if (moves) check(longest);
    if (unlimited) continue;
    const auto reason = why_skipped(cell_for(GetParam(), pattern, limit.bytes + 1));
    ASSERT_TRUE(reason.has_value());
    EXPECT_FALSE(limit.remedy.empty());
    if (limit.bytes == GetParam().mechanism->traits.max_message_bytes) continue;  // a limit by design
    EXPECT_THAT(*reason, HasSubstr(std::to_string(limit.bytes)));
    EXPECT_THAT(*reason, HasSubstr(limit.remedy));
  }
}

// Catches a mechanism that works only if the payload is copied.
TEST_P(UsualConformance, MovesEveryKindOfPayload) {
  if (!is_plainest(GetParam())) return;  // what is done with a message has no part in how an end waits for it
  const std::size_t size_bytes = std::min<std::size_t>(4097, GetParam().mechanism->traits.max_message_bytes);
  for (const auto& payload : kAxis<Payload>) {
    if (payload.value == Payload::copy) continue;  // what the other tests move
    if (payload.value == Payload::direct && !GetParam().mechanism->traits.direct) continue;
    for (const Pattern pattern : kPlainPatterns) {
      Cell cell = cell_for(GetParam(), pattern, size_bytes);
      cell.payload = payload.value;
      check(cell);
    }
  }
}

// Catches a mechanism that cuts a message at the length of the one before, keeps bytes of a longer one, or
// gives its receiver two short messages as one. Each message carries its number at both of its ends.
TEST_P(UsualConformance, MixesMessagesOfSeveralLengths) {
  const Traits& traits = GetParam().mechanism->traits;
  const std::size_t longest = std::min<std::size_t>(4097, GetParam().mechanism->message_limit({}).bytes);
  Cell cell = cell_for(GetParam(), Pattern::paced, std::min(longest, traits.max_message_bytes));
  // No other end, no two lengths, or no order to follow.
  if (is_floor(traits) || cell.size_bytes < 2 || traits.delivery == Delivery::lossy) return;
  const std::size_t shorter = std::min<std::size_t>(cell.size_bytes - 1, 17);
  cell.load = load_of(StreamMix(std::vector<MessageStream>{{cell.size_bytes, 10'000}, {shorter, 20'000}}),
                      Arrivals::poisson);
  cell.payload = Payload::checked;
  ASSERT_EQ(why_skipped(cell), std::nullopt);
  check(cell);
  check(cell, {});
}

INSTANTIATE_TEST_SUITE_P(Every, Conformance, ::testing::ValuesIn(all_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Every, CrossingConformance, ::testing::ValuesIn(crossing_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Every, UsualConformance, ::testing::ValuesIn(usual_cases()), case_name);

class Spinning : public Conformance {};

std::vector<Case> spinning_cases() {
  std::vector<Case> cases = all_cases();
  std::erase_if(cases, [](const Case& c) { return c.wait != Wait::spin; });
  return cases;
}

// Catches verbs that sleep although they should return at once: with both ends on one CPU, each side would
// give the CPU up once a message. (It may do so a few times, on a lock inside the kernel.)
TEST_P(Spinning, DoesNotSleep) {
  LaunchOptions options = brief();
  options.timed = std::chrono::milliseconds(20);
  options.placement = on_one_cpu();
  const std::size_t size_bytes = usual_size(GetParam().mechanism->traits);
  const Measurement m = measured(cell_for(GetParam(), Pattern::latency, size_bytes), options);
  EXPECT_LE(m.producer.voluntary_switches, m.messages / 4 + 8);
  EXPECT_LE(m.consumer.voluntary_switches, m.messages / 4 + 8);
}

INSTANTIATE_TEST_SUITE_P(Every, Spinning, ::testing::ValuesIn(spinning_cases()), case_name);

// Catches a mechanism that is compiled but not registered (the linker drops members of a static library that
// nobody calls), and one whose cases CTest would not run, because it has no file of its name.
TEST(Registry, KnowsEveryMechanismFile) {
  std::set<std::string> registered;
  for (const MechanismEntry* mechanism : real_mechanisms()) registered.emplace(mechanism->traits.name);
  std::set<std::string> files{"example_mailbox"};  // lives with the tests
  std::istringstream list(IPCBENCH_MECHANISM_FILES);
  for (std::string file; std::getline(list, file, ',');) files.insert(file);
  EXPECT_GT(files.size(), 10U);
  EXPECT_EQ(registered, files);
}

// Catches names that do not fit into cell names, and entries that `ipcbench list` cannot explain.
TEST(Registry, EntriesAreWellFormed) {
  for (const MechanismEntry& entry : mechanisms()) {
    EXPECT_THAT(std::string(entry.traits.name), ::testing::MatchesRegex("[a-z0-9_]+"));
    EXPECT_FALSE(entry.traits.summary.empty()) << entry.traits.name;
    EXPECT_TRUE(entry.traits.kinship != Kinship::named || entry.join != nullptr) << entry.traits.name;
    for (const Parameter& parameter : entry.parameters) {
      EXPECT_FALSE(parameter.default_text.empty() || parameter.what.empty()) << parameter.name;
    }
  }
}

}  // namespace
}  // namespace ipcbench
