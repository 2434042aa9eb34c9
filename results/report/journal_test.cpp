#include "results/report/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/report/report_json.hpp"
#include "results/testing/refusal.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

JournalStart sample_start() {
  JournalStart start{.plan = {.cells = {testing::make_cell("pipe"), testing::make_cell("tcp", 4096)},
                              .placed = {"0 1", "any any"},
                              .launches = 3,
                              .warm_up = milliseconds(1),
                              .timed = milliseconds(20),
                              .longest_timed = milliseconds(700),
                              .brief = std::vector<std::string>{"pipe/paced"},
                              .time_limit = milliseconds(10'000),
                              .budget = std::chrono::seconds(9),
                              .add_launches = true,
                              .counts = true},
                     .thresholds = {{"p99 < 1ms", {"pipe", "tcp"}}, {"lost < 1%", {"tcp"}}},
                     .out = "/somewhere/report.json",
                     .report = testing::sample_report()};
  start.report.cells = {};
  return start;
}

std::vector<JournalledLaunch> sample_launches() {
  const Report report = testing::sample_report();
  std::vector<JournalledLaunch> launches;
  for (const Row& row : testing::rows_of(report.cells)) {
    launches.push_back({.cell = row.cell,
                        .outcome = row.measurement,
                        .elapsed = milliseconds(100 * static_cast<int>(launches.size() + 1))});
  }
  launches.push_back({.cell = testing::make_cell("tcp"),
                      .outcome = Failure{Failure::Kind::timed_out, "the consumer, attaching: \"hung\"\n"},
                      .elapsed = milliseconds(5000)});
  return launches;
}

std::string journal_text_of(const JournalStart& start, const std::vector<JournalledLaunch>& launches) {
  std::string text = journal_line(start) + "\n";
  for (const JournalledLaunch& launch : launches) text += journal_line(launch) + "\n";
  return text;
}

// Catches a field that is lost or swapped between writing and reading.
TEST(JournalTest, ReadsWhatWasWritten) {
  const JournalStart start = sample_start();
  const auto launches = sample_launches();
  const std::string text = journal_text_of(start, launches);
  const Journal read = parse_journal(text, "a.journal");
  EXPECT_EQ(journal_text_of(read.start, read.launches), text);
  EXPECT_EQ(read.whole_bytes, text.size());
  EXPECT_EQ(read.start.out, start.out);
  EXPECT_EQ(read.start.plan.placed, start.plan.placed);
  EXPECT_EQ(read.start.plan.budget, start.plan.budget);
  EXPECT_EQ(read.start.plan.timed, start.plan.timed);
  EXPECT_EQ(read.start.plan.longest_timed, start.plan.longest_timed);
  EXPECT_EQ(read.start.plan.brief, start.plan.brief);
  EXPECT_EQ(read.start.plan.counts, true);
  ASSERT_EQ(read.start.thresholds.size(), 2U);
  EXPECT_EQ(read.start.thresholds[0].text, "p99 < 1ms");
  EXPECT_EQ(read.start.thresholds[0].cells, (std::vector<std::string>{"pipe", "tcp"}));
  ASSERT_EQ(read.launches.size(), launches.size());
  EXPECT_EQ(read.launches.back().elapsed, milliseconds(5000));
  const auto& failure = std::get<Failure>(read.launches.back().outcome);
  EXPECT_EQ(failure.kind, Failure::Kind::timed_out);
  EXPECT_EQ(failure.reason, "the consumer, attaching: \"hung\"\n");
}

// Catches a journal without a time limit that comes back with one.
TEST(JournalTest, NoBudgetStaysNone) {
  JournalStart start = sample_start();
  start.plan.budget.reset();
  EXPECT_EQ(parse_journal(journal_line(start) + "\n", "a.journal").start.plan.budget, std::nullopt);
}

// Catches a run of an older program that can no longer be resumed.
TEST(JournalTest, OlderOnesHaveNoThresholds) {
  std::string line = journal_line(sample_start());
  const std::size_t from = line.find("\"thresholds\"");
  line.erase(from, line.find("\"report\"") - from);
  EXPECT_TRUE(parse_journal(line + "\n", "a.journal").start.thresholds.empty());
}

// Wherever the writing stopped, whole lines count and the rest does not. Catches a reader that refuses such a
// journal, counts half a launch, or overstates the whole bytes.
TEST(JournalTest, CutOffAnywhere) {
  const std::string start = journal_line(sample_start()) + "\n";
  const auto launches = sample_launches();
  const std::string text = journal_text_of(sample_start(), launches);
  for (std::size_t length = start.size(); length <= text.size(); length += 53) {
    const Journal read = parse_journal(text.substr(0, length), "a.journal");
    EXPECT_LE(read.whole_bytes, length);
    const std::string whole = text.substr(0, read.whole_bytes);
    EXPECT_TRUE(whole.ends_with('\n'));
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(whole, '\n')), read.launches.size() + 1);
  }
}

std::string journal_error(const std::string& text) {
  return testing::refusal_of([&] { parse_journal(text, "a.journal"); }, "a.journal");
}

// Catches a message without its line number, and damage in the middle that goes unnoticed.
TEST(JournalTest, GarbageIsNamedByItsLine) {
  const std::string start = journal_line(sample_start()) + "\n";
  EXPECT_THAT(journal_error(""), HasSubstr("a.journal, line 1: has no whole line"));
  EXPECT_THAT(journal_error("{}\n"), HasSubstr("a.journal, line 1: the key \"ipcbench_journal\" is missing"));
  EXPECT_THAT(
      journal_error("{\"ipcbench_journal\":1}\n"),
      HasSubstr("format 1, this program reads format 2: resume the run with the ipcbench that began it"));
  EXPECT_THAT(journal_error(start + "nonsense\n" + journal_line(sample_launches().front()) + "\n"),
              HasSubstr("a.journal, line 2"));
  EXPECT_THAT(journal_error(start + "{\"elapsed_ns\":1}\n"),
              HasSubstr("a.journal, line 2: the key \"cell\""));
  EXPECT_THAT(journal_error(start + "{\"elapsed_ns\":-1}\n"), HasSubstr("elapsed_ns"));
  EXPECT_THAT(journal_error(to_json(testing::sample_report())), HasSubstr("line 1"));
}

}  // namespace
}  // namespace ipcbench
