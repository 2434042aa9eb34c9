#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bench/study/probe/finding.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using State = ProbeFinding::State;

std::vector<ProbedMechanism> sample() {
  return {
      {"pipe",
       "a pipe",
       {{Guarantee::unrelated, State::found, "no", "nothing to find it by"},
        {Guarantee::duplex, State::by_design, "no", "one way only"},
        {Guarantee::boundaries, State::not_applicable, "does not apply", "a token"},
        {Guarantee::order, State::not_tried, "not tried", "too short"},
        {Guarantee::capacity, State::failed, "failed", "timed out after 5000 ms"},
        {Guarantee::reader_gone, State::found, "a|b", "the reader was killed"}}},
      {"queue", "a queue", {{Guarantee::unrelated, State::not_tried, "not tried", "raise the limit"}}},
      {"other", "another", {{Guarantee::unrelated, State::not_tried, "not tried", "raise the limit"}}},
  };
}

// Catches an answer in the wrong column, a missing failure, and a reason that is repeated for each mechanism.
TEST(ProbeText, HasTablesFailuresAndReasons) {
  const std::string text = probe_text(sample(), false);
  EXPECT_THAT(
      text,
      HasSubstr(
          "              open to  both ways  keeps messages  in the order   all that it      what if\n"
          "mechanism  strangers?  over one?          apart?   of sending?  took arrive?  it is full?\n"
          "pipe               no        no*               -             ?             ?            ?\n"));
  EXPECT_THAT(text, HasSubstr("Failed:\n  pipe, capacity: timed out after 5000 ms\n"));
  EXPECT_THAT(text, HasSubstr("Not tried:\n  queue, other: raise the limit\n"));
  EXPECT_THAT(text, Not(HasSubstr("nothing to find it by")));
  EXPECT_THAT(probe_text(sample(), true),
              HasSubstr("  unrelated     no\n                nothing to find it by\n"));
}

// Catches a question that nobody explains, and one that is explained as another.
TEST(Explained, EachQuestionHasItsOwnWords) {
  ASSERT_EQ(probe_questions().size(), kAxis<Guarantee>.size());
  for (std::size_t i = 0; i < probe_questions().size(); ++i)
    EXPECT_EQ(probe_questions()[i].guarantee, kAxis<Guarantee>[i].value);
  const std::string text = explained(question_of(Guarantee::duplex));
  EXPECT_THAT(text, HasSubstr("both ways over one? (--json: duplex)\n"));
  EXPECT_THAT(text, HasSubstr("  asks:    does one object carry messages both ways?\n"));
}

TEST(ProbeJson, HasEverything) {
  const auto json = nlohmann::json::parse(probe_json(sample()));
  EXPECT_EQ(json.at("mechanisms").size(), 3U);
  EXPECT_EQ(json.at("questions").size(), kAxis<Guarantee>.size());
  const auto& finding = json.at("mechanisms").at(0).at("findings").at(4);
  EXPECT_EQ(finding.at("guarantee"), "capacity");
  EXPECT_EQ(finding.at("state"), "failed");
  EXPECT_EQ(finding.at("answer"), "failed");
  EXPECT_EQ(finding.at("evidence"), "timed out after 5000 ms");
}

// Catches a bar that ends a cell early. Each row has as many columns as the heading.
TEST(ProbeMarkdown, IsOneTable) {
  const std::string text = probe_markdown(sample(), false);
  EXPECT_THAT(
      text,
      HasSubstr("| `pipe` | no | no* | - | ? | ? | ? | failed | ? | ? | a\\|b | ? | ? | ? | ? | ? |\n"));
  EXPECT_THAT(text, HasSubstr("- `queue`: not tried: raise the limit"));
  EXPECT_THAT(probe_markdown(sample(), true), HasSubstr("  - unrelated: **no**; nothing to find it by\n"));
}

}  // namespace
}  // namespace ipcbench
