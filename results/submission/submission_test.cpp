#include "results/submission/submission.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/report/digest.hpp"
#include "results/report/report_json.hpp"
#include "results/report/schema_check.hpp"
#include "results/testing/refusal.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SubmissionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_check_schema())
      GTEST_SKIP() << "built without valijson; remedy: apt-get install libvalijson-dev";
    report_ = testing::sample_report();
    report_.session.complete = true;
    report_.session.note.clear();
    report_.doubts = {{Doubt::Level::warn, "Turbo is on.", "Switch it off."}};
    report_.failed.clear();
    report_.host.push_back({"build_type", "release"});
    report_.cells = {};
    for (std::uint32_t launch = 0; launch < kFewestToSubmit; ++launch)
      report_.cells.add(testing::latency_row(testing::make_cell("pipe"), launch, 3008));
  }
  [[nodiscard]] Submission prepare(const std::string& name = "mine.json") const {
    return prepare_submission(to_json(report_), name, {});
  }
  [[nodiscard]] std::vector<std::string> reasons() const { return prepare().reasons; }

  Report report_;
};

std::string digest_of_text(const std::string& text) {
  ReportDigest digest;
  digest.add(text);
  return digest.finish();
}

// Catches a judgement that refuses everything.
TEST_F(SubmissionTest, AGoodReportIsReady) {
  const Submission submission = prepare();
  EXPECT_THAT(submission.reasons, IsEmpty());
  EXPECT_THAT(submission.too_few, IsEmpty());
  EXPECT_THAT(submission.remarks,
              ElementsAre("warn: Turbo is on.", HasSubstr("\"host\" was not looked for")));
  EXPECT_EQ(submission.digest, digest_of_text(submission.redacted.text));
  EXPECT_EQ(submission.launches, 6U);
  EXPECT_EQ(submission.cells, 1U);
}

// Catches a name that stays in a sentence because it is not that of anybody on this machine.
TEST_F(SubmissionTest, TheUserOfAnotherMachineIsReplaced) {
  report_.context.executable = "./build/ipcbench";
  report_.session.note = "started by zoe-2";
  report_.doubts[0].what = "Cannot open /data/home/zoe-2/plugin.so.";
  report_.doubts[0].advice = "Ask bob, the owner of /srv/home.";
  const std::string text = prepare().redacted.text;
  EXPECT_THAT(text, ::testing::Not(HasSubstr("zoe")));
  EXPECT_THAT(text, HasSubstr("started by (user)"));
  EXPECT_THAT(text, HasSubstr("Ask bob"));
}

TEST_F(SubmissionTest, QualityIsJudged) {
  report_.doubts.push_back({Doubt::Level::invalid, "4 % steal time.", "Wait."});
  EXPECT_THAT(reasons(), ElementsAre("invalid: 4 % steal time."));
  SetUp();
  report_.session.complete = false;
  report_.session.note = "Interrupted in round 1 of 3.";
  EXPECT_THAT(reasons(), ElementsAre("The run is not complete: Interrupted in round 1 of 3."));
  SetUp();
  report_.host.back().value = "debug";
  EXPECT_THAT(reasons(), ElementsAre(HasSubstr("debug build")));
  report_.host.pop_back();
  EXPECT_THAT(reasons(), ElementsAre(HasSubstr("nameless build")));
  SetUp();
  report_.host.push_back({"build_sanitizers", "address"});
  EXPECT_THAT(reasons(), ElementsAre(HasSubstr("sanitizers")));
  SetUp();
  report_.session.duet = DuetSide{.id = "d", .side = "new", .first_blocks = 1};
  EXPECT_THAT(reasons(), ElementsAre(HasSubstr("duet")));
  SetUp();
  report_.cells = {};
  EXPECT_THAT(reasons(), ElementsAre("No cell was measured."));
}

// Catches a bound that is off by one: six launches are enough, as the test above shows, and five are not.
TEST_F(SubmissionTest, FiveLaunchesAreTooFew) {
  for (std::uint32_t launch = 0; launch < 5; ++launch)
    report_.cells.add(testing::latency_row(testing::make_cell("tcp"), launch, 3008));
  const Submission submission = prepare();
  EXPECT_THAT(submission.reasons, IsEmpty());
  EXPECT_THAT(submission.too_few,
              ElementsAre(HasSubstr("1 of 2 cells have fewer than 6 launches, such as tcp/")));
}

// Catches a collection in which a name does not say what is under it.
TEST_F(SubmissionTest, ANameThatIsADigestHasToBeTheContents) {
  const Submission first = prepare();
  const std::string& text = first.redacted.text;
  EXPECT_THAT(prepare_submission(text, "fleet/" + first.digest + ".json.zst", {}).reasons, IsEmpty());
  const std::string other = std::string(64, '0') + ".json.zst";
  EXPECT_THAT(prepare_submission(text, other, {}).reasons, ElementsAre(HasSubstr(first.digest)));
  const std::string raw = digest_of_text(to_json(report_)) + ".json";
  EXPECT_THAT(prepare(raw).reasons, ElementsAre(HasSubstr("redacted first")));
}

TEST_F(SubmissionTest, WhatIsNoReportIsRefused) {
  const auto refusal_of = [](const std::string& text) {
    return testing::refusal_of([&] { prepare_submission(text, "odd.json", {}); }, "odd.json");
  };
  EXPECT_THAT(refusal_of(""), HasSubstr("odd.json"));
  EXPECT_THAT(refusal_of("{\"benchmarks\": [], \"context\": {}}"), HasSubstr("plain Google Benchmark"));
  Json json = Json::parse(to_json(report_));
  json["ipcbench"]["owner"] = "ann";
  EXPECT_THAT(refusal_of(json.dump()), HasSubstr("odd.json: "));
  json = Json::parse(to_json(report_));
  json["benchmarks"][0]["ipc"]["wait"] = "sleep";
  EXPECT_THAT(refusal_of(json.dump()), HasSubstr("benchmarks[0].ipc.wait"));
}

// Catches a list that leaves out what leaves: every fact, every sentence, every key of a launch.
TEST_F(SubmissionTest, EverythingThatLeavesIsListed) {
  report_.skipped = {{"udp/latency/size:65536/wait:block/peers:fork/cpus:same", "a datagram is shorter"}};
  const std::string text = leaving_text(prepare(), {});
  for (const char* said :
       {"context.host_name: machine-unknown", "context.num_cpus: 2", "ipcbench.host.governor: performance",
        "ipcbench.session.seed: 18446744073709551557", "a datagram is shorter", "Turbo is on.",
        "6 launches of 1 cell", "ipc.histogram", "producer_voluntary_switches",
        "    - host\n    + machine-unknown\n"}) {
    EXPECT_THAT(text, HasSubstr(said));
  }
  EXPECT_THAT(judgement_text(prepare(), {}), HasSubstr("Shown beside its figures\n  - warn: Turbo is on."));
}

}  // namespace
}  // namespace ipcbench
