#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>

#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

TEST(Claims, AreNumberedFromOneWithoutGaps) {
  unsigned number = 0;
  std::set<std::string_view> statements;
  for (const Claim& claim : claims()) {
    EXPECT_EQ(claim.number, ++number);
    EXPECT_TRUE(claim.statement.ends_with('.')) << claim.statement;
    EXPECT_TRUE(statements.insert(claim.statement).second) << claim.statement;
  }
  EXPECT_EQ(number, 20U);
}

// Catches an untested claim that does not name the command to measure its missing cells.
TEST(Claims, AboutSpeedSayHowToMeasureThem) {
  const Report empty;
  for (const Claim& claim : claims()) {
    const auto* const test = std::get_if<ReportTest>(&claim.test);
    if (test == nullptr) continue;
    for (const Report* report : {static_cast<const Report*>(nullptr), &empty}) {
      const Answer answered = answer(claim, report);
      EXPECT_EQ(answered.verdict, ClaimVerdict::untested);
      EXPECT_THAT(answered.finding, HasSubstr("`" + measuring_command(*test) + " --out report.json`"))
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
    EXPECT_EQ(each.answer.verdict, ClaimVerdict::untested);
    const bool experiment = kind_of(*each.claim) == "experiment";
    const std::string command = fmt::format("`ipcbench claims --claim {}`", each.claim->number);
    EXPECT_EQ(each.answer.finding.find(command) != std::string::npos, experiment) << each.answer.finding;
  }
}

// Catches an experiment's error that ends the program.
TEST(Claims, WhatCannotBeTriedIsUntestedForThatReason) {
  const Claim refused{1, "No limit is low.",
                      []() -> Answer { throw std::runtime_error("raise kernel.sem (sysctl)"); }};
  const Answer answered = answer(refused, nullptr);
  EXPECT_EQ(answered.verdict, ClaimVerdict::untested);
  EXPECT_EQ(answered.finding, "raise kernel.sem (sysctl)");
}

// Catches a trait that selects no mechanism, or the wrong ones.
TEST(Claims, SelectMechanismsByTheirTraits) {
  const auto selection = [](const Contest& contest) {
    const std::string command = measuring_command({.contest = &contest});
    return command.substr(command.rfind(' ') + 1);
  };
  EXPECT_EQ(selection(kFifosAgainstPipes), "fifo,pipe");
  EXPECT_EQ(selection(kMappedFilesAgainstFiles), "file,file_mmap_ring,shared_offset");
  EXPECT_EQ(selection(kQueuesAgainstPipes), "pipe,posix_queue,sysv_queue");
  EXPECT_EQ(selection(kSocketsAgainstPipes),
            "pipe,socketpair,tcp,udp,unix_datagram,unix_seqpacket,unix_stream");
}

}  // namespace
}  // namespace ipcbench
