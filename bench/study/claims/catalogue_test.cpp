#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include "bench/study/claims/claim.hpp"
#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

// Catches a claim without a stable name, a number given twice, and a sentence that does not exist.
TEST(Claims, HaveNamesOfTheirOwn) {
  std::set<unsigned> numbers;
  std::set<std::string_view> names;
  std::set<std::string_view> statements;
  for (const Claim& claim : claims()) {
    EXPECT_THAT(std::string(claim.name), ::testing::MatchesRegex("[a-z0-9]+(_[a-z0-9]+)*"));
    EXPECT_TRUE(names.insert(claim.name).second) << claim.name;
    EXPECT_TRUE(claim.number == 0 || numbers.insert(claim.number).second) << claim.name;
    EXPECT_TRUE(claim.statement.ends_with('.')) << claim.statement;
    EXPECT_TRUE(statements.insert(claim.statement).second) << claim.statement;
    for (const unsigned sentence : claim.sentences)
      EXPECT_TRUE(sentence >= 1 && sentence <= 121) << claim.name;
  }
  EXPECT_EQ(numbers.size(), 20U);  // the numbers that the first claims had
  EXPECT_EQ(*numbers.rbegin(), 20U);
}

// Catches a statement that nothing tests, one that two things test, and a trial of no statement.
TEST(Claims, HaveOneTrialEach) {
  std::vector<std::string_view> stated;
  std::vector<std::string_view> tried;
  for (const Claim& claim : claims()) stated.push_back(claim.name);
  for (const ClaimTrial& trial : claim_trials()) tried.push_back(trial.claim);
  EXPECT_THAT(tried, ::testing::UnorderedElementsAreArray(stated));
}

// By hand from the catalogue. Catches a chapter whose claims are not found by the words people use for it.
TEST(Claims, AreFoundBySubject) {
  const auto about = [](std::string_view subject, std::string_view name) {
    const auto claim = std::ranges::find(claims(), name, &Claim::name);
    return is_about(*claim, subject);
  };
  for (const char* subject : {"pipes", "pipe", "fifo", "PIPE", "capacity"}) {
    EXPECT_TRUE(about(subject, "pipe_capacity")) << subject;
  }
  EXPECT_TRUE(about("queue", "queue_priority"));
  EXPECT_TRUE(about("posix_queue", "queue_priority"));
  EXPECT_TRUE(about("synchronisation", "sem_undo"));
  EXPECT_TRUE(about("SEM_UNDO", "sem_undo"));
  EXPECT_TRUE(about("ftok", "ftok_recreated"));
  EXPECT_FALSE(about("pipe", "queue_priority"));
  EXPECT_FALSE(about("sem", "semaphore_no_data"));
  EXPECT_FALSE(about("", "pipe_capacity"));
}

// Catches an untested claim that does not name the command to measure its missing cells.
TEST(Claims, AboutSpeedSayHowToMeasureThem) {
  const Report empty;
  for (const Claim& claim : claims()) {
    const auto* const test = std::get_if<const Contest*>(&claim.trial.test);
    if (test == nullptr) continue;
    for (const Report* report : {static_cast<const Report*>(nullptr), &empty}) {
      const Answer answered = answer(claim, report);
      EXPECT_EQ(answered.verdict, report == nullptr ? ClaimVerdict::untested : ClaimVerdict::not_answerable);
      EXPECT_THAT(answered.finding, HasSubstr("`" + measuring_command(**test) + " --out report.json`"))
          << answered.finding;
    }
  }
}

// Catches an experiment that runs although only the report was asked, and claims that are left out.
TEST(Claims, AReportAnswersWithoutExperiments) {
  Report report;
  report.context.host_name = "board";
  const ClaimAnswers answers = answers_from(report, "r.json");
  EXPECT_EQ(answers.report_host, "board");
  ASSERT_EQ(answers.answers.size(), claims().size());
  for (const AnsweredClaim& each : answers.answers) {
    const bool experiment = kind_of(*each.claim) == "experiment";
    EXPECT_EQ(each.answer.verdict, experiment ? ClaimVerdict::untested : ClaimVerdict::not_answerable);
    const std::string command = fmt::format("`ipcbench claims --claim {}`", each.claim->name);
    EXPECT_EQ(each.answer.finding.find(command) != std::string::npos, experiment) << each.answer.finding;
  }
}

// Catches an experiment's error that ends the program.
TEST(Claims, WhatCannotBeTriedIsUntestedForThatReason) {
  Claim refused;
  refused.trial.test = []() -> Steps { throw std::runtime_error("raise kernel.sem (sysctl)"); };
  const Answer answered = answer(refused, nullptr);
  EXPECT_EQ(answered.verdict, ClaimVerdict::untested);
  EXPECT_EQ(answered.finding, "raise kernel.sem (sysctl)");
}

// Catches a trait that selects no mechanism, or the wrong ones.
TEST(Claims, SelectMechanismsByTheirTraits) {
  const auto selection = [](const Contest& contest) {
    const std::string command = measuring_command(contest);
    return command.substr(command.rfind(' ') + 1);
  };
  EXPECT_EQ(selection(kFifosAgainstPipes), "fifo,pipe");
  EXPECT_EQ(selection(kMappedFilesAgainstFiles), "file,file_mmap_ring,shared_offset");
  EXPECT_EQ(selection(kQueuesAgainstPipes), "pipe,posix_queue,sysv_queue");
  EXPECT_EQ(selection(kSocketsAgainstPipes),
            "pipe,sctp,socketpair,tcp,tipc,udp,unix_datagram,unix_seqpacket,unix_stream,vsock");
}

}  // namespace
}  // namespace ipcbench
