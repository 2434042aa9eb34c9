// An end that crashes, leaves, throws, stops or waits for ever, in every phase of a launch, in every pattern,
// as a process or as a thread: the launch fails with the side, the phase and the cause, within its time
// limit, and leaves nothing behind.
//
// With messages of 64 bytes, 64 are verified; without warm-up time, one or two follow in the warm-up.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "harness/launch/skip.hpp"
#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/leftovers.hpp"
#include "mechanisms/testing/planted_fault.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Kind = Failure::Kind;

// How the launch fails after a deed, and what the reason says.
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

// The moment of a launch at which the sending end is struck.
enum class When { attaching, verifying, warming_up, timed, leaving };
constexpr std::array kWhens{When::attaching, When::verifying, When::warming_up, When::timed, When::leaving};
constexpr std::array<const char*, 5> kPhases{"attaching", "verifying", "warming up", "timed", "done"};
const char* phase_of(When when) { return kPhases[static_cast<std::size_t>(when)]; }

// The number of messages that the producer sends before the warm-up: 64; under fanout, 64 to each of two
// consumers, and one to each that says there are no more.
std::uint64_t verified_by_producer(Pattern pattern) { return pattern == Pattern::fanout ? 2 * 64 + 2 : 64; }

PlannedDeed planned(Deed deed, When when, Pattern pattern) {
  const std::uint64_t verified = verified_by_producer(pattern);
  switch (when) {
    case When::attaching:
      return {.deed = deed, .moment = Moment::attaching};
    case When::verifying:
      return {.deed = deed, .at_message = 10};
    case When::warming_up:
      return {.deed = deed, .at_message = verified};
    case When::timed:
      return {.deed = deed, .at_message = verified + 2};
    case When::leaving:
      return {.deed = deed, .moment = Moment::leaving};
  }
  return {};
}

// For launches that only the limit ends. The timed phase is so long that the message to be struck is reached
// on the slowest machine: a fault ends it anyway.
LaunchOptions limited() {
  return {.placement = {},
          .warm_up = {},
          .timed = std::chrono::seconds(30),
          .time_limit = std::chrono::milliseconds(400)};
}
// For failures that are noticed at once, however slow a loaded machine is.
LaunchOptions unhurried() {
  LaunchOptions options = limited();
  options.time_limit = std::chrono::minutes(1);
  return options;
}

struct Fault {
  Consequence consequence;
  Pattern pattern;
  Peers peers;
};
void PrintTo(const Fault& c, std::ostream* out) { *out << c.consequence.name; }

// Only the time limit ends these launches, and each takes that long, so fewer combinations are tested.
bool is_slow(const Consequence& consequence) { return consequence.kind == Kind::timed_out; }

bool is_worth_its_time(const Fault& c) {
  if (c.pattern != Pattern::latency) return c.peers == Peers::fork && c.consequence.deed == Deed::stop;
  return c.peers == Peers::fork || c.consequence.deed == Deed::stop || c.consequence.deed == Deed::hang;
}

std::vector<Fault> all_faults() {
  std::vector<Fault> cases;
  for (const Consequence& consequence : kConsequences) {
    for (const auto& pattern : kAxis<Pattern>) {
      for (const auto& peers : kAxis<Peers>) {
        const Fault candidate{consequence, pattern.value, peers.value};
        if (!is_slow(consequence) || is_worth_its_time(candidate)) cases.push_back(candidate);
      }
    }
  }
  return cases;
}

std::string fault_name(const ::testing::TestParamInfo<Fault>& info) {
  const Fault& c = info.param;
  return fmt::format("{}_{}_{}", c.consequence.name, name_of(c.pattern), name_of(c.peers));
}

class LeavesNothing : public ::testing::Test {
 protected:
  void SetUp() override { before_ = visible_objects(); }
  void TearDown() override { EXPECT_EQ(visible_objects(), before_) << "left behind"; }

 private:
  std::set<std::string> before_;
};

class NeverHangs : public LeavesNothing, public ::testing::WithParamInterface<Fault> {
 protected:
  static void expect_failure(const PlannedDeed& plan, const std::string& where) {
    const auto& [consequence, pattern, peers] = GetParam();
    const Cell cell = planted_cell(plan, pattern, peers);
    ASSERT_EQ(why_skipped(cell), std::nullopt);
    LaunchOptions options = is_slow(consequence) ? limited() : unhurried();
    if (plan.moment == Moment::leaving) options.timed = std::chrono::milliseconds(2);
    const Failure failure = failed(cell, options);
    EXPECT_EQ(failure.kind, consequence.kind) << failure.reason;
    EXPECT_THAT(failure.reason, AllOf(HasSubstr(consequence.reason), HasSubstr(where)));
  }
};

// An end that has finished its work shows only how its process ends.
bool matters_when_leaving(Deed deed) {
  return deed != Deed::exit_0 && deed != Deed::throws && deed != Deed::hang_up;
}
bool can_strike(const Fault& c, When when) {
  const Deed deed = c.consequence.deed;
  if (when == When::leaving) return matters_when_leaving(deed);
  return when != When::attaching || deed != Deed::hang_up;  // nothing is connected yet
}

// The peer reports a connection that is shut down, with its own phase; one of several ends or threads may be
// behind the one that is struck; on a slow machine the limit may come before the phase.
bool names_the_phase(const Fault& c, When when) {
  return c.consequence.deed != Deed::hang_up && when != When::leaving && !is_fan(c.pattern) &&
         c.peers != Peers::thread && !is_slow(c.consequence);
}

// Catches a wait without a limit, in any phase, and a failure that is reported as something else, for
// instance as the peer's end of file.
TEST_P(NeverHangs, AnEndThatFailsFailsTheLaunch) {
  for (const When when : kWhens) {
    if (!can_strike(GetParam(), when)) continue;
    SCOPED_TRACE(phase_of(when));
    expect_failure(planned(GetParam().consequence.deed, when, GetParam().pattern),
                   names_the_phase(GetParam(), when) ? fmt::format("producer ({})", phase_of(when)) : "");
  }
}

// The same for the consumer, as it receives.
TEST_P(NeverHangs, AReceiverThatFailsFailsTheLaunch) {
  // It is unknown which of several receivers gets a message, and the kind of peers makes no difference here.
  if (is_fan(GetParam().pattern) || GetParam().peers != Peers::fork) return;
  for (const When when : {When::attaching, When::verifying, When::timed}) {
    if (!can_strike(GetParam(), when)) continue;
    SCOPED_TRACE(phase_of(when));
    PlannedDeed plan = planned(GetParam().consequence.deed, when, GetParam().pattern);
    plan.by_receiver = true;
    expect_failure(plan, names_the_phase(GetParam(), when) ? "consumer (" : "");
  }
}

INSTANTIATE_TEST_SUITE_P(Every, NeverHangs, ::testing::ValuesIn(all_faults()), fault_name);

class PlantedFaultTest : public LeavesNothing {
 protected:
  static void expect_in_verified_pass(const Cell& cell, Kind kind, const char* reason) {
    const Failure failure = failed(cell, unhurried());
    EXPECT_EQ(failure.kind, kind) << failure.reason;
    EXPECT_THAT(failure.reason, AllOf(HasSubstr("producer (verifying)"), HasSubstr(reason)));
  }
};

// Each end has sent and received ten messages. Catches an author who has to guess where a transport hangs.
// On a busy machine the limit may come before the tenth message, so a launch that did not get there is
// repeated with more time.
TEST_F(PlantedFaultTest, AHangNamesPhaseVerbAndMessages) {
  const PlannedDeed plan = planned(Deed::hang, When::verifying, Pattern::latency);
  const auto in_its_place =
      AllOf(HasSubstr("producer in phase 'verifying', in commit() after 20 messages"),
            ::testing::ContainsRegex("consumer in phase 'verifying', in (peek|park).. after 20 messages"));
  std::string reason;
  LaunchOptions options = limited();
  do {
    reason = failed(planted_cell(plan, Pattern::latency, Peers::fork), options).reason;
    options.time_limit *= 4;
  } while (!::testing::Value(reason, in_its_place) && options.time_limit < std::chrono::minutes(1));
  EXPECT_THAT(reason, in_its_place);
}

// Catches a consequence that is reported as the cause: between unrelated processes the peer sees an end of
// file at once, and may report it first.
TEST_F(PlantedFaultTest, OfAnUnrelatedProcessIsReportedRatherThanItsPeersEndOfFile) {
  const auto unrelated = [](Deed deed) {
    Cell cell = planted_cell({.deed = deed, .at_message = 10}, Pattern::throughput, Peers::exec);
    cell.mechanism = "planted_named";
    return cell;
  };
  expect_in_verified_pass(unrelated(Deed::kill), Kind::killed, "signal 9");
  expect_in_verified_pass(unrelated(Deed::exit_1), Kind::exited, "exited with code 1");
  expect_in_verified_pass(unrelated(Deed::throw_and_linger), Kind::error, "a planted error");
}

// Catches a failure that the other pairs do not notice, and one that does not say in which pair it was.
TEST_F(PlantedFaultTest, InOneOfSeveralPairsFailsTheLaunch) {
  for (const auto& [deed, kind] :
       {std::pair(Deed::kill, Kind::killed), std::pair(Deed::exit_1, Kind::exited),
        std::pair(Deed::throws, Kind::error), std::pair(Deed::hang, Kind::timed_out)}) {
    Cell cell =
        planted_cell(planned(deed, When::timed, Pattern::throughput), Pattern::throughput, Peers::fork);
    cell.pairs = 3;
    const Failure failure = failed(cell, kind == Kind::timed_out ? limited() : unhurried());
    EXPECT_EQ(failure.kind, kind) << failure.reason;
    EXPECT_THAT(failure.reason, ::testing::ContainsRegex("pair [1-3]: "));
  }
}

// Catches a failure that the ends of the other links do not notice.
TEST_F(PlantedFaultTest, InAChainFailsTheLaunch) {
  for (const auto& [deed, kind] :
       {std::pair(Deed::kill, Kind::killed), std::pair(Deed::exit_1, Kind::exited),
        std::pair(Deed::throws, Kind::error), std::pair(Deed::hang, Kind::timed_out),
        std::pair(Deed::lose, Kind::timed_out), std::pair(Deed::alter, Kind::check_failed)}) {
    Cell cell = planted_cell(planned(deed, When::verifying, Pattern::latency), Pattern::latency, Peers::fork);
    cell.chain = 5;
    const Failure failure = failed(cell, kind == Kind::timed_out ? limited() : unhurried());
    EXPECT_EQ(failure.kind, kind) << failure.reason;
  }
}

// Catches a consumer that waits for a dead or silent producer for ever while the others go on, and one that
// does not miss a message of one link or sees one twice.
TEST_F(PlantedFaultTest, InOneOfSeveralLinksFailsTheLaunch) {
  for (const Peers peers : {Peers::fork, Peers::exec, Peers::thread}) {
    for (const auto& [deed, kind] :
         {std::pair(Deed::kill, Kind::killed), std::pair(Deed::exit_1, Kind::exited),
          std::pair(Deed::throws, Kind::error), std::pair(Deed::hang, Kind::timed_out),
          std::pair(Deed::lose, Kind::check_failed), std::pair(Deed::repeat, Kind::check_failed)}) {
      Cell cell = planted_cell(planned(deed, When::verifying, Pattern::fanin), Pattern::fanin, peers);
      cell.links = Links::each;
      cell.wait = Wait::spin;
      ASSERT_EQ(why_skipped(cell), std::nullopt);
      const Failure failure = failed(cell, kind == Kind::timed_out ? limited() : unhurried());
      EXPECT_EQ(failure.kind, kind) << failure.reason;
    }
  }
}

TEST_F(PlantedFaultTest, ThrownByCreateIsReported) {
  const Failure failure =
      failed(planted_cell({.deed = Deed::throws, .moment = Moment::creating}), unhurried());
  EXPECT_EQ(failure.kind, Kind::error);
  EXPECT_THAT(failure.reason, HasSubstr("a planted error; plant none"));
}

// Catches a create() that waits for ever: it runs in the launcher, which nobody can kill for it.
TEST_F(PlantedFaultTest, ACreateThatWaitsIsInterrupted) {
  const Failure failure = failed(planted_cell({.deed = Deed::wait, .moment = Moment::creating}), limited());
  EXPECT_EQ(failure.kind, Kind::timed_out);
  EXPECT_EQ(failure.reason, "planted_pair: create() did not return within 0.4 s");
}

// Catches a program that hangs with a create() that waits again after each interruption. The only way out is
// to end the program; its guardian (a test has none) removes the objects that it created.
TEST(PlantedFaultDeathTest, ACreateThatHangsEndsTheProgram) {
  EXPECT_EXIT(launch(planted_cell({.deed = Deed::hang, .moment = Moment::creating}), limited()),
              ::testing::ExitedWithCode(EXIT_FAILURE),  // no program has set another code
              "planted_pair: create\\(\\) has not returned after 0.8 s and cannot be interrupted; leave that "
              "mechanism out");
}

volatile std::sig_atomic_t interrupted = 0;

// Catches a Ctrl-C that waits for the launch to end: here it would wait for 30 seconds, and time out.
TEST_F(PlantedFaultTest, AHungLaunchCanBeInterrupted) {
  interrupted = 0;
  std::signal(SIGUSR1, [](int) { interrupted = 1; });
  timer_t timer{};
  sigevent event{};
  event.sigev_signo = SIGUSR1;
  ASSERT_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
  const itimerspec in_50_ms{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 50'000'000}};
  timer_settime(timer, 0, &in_50_ms, nullptr);
  LaunchOptions until_interrupted = unhurried();
  until_interrupted.interrupted = &interrupted;
  EXPECT_EQ(failed(planted_cell({.deed = Deed::hang, .at_message = 10}), until_interrupted).kind,
            Kind::interrupted);
  timer_delete(timer);
  std::signal(SIGUSR1, SIG_DFL);
}

// Programs that take the place of an unrelated end.
class StrangeProgram : public ::testing::Test {
 protected:
  static std::string script(const std::string& text) {
    const std::string path = (std::filesystem::temp_directory_path() / "strange").string();
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    chmod(path.c_str(), 0700);
    return path;
  }
  static Failure failure_of(const std::string& program, const MechanismEntry& mechanism,
                            LaunchOptions options) {
    options.program = program;
    return failed(usual_cell(mechanism, Peers::exec), options);
  }
};

// Catches an end that is waited for although it never joins: it ends at once, cannot be started, or sleeps.
TEST_F(StrangeProgram, NeverJoins) {
  const MechanismEntry& planted = *find_mechanism("planted_pair");
  EXPECT_EQ(failure_of("/bin/true", planted, unhurried()).kind, Kind::exited);
  EXPECT_EQ(failure_of("/bin/false", planted, unhurried()).kind, Kind::exited);
  EXPECT_THAT(failure_of("/nonexistent", planted, unhurried()).reason,
              HasSubstr("cannot start /nonexistent"));
  const Failure asleep = failure_of(script("exec sleep 1000"), planted, limited());
  EXPECT_EQ(asleep.kind, Kind::timed_out) << asleep.reason;
  EXPECT_THAT(asleep.reason, HasSubstr("producer in phase 'starting'"));
}

// Catches opening, connecting or accepting without a limit: one side of each mechanism comes, the other does
// not.
TEST_F(StrangeProgram, OneSideNeverJoins) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  bool producer = false;
  for (const MechanismEntry* mechanism : real_mechanisms()) {
    if (mechanism->join == nullptr || mechanism->available()) continue;
    producer = !producer;
    SCOPED_TRACE(fmt::format("{}, without a {}", mechanism->traits.name, producer ? "producer" : "consumer"));
    const std::string program = script(fmt::format("[ \"$3\" != {} ] || exec sleep 1000\nexec '{}' \"$@\"",
                                                   producer ? "producer" : "consumer", self));
    const Failure failure = failure_of(program, *mechanism, limited());
    EXPECT_EQ(failure.kind, Kind::timed_out) << failure.reason;
    EXPECT_THAT(failure.reason, HasSubstr("in phase 'starting'"));
  }
}

}  // namespace
}  // namespace ipcbench
