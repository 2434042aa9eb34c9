// What an experiment's steps are expected to answer.
#pragma once

#include <gtest/gtest.h>

#include <source_location>

#include "bench/study/claims/steps.hpp"

namespace ipcbench::testing {

inline void expect_answer(const Steps& steps, ClaimVerdict verdict,
                          std::source_location at = std::source_location::current()) {
  const Answer answer = steps.answer();
  EXPECT_EQ(name_of(answer.verdict), name_of(verdict))
      << "line " << at.line() << ": " << answer.finding << "\n"
      << fmt::format("{}", fmt::join(answer.evidence, "\n"));
}

}  // namespace ipcbench::testing
