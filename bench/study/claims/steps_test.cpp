#include "bench/study/claims/steps.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace ipcbench {
namespace {

using Verdict = ClaimVerdict;

// Catches a verdict that counts steps about which the statement says nothing.
TEST(Steps, AreAsStatedOrNot) {
  const Readings readings{{Verdict::confirmed, "both"},
                          {Verdict::refuted, "neither"},
                          {Verdict::depends, "on the flag"},
                          {Verdict::untested, "it takes root"}};
  const auto answer_of = [&](const char* first, const char* second) {
    return Steps().add("open", "3").add("a", first, "0").add("b", second, "0").answer(readings);
  };
  EXPECT_EQ(answer_of("0", "0").verdict, Verdict::confirmed);
  EXPECT_EQ(answer_of("0", "0").finding, "both");
  EXPECT_EQ(answer_of("1", "EAGAIN").verdict, Verdict::refuted);
  EXPECT_EQ(answer_of("0", "1").finding, "on the flag");
  EXPECT_EQ(answer_of("0", "1").evidence,
            (std::vector<std::string>{"open: 3.", "a: 0 (as stated).", "b: 1 (stated: 0)."}));
  EXPECT_EQ(Steps().add("open", "EACCES").answer(readings).finding, "it takes root");
}

// Catches a finding without a reading that names the steps which came out the other way.
TEST(Steps, DecideTheFindingIfThereIsNoReading) {
  Steps steps;
  steps.add("a", "0", "0").add("b", "1", "0");
  EXPECT_EQ(steps.answer().finding, "on the case: b: 1");
  EXPECT_EQ(Steps().add("a", "0", "0").answer().finding, "a: 0");
  EXPECT_EQ(Steps().check("c", "7 of 8", false, "8 of 8").answer().finding, "c: 7 of 8");
  EXPECT_EQ(Steps().add("a", "0").answer().verdict, Verdict::untested);
}

// Catches a race that did not occur and counts as refuted, and a verdict from a trial that does not work.
TEST(Steps, ProveNothingByChanceOrWithoutTheirControl) {
  EXPECT_EQ(Steps().by_chance("race", "2000", true, "fewer").answer().verdict, Verdict::confirmed);
  EXPECT_EQ(Steps().by_chance("race", "2000", true, "fewer").answer().finding, "race: 2000");
  EXPECT_EQ(Steps().by_chance("race", "2000", false, "fewer").answer().verdict, Verdict::no_difference);
  // Catches a race that did not occur and hides what another step refutes.
  EXPECT_EQ(Steps().by_chance("race", "2000", false, "fewer").add("a", "1", "0").answer().verdict,
            Verdict::refuted);
  EXPECT_EQ(Steps().by_chance("race", "2000", false, "fewer").add("a", "0", "0").answer().verdict,
            Verdict::no_difference);
  Steps failed;
  failed.by_chance("race", "1999", true, "fewer").control("with a lock", "1999", false);
  EXPECT_EQ(failed.answer().verdict, Verdict::untested);
  EXPECT_EQ(failed.answer().evidence.back(), "with a lock: 1999 (the trial itself failed).");
}

// Catches a filter or a limit that counts as the kernel's refusal.
TEST(Steps, AreUntestedWhereACallIsNotAllowed) {
  for (const char* refusal : {"ENOSYS", "EPERM", "EMFILE", "ENOSPC"}) {
    const Answer answer = Steps().add("a", "0", "0").add("b", refusal, "EEXIST").answer();
    EXPECT_EQ(answer.verdict, Verdict::untested) << refusal;
    EXPECT_NE(answer.finding.find(refusal), std::string::npos) << answer.finding;
    EXPECT_EQ(Steps().add("b", refusal, refusal).answer().verdict, Verdict::confirmed) << refusal;
  }
}

// Catches a verdict on one kind of object that passes for one on all kinds.
TEST(Steps, NameTheKindsThatWereNotTried) {
  Steps steps;
  steps.unless_refused("a queue", [] { throw std::runtime_error("raise ulimit -q"); }).add("a", "0", "0");
  EXPECT_EQ(steps.answer().finding, "a: 0 (not tried: a queue)");
  EXPECT_EQ(steps.answer({{Verdict::confirmed, "so it is"}}).finding, "so it is (not tried: a queue)");
}

TEST(Steps, SayWhatCameBack) {
  errno = EAGAIN;
  EXPECT_EQ(came_back(-1), "EAGAIN");
  EXPECT_EQ(came_back(7), "7");
  Steps steps;
  steps.attempt("pause()", "waits", [] { return pause(); });
  steps.attempt("raise(SIGUSR1)", "killed by SIGUSR1", [] { return raise(SIGUSR1); });
  steps.attempt("close(-1)", "EBADF", [] { return close(-1); });
  const Answer answer = steps.answer();
  EXPECT_EQ(answer.verdict, Verdict::confirmed) << fmt::format("{}", fmt::join(answer.evidence, " "));
}

}  // namespace
}  // namespace ipcbench
