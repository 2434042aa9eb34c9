#include "bench/duet/protocol.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "results/report/json_parts.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using testing::latency_row;
using testing::make_cell;

template <class Parse>
std::string complaint(Parse parse) {
  try {
    parse();
    return "no error";
  } catch (const ReportError& error) {
    return error.what();
  }
}

// Catches an axis or a parameter that is lost on the way: the other side would lack such cells.
TEST(DuetProtocol, AGreetingComesBack) {
  Cell paced = make_cell("of_another_build", 4096);
  paced.pattern = Pattern::paced;
  paced.load = {.percent = 50, .arrivals = Arrivals::poisson};
  paced.wait = Wait::spin;
  paced.parameters = {{"pipe_bytes", 4096}};
  Cell fan = make_cell("pipe");
  fan.pattern = Pattern::fanin;
  fan.fan = 4;
  const DuetGreeting sent{.version = "0.9.0",
                          .time_limit = std::chrono::seconds(11),
                          .cells = {paced, fan},
                          .skipped = {{"a/cell", "line 1\nline 2"}}};
  const std::string line = greeting_line(sent);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const DuetGreeting read = parse_greeting(line);
  EXPECT_EQ(read.version, "0.9.0");
  EXPECT_EQ(read.time_limit, std::chrono::seconds(11));
  EXPECT_EQ(read.cells, sent.cells);
  ASSERT_EQ(read.skipped.size(), 1U);
  EXPECT_EQ(read.skipped[0].reason, "line 1\nline 2");
}

// Catches a request that is carried out as another one.
TEST(DuetProtocol, RequestsComeBack) {
  EXPECT_EQ(request_line({.what = DuetRequest::What::launch, .cell = 3, .block = 17}),
            R"({"launch":3,"block":17})");
  const DuetRequest launch = parse_request(R"({"launch": 3, "block": 17})");
  EXPECT_EQ(launch.what, DuetRequest::What::launch);
  EXPECT_EQ(launch.cell, 3U);
  EXPECT_EQ(launch.block, 17U);
  EXPECT_EQ(parse_request(request_line({})).what, DuetRequest::What::describe);
}

// Catches rows that differ from a report's rows for the same launch.
TEST(DuetProtocol, AnswersComeBack) {
  const Row sent = latency_row(make_cell("pipe"), 12, 5000);
  const std::string line = answer_line(sent);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const DuetAnswer answer = parse_answer(line);
  const Row& row = std::get<Row>(answer);
  EXPECT_EQ(row.launch, 12U);
  EXPECT_EQ(row_json(row), row_json(sent));
  const DuetAnswer failed = parse_answer(answer_line(LaunchFailed{"the consumer: \"gone\"\n"}));
  EXPECT_EQ(std::get<LaunchFailed>(failed).reason, "the consumer: \"gone\"\n");
}

// Catches facts and doubts that are lost on the way.
TEST(DuetProtocol, ADescriptionComesBack) {
  Report sent;
  sent.version = "0.9.0";
  sent.host = {{"kernel_release", "6.1"}};
  sent.doubts = {{Doubt::Level::warn, "What.", "Advice."}};
  const std::string line = report_line(sent);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Report read = parse_report_line(line);
  EXPECT_EQ(read.version, "0.9.0");
  ASSERT_EQ(read.host.size(), 1U);
  EXPECT_EQ(read.host[0].value, "6.1");
  ASSERT_EQ(read.doubts.size(), 1U);
}

// Catches two versions that misunderstand each other.
TEST(DuetProtocol, AnotherVersionIsCalledOne) {
  EXPECT_THROW(parse_greeting(R"({"ipcbench_duet": 2, "cells": "of a new kind"})"), OtherProtocol);
  EXPECT_NE(complaint([] { parse_greeting(R"({"ipcbench_duet": 2})"); }).find("too new"), std::string::npos);
  EXPECT_NE(complaint([] { parse_greeting(R"({"ipcbench_duet": 0})"); }).find("too old"), std::string::npos);
}

// Catches garbage that is accepted, or that ends the program.
TEST(DuetProtocol, GarbageIsRefused) {
  for (const char* line : {"", "hello", "[]", "{}", "null", "{\"ipcbench_duet\": \"1\"}",
                           R"({"ipcbench_duet": 1, "version": "1", "time_limit_ns": -1})",
                           R"({"ipcbench_duet": 1, "version": "1", "time_limit_ns": 1, "cells": [{}]})"}) {
    EXPECT_THROW(parse_greeting(line), ReportError) << line;
    EXPECT_THROW(parse_answer(line), ReportError) << line;
    EXPECT_THROW(parse_report_line(line), ReportError) << line;
    EXPECT_THROW(parse_request(line), ReportError) << line;
  }
  EXPECT_THROW(parse_answer(R"({"row": {"name": "a row without the rest"}})"), ReportError);
  EXPECT_THROW(parse_request(R"({"launch": -1, "block": 0})"), ReportError);
}

// Catches a clock that overflows when the limit is added to it.
TEST(DuetProtocol, TimeLimitsOfCenturiesAreRefused) {
  const auto greeting = [](const char* limit_ns) {
    return fmt::format(R"({{"ipcbench_duet":1,"version":"","time_limit_ns":{},"cells":[],"skipped":[]}})",
                       limit_ns);
  };
  EXPECT_EQ(parse_greeting(greeting("604800000000000")).time_limit, kLongestLaunch);
  EXPECT_THROW(parse_greeting(greeting("604800000000001")), ReportError);
  EXPECT_THROW(parse_greeting(greeting("9223372036854775807")), ReportError);
}

}  // namespace
}  // namespace ipcbench
