// Faults planted in a mechanism: each comes out of launch() as what it is, with the side, the phase and the
// cause; within its time limit; and nothing is left behind.
//
// With messages of 64 bytes, 64 of them are verified (1 MiB / 64, but at most 64). Without warm-up time, one
// round trip follows (latency) or two messages (throughput), so that the message numbered kTimed is in the
// timed phase of both patterns. The content of the producer's message n is numbered 2n.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <ctime>

#include "harness/registry/registry.hpp"
#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/leftovers.hpp"

namespace ipcbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Kind = Failure::Kind;

constexpr std::uint64_t kVerified = 10;
constexpr std::uint64_t kTimed = 66;

class PlantedFault : public testing::Test {
 protected:
  void SetUp() override { before_ = visible_objects(); }
  void TearDown() override { EXPECT_EQ(visible_objects(), before_) << "left behind"; }

  static Cell cell(const char* fault, Pattern pattern, std::uint64_t at_message) {
    return {
        .mechanism = fault, .pattern = pattern, .size_bytes = 64, .parameters = {{"at_message", at_message}}};
  }
  // Long enough in the timed phase to get to kTimed.
  static LaunchOptions options(std::chrono::milliseconds time_limit = std::chrono::seconds(30)) {
    return {
        .placement = {}, .warm_up = {}, .timed = std::chrono::milliseconds(100), .time_limit = time_limit};
  }
  static void expect(const Cell& cell, Kind kind, const testing::Matcher<std::string>& reason) {
    const Failure failure = failed(cell, options());
    EXPECT_EQ(failure.kind, kind) << failure.reason;
    EXPECT_THAT(failure.reason, reason);
  }
  // For what nobody notices: the time limit has to end it.
  static void expect_timed_out(const Cell& cell, const testing::Matcher<std::string>& reason) {
    const Failure failure = failed(cell, options(std::chrono::milliseconds(500)));
    EXPECT_EQ(failure.kind, Kind::timed_out) << failure.reason;
    EXPECT_THAT(failure.reason, AllOf(HasSubstr("0.5 s"), reason));
  }

 private:
  std::set<std::string> before_;
};

// Catches a crash that is reported as the peer's end of file.
TEST_F(PlantedFault, ChildKilled) {
  const auto killed = [](const char* where) { return AllOf(HasSubstr(where), HasSubstr("signal 9")); };
  expect(cell("planted_killed", Pattern::latency, kVerified), Kind::killed, killed("producer (verifying)"));
  expect(cell("planted_killed", Pattern::latency, kTimed), Kind::killed, killed("producer (timed)"));
  Cell at_consumer = cell("planted_killed", Pattern::latency, kTimed);
  at_consumer.parameters["at_consumer"] = 1;
  expect(at_consumer, Kind::killed, killed("consumer (timed)"));
}

// The same between unrelated processes, where the peer sees an end of file at once.
TEST_F(PlantedFault, UnrelatedChildKilledOrExited) {
  Cell cell{.mechanism = "planted_killed_named",
            .pattern = Pattern::throughput,
            .size_bytes = 64,
            .peers = Peers::exec,
            .parameters = {}};
  expect(cell, Kind::killed, AllOf(HasSubstr("producer (verifying)"), HasSubstr("signal 9")));
  cell.mechanism = "planted_exited_named";
  expect(cell, Kind::exited, AllOf(HasSubstr("producer (verifying)"), HasSubstr("exited with code 3")));
}

// Catches a watchdog that does not bite: a child that sleeps, and one that cannot even act on a signal.
TEST_F(PlantedFault, ChildHungOrStopped) {
  for (const char* fault : {"planted_hung", "planted_stopped"}) {
    expect_timed_out(cell(fault, Pattern::latency, kVerified), HasSubstr("producer in phase 'verifying'"));
    expect_timed_out(cell(fault, Pattern::throughput, kTimed), HasSubstr("producer in phase 'timed'"));
  }
}

// Catches an end that leaves without a word being taken for success, or for its peer's end of file.
TEST_F(PlantedFault, ChildExitedSilently) {
  expect(cell("planted_exited_3", Pattern::latency, kTimed), Kind::exited,
         AllOf(HasSubstr("producer (timed)"), HasSubstr("exited with code 3")));
  expect(cell("planted_exited_0", Pattern::latency, kTimed), Kind::exited,
         AllOf(HasSubstr("producer (timed)"), HasSubstr("ended early")));
}

// Catches payload that is not compared, byte by byte, in the verified pass and at the end of the timed one.
TEST_F(PlantedFault, CorruptedByte) {
  expect(cell("planted_corrupted", Pattern::latency, kVerified), Kind::check_failed,
         AllOf(HasSubstr("consumer (verifying)"), HasSubstr("message 20 is corrupted: byte 40 of 64")));
  for (const Pattern pattern : {Pattern::latency, Pattern::throughput}) {
    expect(cell("planted_corrupted", pattern, kTimed), Kind::check_failed,
           AllOf(HasSubstr("consumer (timed)"), HasSubstr("corrupted: byte 40 of 64")));
  }
}

// Catches messages that are counted as received although another one was.
TEST_F(PlantedFault, LostOrReorderedMessage) {
  for (const char* fault : {"planted_lost", "planted_reordered"}) {
    expect(
        cell(fault, Pattern::throughput, kVerified), Kind::check_failed,
        AllOf(HasSubstr("consumer (verifying)"), HasSubstr("message 22 arrived where message 20 was due")));
  }
}

// A message lost where the other side waits for nothing else: only the time limit can tell.
TEST_F(PlantedFault, LostMessageThatIsWaitedFor) {
  expect_timed_out(cell("planted_lost", Pattern::latency, kVerified),
                   HasSubstr("consumer in phase 'verifying'"));
  expect_timed_out(cell("planted_lost", Pattern::throughput, kTimed), HasSubstr("consumer in phase 'timed'"));
}

// Catches a short message that counts as a message.
TEST_F(PlantedFault, ShortMessage) {
  expect(cell("planted_short", Pattern::throughput, kVerified), Kind::error,
         AllOf(HasSubstr("consumer (verifying)"),
               HasSubstr("a message of 63 bytes arrived where one of 64 was due")));
}

// Catches an exception that ends the process before its reason is told.
TEST_F(PlantedFault, EndThrows) {
  expect(cell("planted_throws", Pattern::latency, kTimed), Kind::error,
         AllOf(HasSubstr("producer (timed)"), HasSubstr("a planted error")));
}

// Catches an error that is taken for the consequence of its own consequence: the peer reports the end of file
// first.
TEST_F(PlantedFault, EndThrowsAndItsPeerIsFasterToReport) {
  const Cell cell{.mechanism = "planted_lingers_named",
                  .pattern = Pattern::throughput,
                  .size_bytes = 64,
                  .peers = Peers::exec,
                  .parameters = {}};
  expect(cell, Kind::error, AllOf(HasSubstr("producer (verifying)"), HasSubstr("a planted error")));
}

TEST_F(PlantedFault, ObjectCannotBeCreated) {
  const Cell cell{.mechanism = "planted_not_created", .size_bytes = 64, .parameters = {}};
  expect(cell, Kind::error, HasSubstr("remedy: do not plant faults"));
}

// Catches a create() that waits for ever: it runs in this process, which no watch can kill.
TEST_F(PlantedFault, CreationThatWaits) {
  const Cell cell{.mechanism = "planted_waits_in_create", .size_bytes = 64, .parameters = {}};
  const Failure failure = failed(cell, options(std::chrono::milliseconds(200)));
  EXPECT_EQ(failure.kind, Kind::timed_out);
  EXPECT_EQ(failure.reason, "planted_waits_in_create: create() did not return within 0.2 s");
}

// Catches one thread's failure being lost when its peer waits for ever in the same process, or being reported
// as that process's silent exit.
TEST_F(PlantedFault, ThreadFailsAndThePeerWaits) {
  Cell threads = cell("planted_throws", Pattern::latency, kTimed);
  threads.peers = Peers::thread;
  expect(threads, Kind::error, AllOf(HasSubstr("producer (timed)"), HasSubstr("a planted error")));
  threads.mechanism = "planted_killed";
  expect(threads, Kind::killed, HasSubstr("signal 9"));
  threads.mechanism = "planted_hung";
  const Failure hung = failed(threads, options(std::chrono::milliseconds(500)));
  EXPECT_EQ(hung.kind, Kind::timed_out) << hung.reason;
}

// Catches a token that nobody sent, which ping-pong takes for an answer: there is no content to compare.
TEST_F(PlantedFault, TokenOutOfNowhere) {
  Cell token = cell("planted_extra_token", Pattern::latency, kVerified);
  token.size_bytes = 0;
  expect(token, Kind::check_failed, AllOf(HasSubstr("(verifying)"), HasSubstr("arrived before it was sent")));
}

volatile std::sig_atomic_t interrupted = 0;

// Catches a Ctrl-C that waits for the launch to end: here it would for 30 seconds, and fail as timed out.
TEST_F(PlantedFault, Interrupted) {
  interrupted = 0;
  std::signal(SIGUSR1, [](int) { interrupted = 1; });
  timer_t timer{};
  sigevent event{};
  event.sigev_signo = SIGUSR1;
  ASSERT_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
  const itimerspec in_50_ms{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 50'000'000}};
  timer_settime(timer, 0, &in_50_ms, nullptr);
  LaunchOptions until_interrupted = options();
  until_interrupted.interrupted = &interrupted;
  EXPECT_EQ(failed(cell("planted_hung", Pattern::latency, kTimed), until_interrupted).kind,
            Kind::interrupted);
  timer_delete(timer);
  std::signal(SIGUSR1, SIG_DFL);
}

// Catches a create() that waits again whenever it is interrupted: there is the program's end only, and what
// the guardian removes (which a test has not).
TEST(StuckCreation, EndsTheProgram) {
  const Cell cell{.mechanism = "planted_hangs_in_create", .size_bytes = 64, .parameters = {}};
  LaunchOptions options = brief();
  options.time_limit = std::chrono::milliseconds(200);
  EXPECT_EXIT(launch(cell, options), testing::ExitedWithCode(5),
              "planted_hangs_in_create: create\\(\\) has not returned after 0.4 s and cannot be interrupted; "
              "leave that mechanism out");
}

}  // namespace
}  // namespace ipcbench
