// An end that crashes, leaves, stops or waits for ever, in every phase of a launch, in every pattern, as a
// process or as a thread: the launch ends as failed, with the reason, within its time limit.
//
// With messages of 64 bytes, 64 of them are verified; without warm-up time, one or two follow in the warm-up.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "harness/launch/skip.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/leftovers.hpp"
#include "mechanisms/testing/planted_deeds.hpp"

namespace ipcbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Kind = Failure::Kind;

// What becomes of a deed: how the launch fails, and what the reason says.
struct Consequence {
  const char* name;
  Deed deed;
  Kind kind;
  const char* reason;
};
constexpr std::array kConsequences{
    Consequence{"Segfault", Deed::segfault, Kind::killed, "killed by signal 11"},
    Consequence{"Abort", Deed::abort, Kind::killed, "killed by signal 6"},
    Consequence{"Kill", Deed::kill, Kind::killed, "killed by signal 9"},
    Consequence{"ExitWithSuccess", Deed::exit_0, Kind::exited, "ended early"},
    Consequence{"ExitWithFailure", Deed::exit_1, Kind::exited, "exited with code 1 and said nothing"},
    Consequence{"Throw", Deed::throws, Kind::error, "a planted error"},
    Consequence{"HangUp", Deed::hang_up, Kind::error, ""},
    Consequence{"Hang", Deed::hang, Kind::timed_out, "timed out after 0.4 s"},
    Consequence{"Stop", Deed::stop, Kind::timed_out, "timed out after 0.4 s"},
    Consequence{"Spin", Deed::spin, Kind::timed_out, "timed out after 0.4 s"},
    Consequence{"IgnoreSigterm", Deed::ignore_sigterm, Kind::timed_out, "timed out after 0.4 s"},
};

// Where in a launch, by what the end that sends has sent until then.
enum class Where { attaching, verifying, warming_up, timed, leaving };
constexpr std::array kWheres{Where::attaching, Where::verifying, Where::warming_up, Where::timed,
                             Where::leaving};
constexpr std::array<const char*, 5> kPhases{"attaching", "verifying", "warming up", "timed", "done"};

// How many messages the producer sends before the warm-up: fanout has as many for each consumer, and a
// farewell to each.
std::uint64_t verified_by_producer(Pattern pattern) { return pattern == Pattern::fanout ? 2 * 64 + 2 : 64; }

PlannedDeed planned(Deed deed, Where where, Pattern pattern) {
  const std::uint64_t verified = verified_by_producer(pattern);
  switch (where) {
    case Where::attaching:
      return {.deed = deed, .moment = Moment::attaching};
    case Where::verifying:
      return {.deed = deed, .at_message = 10};
    case Where::warming_up:
      return {.deed = deed, .at_message = verified};
    case Where::timed:
      return {.deed = deed, .at_message = verified + 8};
    case Where::leaving:
      return {.deed = deed, .moment = Moment::leaving};
  }
  return {};
}

// Long enough in the timed phase to get to the message that is struck; and short enough before the limit.
LaunchOptions limited() {
  return {.placement = {},
          .warm_up = {},
          .timed = std::chrono::milliseconds(50),
          .time_limit = std::chrono::milliseconds(400)};
}
// For what is noticed at once: machines under load are slow.
LaunchOptions unhurried() {
  LaunchOptions options = limited();
  options.time_limit = std::chrono::seconds(30);
  return options;
}

struct Case {
  Consequence consequence;
  Pattern pattern;
  Peers peers;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.consequence.name; }

// Those that only the time limit ends take that long: they strike in fewer combinations.
bool is_slow(const Consequence& consequence) { return consequence.kind == Kind::timed_out; }

bool is_worth_its_time(const Case& c) {
  if (c.pattern != Pattern::latency) return c.peers == Peers::fork && c.consequence.deed == Deed::stop;
  return c.peers == Peers::fork || c.consequence.deed == Deed::stop || c.consequence.deed == Deed::hang;
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Consequence& consequence : kConsequences) {
    for (const auto& pattern : kAxis<Pattern>) {
      for (const auto& peers : kAxis<Peers>) {
        const Case candidate{consequence, pattern.value, peers.value};
        if (!is_slow(consequence) || is_worth_its_time(candidate)) cases.push_back(candidate);
      }
    }
  }
  return cases;
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  const Case& c = info.param;
  return fmt::format("{}_{}_{}", c.consequence.name, name_of(c.pattern), name_of(c.peers));
}

class NeverHangs : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override { before_ = visible_objects(); }
  void TearDown() override { EXPECT_EQ(visible_objects(), before_) << "left behind"; }

  static void expect_failure(const PlannedDeed& plan, const char* phase) {
    const auto& [consequence, pattern, peers] = GetParam();
    const Cell cell = planted_cell(plan, pattern, peers);
    ASSERT_EQ(why_skipped(cell), std::nullopt);
    const Failure failure = failed(cell, is_slow(consequence) ? limited() : unhurried());
    EXPECT_EQ(failure.kind, consequence.kind) << failure.reason;
    EXPECT_THAT(failure.reason, AllOf(HasSubstr(consequence.reason), HasSubstr(phase)));
  }

 private:
  std::set<std::string> before_;
};

// What shows when an end is through with its work and only has to go.
bool matters_when_leaving(Deed deed) {
  return deed != Deed::exit_0 && deed != Deed::throws && deed != Deed::hang_up;
}
bool can_strike(const Case& c, Where where) {
  const Deed deed = c.consequence.deed;
  if (where == Where::leaving) return matters_when_leaving(deed);
  return where != Where::attaching || deed != Deed::hang_up;  // there is nothing to hang up yet
}

// Who hangs up is told by the other, in whichever phase that one is; one of several ends or threads may be
// behind the one that is struck; and what the time limit ends may have been slow to get there.
bool tells_the_phase(const Case& c, Where where) {
  return c.consequence.deed != Deed::hang_up && where != Where::leaving && !is_fan(c.pattern) &&
         c.peers != Peers::thread && !is_slow(c.consequence);
}

// Catches a wait without an end, in any phase, and a failure that is reported as something else.
TEST_P(NeverHangs, AnEndThatFailsFailsTheLaunch) {
  for (const Where where : kWheres) {
    if (!can_strike(GetParam(), where)) continue;
    SCOPED_TRACE(kPhases[static_cast<std::size_t>(where)]);
    const char* phase = tells_the_phase(GetParam(), where) ? kPhases[static_cast<std::size_t>(where)] : "";
    expect_failure(planned(GetParam().consequence.deed, where, GetParam().pattern), phase);
  }
}

// The same of the consumer, as it receives.
TEST_P(NeverHangs, AReceiverThatFailsFailsTheLaunch) {
  // Which of several gets which message is not known; and where the ends are makes no difference any more.
  if (is_fan(GetParam().pattern) || GetParam().peers != Peers::fork) return;
  for (const Where where : {Where::attaching, Where::verifying, Where::timed}) {
    if (!can_strike(GetParam(), where)) continue;
    SCOPED_TRACE(kPhases[static_cast<std::size_t>(where)]);
    PlannedDeed plan = planned(GetParam().consequence.deed, where, GetParam().pattern);
    plan.by_receiver = true;
    expect_failure(plan, "");
  }
}

INSTANTIATE_TEST_SUITE_P(Every, NeverHangs, testing::ValuesIn(all_cases()), case_name);

// Programs that stand in for an end started afresh.
class StrangeProgram : public testing::Test {
 protected:
  static std::string script(const std::string& text) {
    const std::string path = (std::filesystem::temp_directory_path() / "strange").string();
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    chmod(path.c_str(), 0700);
    return path;
  }
  static Failure failure_of(const std::string& program, std::string_view mechanism, LaunchOptions options) {
    options.program = program;
    const MechanismEntry& entry = *find_mechanism(mechanism);
    const Cell cell{.mechanism = std::string(mechanism),
                    .size_bytes = std::min<std::size_t>(64, entry.traits.max_message_bytes),
                    .wait = entry.traits.waits.contains(Wait::block) ? Wait::block : Wait::spin,
                    .peers = Peers::exec,
                    .parameters = {}};
    return failed(cell, options);
  }
};

// Catches an end that never joins being waited for: one that ends at once, one that cannot be started, one
// that sleeps.
TEST_F(StrangeProgram, NeverJoins) {
  EXPECT_EQ(failure_of("/bin/true", "planted_deeds", unhurried()).kind, Kind::exited);
  EXPECT_EQ(failure_of("/bin/false", "planted_deeds", unhurried()).kind, Kind::exited);
  EXPECT_THAT(failure_of("/nonexistent", "planted_deeds", unhurried()).reason,
              HasSubstr("cannot start /nonexistent"));
  const Failure asleep = failure_of(script("exec sleep 1000"), "planted_deeds", limited());
  EXPECT_EQ(asleep.kind, Kind::timed_out) << asleep.reason;
  EXPECT_THAT(asleep.reason, HasSubstr("producer in phase 'starting'"));
}

// Catches opening, connecting or accepting without a limit: of each mechanism, one side comes and the other
// does not.
TEST_F(StrangeProgram, OneSideNeverJoins) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  bool producer = false;
  for (const MechanismEntry& entry : mechanisms()) {
    if (entry.join == nullptr || entry.available() || entry.traits.name.starts_with("planted_")) continue;
    producer = !producer;
    SCOPED_TRACE(fmt::format("{}, without a {}", entry.traits.name, producer ? "producer" : "consumer"));
    const std::string program = script(fmt::format("[ \"$3\" != {} ] || exec sleep 1000\nexec '{}' \"$@\"",
                                                   producer ? "producer" : "consumer", self));
    const Failure failure = failure_of(program, entry.traits.name, limited());
    EXPECT_EQ(failure.kind, Kind::timed_out) << failure.reason;
    EXPECT_THAT(failure.reason, HasSubstr("in phase 'starting'"));
  }
}

}  // namespace
}  // namespace ipcbench
