#include "results/comparison/gate_settings.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/testing/temporary_folder.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Matches, StarsStandForAnyText) {
  EXPECT_TRUE(matches("pipe/*", "pipe/latency/size:64"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("*size:64/*", "pipe/latency/size:64/wait:block"));
  EXPECT_TRUE(matches("a*b*c", "a--b-b--c"));
  EXPECT_TRUE(matches("a**", "a"));
  EXPECT_TRUE(matches("pipe", "pipe"));
}

// Catches a pattern that matches anywhere in the name, one whose end is ignored, and a star that stops at the
// first match.
TEST(Matches, TheWholeNameOrNothing) {
  EXPECT_FALSE(matches("pipe", "pipe/latency"));
  EXPECT_FALSE(matches("latency", "pipe/latency"));
  EXPECT_FALSE(matches("pipe/*/x", "pipe/latency"));
  EXPECT_FALSE(matches("", "pipe"));
  EXPECT_FALSE(matches("*size:6/*", "pipe/size:64/"));
  EXPECT_TRUE(matches("*ab", "aab"));
  EXPECT_TRUE(matches("*/size:64", "x/size:641/size:64"));
}

// 40 stars against a name that does not match at its end take forever if every star is tried everywhere.
TEST(Matches, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "a*";
  EXPECT_FALSE(matches(pattern + "b", std::string(10'000, 'a')));
}

TEST(SmallestEffect, TheLastThresholdThatMatchesWins) {
  GateSettings settings;
  settings.thresholds = {{.cells = "*", .metrics = {Metric::time}, .smallest_effect = 0.07},
                         {.cells = "pipe/*", .metrics = {}, .smallest_effect = 0.2},
                         {.cells = "pipe/oneway/*", .metrics = {Metric::tail}, .smallest_effect = 0.4}};
  EXPECT_EQ(smallest_effect(settings, "udp/latency", Metric::time), 0.07);
  EXPECT_EQ(smallest_effect(settings, "udp/latency", Metric::tail), 0.10);
  EXPECT_EQ(smallest_effect(settings, "pipe/latency", Metric::time), 0.2);
  EXPECT_EQ(smallest_effect(settings, "pipe/oneway/x", Metric::tail), 0.4);
  EXPECT_EQ(smallest_effect(settings, "pipe/oneway/x", Metric::cpu), 0.2);
}

class GateSettingsFile : public ::testing::Test {
 protected:
  [[nodiscard]] GateSettings read(const std::string& text) const {
    std::ofstream(folder_ / "gate.json") << text;
    return read_gate_settings(folder_ / "gate.json");
  }
  [[nodiscard]] std::string error_of(const std::string& text) const {
    try {
      static_cast<void>(read(text));
    } catch (const ReportError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("gate.json: "), Not(HasSubstr("\n"))));
      return error.what();
    }
    return "accepted";
  }
  testing::TemporaryFolder folder_;
};

TEST_F(GateSettingsFile, SaysNothingAboutWhatItLeavesOut) {
  const GateSettings defaults;
  const GateSettings settings = read("{}");
  EXPECT_EQ(settings.cell_alpha, defaults.cell_alpha);
  EXPECT_EQ(settings.smallest_effect, defaults.smallest_effect);
  const GateSettings tail = read(R"({"smallest_effect": {"tail": 0.3}})");
  EXPECT_EQ(tail.smallest_effect, (MetricValues{0.05, 0.05, 0.3, 0.05}));
}

// Each key has a different value: catches mixed-up keys.
TEST_F(GateSettingsFile, SetsEveryField) {
  const GateSettings settings = read(R"({
    "whole_alpha": 0.01, "family_alpha": 0.02, "cell_alpha": 0.03,
    "smallest_effect": {"time": 0.11, "low": 0.12, "tail": 0.13, "cpu": 0.14},
    "thresholds": [{"cells": "pipe/*", "metrics": ["tail", "cpu"], "smallest_effect": 0.2},
                   {"cells": "udp/*", "smallest_effect": 0.5}],
    "families": [{"name": "rings", "cells": "*ring*"}], "allow_missing": ["fifo/*", "udp/*"],
    "confidence": 0.9, "power": 0.7, "watch_rate": 0.04,
    "first_blocks": 11, "second_blocks": 31, "most_second_blocks": 301, "suspicious_share": 0.25,
    "allowed_failures": 0.002, "flips": 5000, "seed": 18446744073709551615
  })");
  EXPECT_EQ(settings.whole_alpha, 0.01);
  EXPECT_EQ(settings.family_alpha, 0.02);
  EXPECT_EQ(settings.cell_alpha, 0.03);
  EXPECT_EQ(settings.smallest_effect, (MetricValues{0.11, 0.12, 0.13, 0.14}));
  ASSERT_EQ(settings.thresholds.size(), 2U);
  EXPECT_EQ(settings.thresholds[0].cells, "pipe/*");
  EXPECT_EQ(settings.thresholds[0].metrics, (std::vector{Metric::tail, Metric::cpu}));
  EXPECT_EQ(settings.thresholds[0].smallest_effect, 0.2);
  EXPECT_TRUE(settings.thresholds[1].metrics.empty());
  ASSERT_EQ(settings.families.size(), 1U);
  EXPECT_EQ(settings.families[0].name, "rings");
  EXPECT_EQ(settings.families[0].cells, "*ring*");
  EXPECT_EQ(settings.allow_missing, (std::vector<std::string>{"fifo/*", "udp/*"}));
  EXPECT_EQ(settings.confidence, 0.9);
  EXPECT_EQ(settings.power, 0.7);
  EXPECT_EQ(settings.watch_rate, 0.04);
  EXPECT_EQ(settings.first_blocks, 11U);
  EXPECT_EQ(settings.second_blocks, 31U);
  EXPECT_EQ(settings.most_second_blocks, 301U);
  EXPECT_EQ(settings.suspicious_share, 0.25);
  EXPECT_EQ(settings.allowed_failures, 0.002);
  EXPECT_EQ(settings.flips, 5000U);
  EXPECT_EQ(settings.seed, 18'446'744'073'709'551'615U);
}

TEST_F(GateSettingsFile, UnknownKeysAreNamedWithThoseThatThereAre) {
  EXPECT_THAT(
      error_of(R"({"cell_alfa": 0.1})"),
      AllOf(HasSubstr(
                "cell_alfa: is not a setting; known settings here: whole_alpha, family_alpha, cell_alpha"),
            Not(HasSubstr(".cell_alfa"))));
  EXPECT_THAT(error_of(R"({"smallest_effect": {"p99": 0.1}})"),
              HasSubstr("smallest_effect.p99: is not a setting; known settings here: time, low, tail, cpu"));
  EXPECT_THAT(error_of(R"({"thresholds": [{"cell": "*"}]})"),
              HasSubstr("thresholds[0].cell: is not a setting"));
  EXPECT_THAT(error_of(R"({"benchmarks": [1]})"), HasSubstr("benchmarks: is not a setting"));
}

TEST_F(GateSettingsFile, ValuesOutOfRange) {
  for (const char* value : {"0", "0.6", "-0.1"}) {
    EXPECT_THAT(error_of(fmt::format(R"({{"cell_alpha": {}}})", value)),
                HasSubstr(fmt::format("cell_alpha: {} is not above 0 and at most 0.5", value)));
  }
  EXPECT_EQ(read(R"({"cell_alpha": 0.5})").cell_alpha, 0.5);
  EXPECT_THAT(error_of(R"({"smallest_effect": {"time": 0}})"), HasSubstr("is not above 0 and at most 10"));
  EXPECT_THAT(error_of(R"({"smallest_effect": {"time": 11}})"), HasSubstr("is not above 0 and at most 10"));
  EXPECT_THAT(error_of(R"({"first_blocks": 4})"), HasSubstr("first_blocks: 4 is not from 5 to 1000"));
  EXPECT_THAT(error_of(R"({"second_blocks": 1001})"), HasSubstr("1001 is not from 5 to 1000"));
  EXPECT_THAT(error_of(R"({"suspicious_share": 0})"), HasSubstr("suspicious_share"));
  EXPECT_THAT(error_of(R"({"allowed_failures": 1.5})"), HasSubstr("1.5 is not from 0 to 1"));
  EXPECT_EQ(read(R"({"allowed_failures": 0})").allowed_failures, 0);
  EXPECT_THAT(error_of(R"({"confidence": 1})"), HasSubstr("1 is not above 0 and below 1"));
  EXPECT_THAT(error_of(R"({"power": 0})"), HasSubstr("0 is not above 0 and below 1"));
  EXPECT_THAT(error_of(R"({"flips": 10})"), HasSubstr("flips: 10 is not from 1000 to 10000000"));
  EXPECT_THAT(error_of(R"({"seed": -1})"), HasSubstr("seed: expected a whole number"));
}

TEST_F(GateSettingsFile, WrongTypesAndWhatIsMissing) {
  EXPECT_THAT(error_of("[]"), HasSubstr("expected an object, got an array"));
  EXPECT_THAT(error_of(""), HasSubstr("is empty"));
  EXPECT_THAT(error_of(R"({"thresholds": [{"cells": "*"}]})"),
              HasSubstr("thresholds[0]: the key \"smallest_effect\" is missing"));
  EXPECT_THAT(error_of(R"({"thresholds": [{"cells": "*", "metrics": ["p99"], "smallest_effect": 1}]})"),
              HasSubstr("thresholds[0].metrics[0]: \"p99\" is not one of time, low, tail, cpu"));
  EXPECT_THAT(error_of(R"({"families": [{"cells": "*"}]})"), HasSubstr("\"name\" is missing"));
  EXPECT_THAT(error_of(R"({"families": [{"name": "", "cells": "*"}]})"),
              HasSubstr("families[0].name: is empty"));
}

// Catches quantiles of 0 or 1, which would end in an exception of Boost.Math, and settings that take hours to
// apply.
TEST_F(GateSettingsFile, WhatNothingCanTellApart) {
  EXPECT_THAT(error_of(R"({"cell_alpha": 1e-320})"),
              HasSubstr("cell_alpha: 1e-320 is closer to 0 or 1 than 1e-09"));
  EXPECT_THAT(error_of(R"({"confidence": 0.9999999999999999})"),
              HasSubstr("confidence: 0.9999999999999999 is closer"));
  const std::string family = R"({"name": "a", "cells": "*"})";
  std::string families = family;
  for (int i = 0; i < 1000; ++i) families += "," + family;
  EXPECT_THAT(error_of(fmt::format(R"({{"families": [{}]}})", families)),
              HasSubstr("has more than 1000 entries"));
  EXPECT_THAT(
      error_of(fmt::format(R"({{"families": [{{"name": "a", "cells": "{}"}}]}})", std::string(1001, '*'))),
      HasSubstr("families[0].cells: is longer than 1000 bytes"));
}

}  // namespace
}  // namespace ipcbench
