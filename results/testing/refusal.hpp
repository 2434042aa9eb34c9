// For tests of readers: the error with which a text is refused.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {

// The error of `read`: one line that starts with the origin, once, and stays short whatever the input.
inline std::string refusal_of(const std::function<void()>& read, const std::string& origin = "file.json") {
  try {
    read();
  } catch (const ReportError& error) {
    const std::string what = error.what();
    EXPECT_TRUE(what.starts_with(origin)) << what;
    EXPECT_THAT(what, ::testing::Not(::testing::HasSubstr("\n")));
    EXPECT_THAT(what, ::testing::Not(::testing::HasSubstr(origin + ": " + origin)));
    EXPECT_LT(what.size(), 1100U);
    return what;
  }
  ADD_FAILURE() << "accepted";
  return "";
}

// The sample report's text after one change.
inline std::string changed_sample(const std::function<void(nlohmann::ordered_json&)>& change) {
  nlohmann::ordered_json report = nlohmann::ordered_json::parse(to_json(sample_report()));
  change(report);
  return report.dump();
}

}  // namespace ipcbench::testing
