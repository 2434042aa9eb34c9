#include <gtest/gtest.h>

#include "bench/duet/protocol.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using testing::latency_row;
using testing::make_cell;

// Two cells; a launch of the second fails.
class SideLoopTest : public ::testing::Test {
 protected:
  SideLoopTest() {
    for (const char* name : {"a", "b"}) {
      const Cell cell = make_cell(name);
      plan_.cells.push_back({cell, cell_name(cell), {}});
    }
    plan_.skipped = {{"c", "not here"}};
    options_.rounds.time_limit = std::chrono::seconds(3);
    options_.rounds.launch = [](const Cell& cell, const LaunchOptions&) -> LaunchOutcome {
      if (cell.mechanism == "b") return Failure{Failure::Kind::error, "no room"};
      if (cell.mechanism == "null") return Failure{Failure::Kind::interrupted, "interrupted"};
      return latency_row(cell, 0, 5000).measurement;
    };
  }

  std::vector<std::string> answers_to(std::vector<std::string> lines) {
    std::vector<std::string> answers;
    std::size_t next = 0;
    const auto next_line = [&]() -> std::optional<std::string> {
      if (next == lines.size()) return std::nullopt;
      return lines[next++];
    };
    const auto answer = [&](const std::string& line) { answers.push_back(line); };
    serve_duet(plan_, options_, next_line, answer);
    return answers;
  }

  Plan plan_;
  SessionOptions options_;
};

// Catches a greeting that does not list the cells.
TEST_F(SideLoopTest, GreetsAndEnds) {
  const auto answers = answers_to({});
  ASSERT_EQ(answers.size(), 1U);
  const DuetGreeting greeting = parse_greeting(answers[0]);
  EXPECT_EQ(greeting.version, IPCBENCH_VERSION);
  EXPECT_EQ(greeting.time_limit, std::chrono::seconds(3));
  EXPECT_EQ(greeting.cells, (std::vector{make_cell("a"), make_cell("b")}));
  ASSERT_EQ(greeting.skipped.size(), 1U);
}

// Catches rows without their block, and failures that end the side.
TEST_F(SideLoopTest, AnswersEachRequest) {
  const auto answers = answers_to({R"({"launch":0,"block":7})", R"({"launch":1,"block":7})"});
  ASSERT_EQ(answers.size(), 3U);
  const Row row = std::get<Row>(parse_answer(answers[1]));
  EXPECT_EQ(row.launch, 7U);
  EXPECT_EQ(row.cell, make_cell("a"));
  EXPECT_EQ(std::get<LaunchFailed>(parse_answer(answers[2])).reason, "no room");
}

// Catches a side's report without the facts known when the session begins.
TEST_F(SideLoopTest, DescribesItself) {
  const auto answers = answers_to({R"({"describe":true})"});
  ASSERT_EQ(answers.size(), 2U);
  const Report report = parse_report_line(answers[1]);
  EXPECT_EQ(report.version, IPCBENCH_VERSION);
  EXPECT_FALSE(report.host.empty());
  EXPECT_GT(report.floors.clock_ns, 0);
  EXPECT_EQ(report.skipped.size(), 1U);
}

// Catches a launch of a cell that does not exist.
TEST_F(SideLoopTest, RefusesWhatIsNotThere) {
  EXPECT_THROW(answers_to({R"({"launch":2,"block":0})"}), ReportError);
  EXPECT_THROW(answers_to({"launch, please"}), ReportError);
}

// Catches an interrupted launch that is reported as a failed one.
TEST_F(SideLoopTest, AnInterruptedLaunchIsNoAnswer) {
  plan_.cells[0].cell.mechanism = "null";
  EXPECT_EQ(answers_to({R"({"launch":0,"block":0})", R"({"launch":1,"block":0})"}).size(), 1U);
}

}  // namespace
}  // namespace ipcbench
