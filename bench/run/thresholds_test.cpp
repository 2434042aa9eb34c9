#include "bench/run/thresholds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/testing/usage_message.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using testing::usage_message;

RunThreshold threshold(const std::string& text) { return parse_threshold("--threshold", text); }

TEST(Threshold, IsReadAsItIsWritten) {
  const RunThreshold p99 = threshold("p99 < 200us");
  EXPECT_EQ(p99.figure->name, "p99");
  EXPECT_EQ(p99.limit, 200'000);
  EXPECT_TRUE(p99.allows(199'999));
  EXPECT_FALSE(p99.allows(200'000));
  EXPECT_TRUE(threshold("p99<=200us").allows(200'000));
  EXPECT_TRUE(threshold("messages_per_second >= 50k").allows(50'000));
  EXPECT_FALSE(threshold("messages_per_second > 50k").allows(50'000));
  EXPECT_EQ(threshold("bytes_per_second > 1.5GB/s").limit, 1.5e9);
  EXPECT_EQ(threshold("lost < 1%").limit, 0.01);
  EXPECT_EQ(threshold("cpus_busy < 1.1").limit, 1.1);
}

TEST(Threshold, MistakesAreNamed) {
  EXPECT_THAT(usage_message([] { threshold("p99"); }), HasSubstr("such as 'p99 < 200us'"));
  EXPECT_THAT(usage_message([] { threshold("p98 < 1ms"); }), HasSubstr("did you mean"));
  EXPECT_THAT(usage_message([] { threshold("p99 < 200"); }), HasSubstr("'200' has no unit"));
  EXPECT_THAT(usage_message([] { threshold("p99 < "); }), HasSubstr("--threshold: 'p99 < '"));
  EXPECT_THAT(usage_message([] { threshold("cpus_busy < nan"); }), HasSubstr("'nan' is not a number"));
}

// Catches a threshold that no cell can miss.
TEST(Threshold, OfNoCellIsRefused) {
  Cell stream;
  stream.pattern = Pattern::throughput;
  EXPECT_THAT(usage_message([&] { check_threshold(threshold("p99 < 1ms"), {stream}); }),
              HasSubstr("no selected cell has p99; select --pattern latency or oneway or paced"));
  EXPECT_EQ(usage_message([&] { check_threshold(threshold("p99 < 1ms"), {stream, Cell{}}); }), "no error");
}

CellsThreshold about(const std::string& text, const Report& report) {
  CellsThreshold all{threshold(text), {}};
  for (const ReportCell& cell : report.cells) all.cells.insert(cell.name);
  return all;
}

std::vector<Judgement::State> states(const std::vector<Judgement>& judgements) {
  std::vector<Judgement::State> all;
  for (const Judgement& judgement : judgements) all.push_back(judgement.state);
  return all;
}

// Catches a threshold that is met by what it forbids, and one without cells that passes.
TEST(Threshold, DecidesByTheSummary) {
  const Report report = testing::sample_report();
  const std::vector<Judgement> met = judge(report, {about("cpu_per_message < 1h", report)});
  ASSERT_FALSE(met.empty());
  EXPECT_THAT(states(met), ::testing::Each(Judgement::State::met));
  const std::vector<Judgement> missed = judge(report, {about("p50 < 1ns", report)});
  ASSERT_FALSE(missed.empty());
  EXPECT_THAT(states(missed), ::testing::Each(Judgement::State::missed));
  EXPECT_THAT(judgements_text(missed), HasSubstr("allowed is < 1.00 ns"));
  EXPECT_THAT(states(judge(report, {{threshold("p50 < 1h"), {"pipe/unmeasured"}}})),
              ::testing::ElementsAre(Judgement::State::unknown));
  EXPECT_TRUE(judge(report, {}).empty());
}

TEST(Threshold, SaysWhatWasMeasuredAndWhatIsAllowed) {
  const std::vector<Judgement> judgements{
      {"pipe/latency", threshold("p99 < 200us"), Judgement::State::missed, 312'000, ""},
      {"fifo/latency", threshold("p99 < 200us"), Judgement::State::met, 100'000, ""},
      {"tcp/latency", threshold("p99 < 200us"), Judgement::State::unknown, 0, "too few messages"}};
  EXPECT_EQ(judgements_text(judgements),
            "Thresholds: 1 met, 1 missed, 1 unknown\n"
            "  missed   p99 is 312 us, allowed is < 200 us\n"
            "           pipe/latency\n"
            "  unknown  p99 < 200us: too few messages\n"
            "           tcp/latency\n");
}

}  // namespace
}  // namespace ipcbench
