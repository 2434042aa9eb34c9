// Every registered mechanism, under every waiting strategy that it honours, between related and unrelated
// processes, at every boundary size: messages arrive in order, whole and uncorrupted (the harness compares
// each byte of a verified pass and fails the launch otherwise), both ends end cleanly, nothing is left
// behind.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <sstream>
#include <vector>

#include "harness/registry.hpp"
#include "harness/skip.hpp"
#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/leftovers.hpp"

namespace ipcbench {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;

constexpr std::array<std::size_t, 13> kBoundarySizes{1,    2,    7,     8,     63,    64,     4095,
                                                     4096, 4097, 65535, 65536, 65537, 1 << 20};
constexpr std::size_t kLargestBytes = 16 << 20;

struct Case {
  const MechanismEntry* mechanism;
  Wait wait;
  Peers peers;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.mechanism->traits.name; }

bool is_planted(const MechanismEntry& entry) { return entry.traits.name.starts_with("planted_"); }

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const MechanismEntry& entry : mechanisms()) {
    if (is_planted(entry)) continue;
    for (const auto& wait : kAxis<Wait>) {
      if (!entry.traits.waits.contains(wait.value)) continue;
      cases.push_back({&entry, wait.value, Peers::fork});
      if (entry.join != nullptr) cases.push_back({&entry, wait.value, Peers::exec});
    }
  }
  return cases;
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  const Case& c = info.param;
  return fmt::format("{}_{}_{}", c.mechanism->traits.name, name_of(c.wait), name_of(c.peers));
}

Cell cell_of(const Case& c, Pattern pattern, std::size_t size_bytes) {
  return {.mechanism = std::string(c.mechanism->traits.name),
          .pattern = pattern,
          .size_bytes = size_bytes,
          .wait = c.wait,
          .peers = c.peers,
          .parameters = {}};
}

std::uint64_t total(const std::vector<HistogramBucket>& histogram) {
  return std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const HistogramBucket& bucket) { return sum + bucket.count; });
}

void expect_sound(const Measurement& m, const Traits& traits, Pattern pattern) {
  EXPECT_GT(m.messages, 0U);
  if (traits.delivery == Delivery::none) {
    EXPECT_EQ(m.verified_messages, 0U);
  } else {
    EXPECT_GE(m.verified_messages, 3U);
  }
  if (traits.delivery != Delivery::lossy) {
    EXPECT_EQ(m.lost_messages, 0U);
  }
  if (pattern == Pattern::latency) {
    EXPECT_EQ(total(m.histogram), m.messages);
  }
}

class Conformance : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (const auto reason = GetParam().mechanism->available()) GTEST_SKIP() << *reason;
    before_ = visible_objects();
  }
  void TearDown() override { EXPECT_EQ(visible_objects(), before_) << "left behind or taken away"; }

  // Measures the cell, not pinned and with both ends on one CPU.
  static void check(const Cell& cell) {
    SCOPED_TRACE(cell_name(cell));
    const Traits& traits = GetParam().mechanism->traits;
    LaunchOptions options = brief();
    expect_sound(measured(cell, options), traits, cell.pattern);
    options.placement = on_one_cpu();
    expect_sound(measured(cell, options), traits, cell.pattern);
  }

 private:
  std::set<std::string> before_;
};

// Catches an adapter that loses, cuts, merges, reorders or corrupts messages, hangs at the boundary of a
// buffer, or leaves an object behind.
TEST_P(Conformance, MovesMessagesOfEverySize) {
  const std::size_t limit_bytes = GetParam().mechanism->message_limit({}).bytes;
  for (const auto& pattern : kAxis<Pattern>) {
    for (const std::size_t size_bytes : kBoundarySizes) {
      if (size_bytes <= limit_bytes) check(cell_of(GetParam(), pattern.value, size_bytes));
    }
  }
}

// Catches a limit that is too high (the message does not fit), one that is too low for what it says, and a
// refusal that does not help.
TEST_P(Conformance, KeepsToItsLimit) {
  const MessageLimit limit = GetParam().mechanism->message_limit({});
  const bool unlimited = limit.bytes == SIZE_MAX;
  for (const auto& pattern : kAxis<Pattern>) {
    const Cell longest = cell_of(GetParam(), pattern.value, unlimited ? kLargestBytes : limit.bytes);
    EXPECT_EQ(why_skipped(longest), std::nullopt);
    if (!unlimited || GetParam().wait == Wait::block) check(longest);  // one strategy is enough for 16 MiB
    if (unlimited) continue;
    const auto reason = why_skipped(cell_of(GetParam(), pattern.value, limit.bytes + 1));
    ASSERT_TRUE(reason.has_value());
    EXPECT_THAT(*reason, HasSubstr(std::to_string(limit.bytes)));
    EXPECT_THAT(*reason, HasSubstr(limit.remedy));
    EXPECT_FALSE(limit.remedy.empty());
  }
}

// Catches an adapter that only works if the payload is copied.
TEST_P(Conformance, MovesEveryKindOfPayload) {
  for (const auto& payload : kAxis<Payload>) {
    for (const auto& pattern : kAxis<Pattern>) {
      Cell cell = cell_of(GetParam(), pattern.value, 4097);
      cell.payload = payload.value;
      check(cell);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Conformance, testing::ValuesIn(all_cases()), case_name);

class Spinning : public Conformance {};

std::vector<Case> spinning_cases() {
  std::vector<Case> cases = all_cases();
  std::erase_if(cases, [](const Case& c) { return c.wait != Wait::spin; });
  return cases;
}

// Catches verbs that sleep although they are to return at once: with both ends on one CPU, each side would
// give it up of its own accord once a message. (A few times it may: on a lock inside the kernel.)
TEST_P(Spinning, DoesNotSleep) {
  LaunchOptions options = brief();
  options.timed = std::chrono::milliseconds(20);
  options.placement = on_one_cpu();
  const Measurement m = measured(cell_of(GetParam(), Pattern::latency, 64), options);
  EXPECT_LE(m.producer.voluntary_switches, m.messages / 4 + 8);
  EXPECT_LE(m.consumer.voluntary_switches, m.messages / 4 + 8);
}

INSTANTIATE_TEST_SUITE_P(Every, Spinning, testing::ValuesIn(spinning_cases()), case_name);

// Catches an adapter that is compiled but never registered, as happens to the members of a static library
// that nobody calls.
TEST(Registry, KnowsEveryAdapterFile) {
  std::vector<std::string> registered;
  for (const MechanismEntry& entry : mechanisms()) registered.emplace_back(entry.traits.name);
  std::vector<std::string> files;
  std::istringstream list(IPCBENCH_ADAPTER_FILES);
  for (std::string file; std::getline(list, file, ',');) files.push_back(file);
  EXPECT_GT(files.size(), 10U);
  EXPECT_THAT(registered, IsSupersetOf(files));
  const auto for_tests = [](const std::string& name) {
    return name.starts_with("planted_") || name.starts_with("example_");
  };
  EXPECT_EQ(std::count_if(registered.begin(), registered.end(), for_tests) + std::ssize(files),
            std::ssize(registered));
}

// Catches names that do not fit into cell names, and entries that `ipcbench list` could not explain.
TEST(Registry, EntriesAreWellFormed) {
  for (const MechanismEntry& entry : mechanisms()) {
    EXPECT_THAT(std::string(entry.traits.name), testing::MatchesRegex("[a-z0-9_]+"));
    EXPECT_FALSE(entry.traits.summary.empty()) << entry.traits.name;
    EXPECT_EQ(entry.traits.kinship == Kinship::named, entry.join != nullptr) << entry.traits.name;
    for (const Parameter& parameter : entry.parameters) {
      EXPECT_FALSE(parameter.default_text.empty() || parameter.what.empty()) << parameter.name;
    }
  }
}

}  // namespace
}  // namespace ipcbench
