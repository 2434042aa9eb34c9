#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include "bench/study/claims/claim.hpp"
#include "bench/study/claims/mechanism_kinds.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

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

// What a claim about speed lacks is said together with the command that measures it.
TEST(Claims, AboutSpeedSayHowToMeasureThem) {
  const Report empty;
  for (const Claim& claim : claims()) {
    const auto* const test = std::get_if<ReportTest>(&claim.test);
    if (test == nullptr) continue;
    for (const Report* report : {static_cast<const Report*>(nullptr), &empty}) {
      const Answer answered = answer(claim, report);
      EXPECT_EQ(answered.verdict, ClaimVerdict::untested);
      EXPECT_TRUE(contains(answered.finding,
                           "`ipcbench run " + std::string(test->measured_by) + " --out report.json`"))
          << answered.finding;
    }
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

// Catches a mechanism that was renamed, and would silently be missing from every comparison.
TEST(MechanismKinds, AreRegistered) {
  const auto expect_known = [](std::string_view name) { EXPECT_NE(find_mechanism(name), nullptr) << name; };
  for (const std::string_view name : kSockets) expect_known(name);
  for (const std::string_view name : kBufferedByKernel) expect_known(name);
  for (const std::string_view name : kInMemory) expect_known(name);
  expect_known("file");
  expect_known("file_mmap_ring");
  EXPECT_TRUE(std::ranges::any_of(
      mechanisms(), [](const MechanismEntry& entry) { return is_memory_ring(entry.traits.name); }));
}

}  // namespace
}  // namespace ipcbench
