// `ipcbench trend` from outside: the gate's answers, and changes that somebody explains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "bench/testing/program.hpp"
#include "bench/testing/session_report.hpp"
#include "harness/testing/temporary_folder.hpp"
#include "results/index/index.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::call_program;
using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::session_report;

class ProgramTrend : public ::testing::Test {
 protected:
  ProgramTrend() { fs::create_directory(folder_ / "reports"); }

  void SetUp() override {
    if (!has_databases()) GTEST_SKIP() << "built without SOCI; remedy: apt-get install libsoci-dev";
  }

  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }
  [[nodiscard]] std::string database() const { return at("fleet.sqlite"); }

  void measure(const Report& report) const {
    write_report(report, at("reports/" + report.session.id + ".json"));
  }
  // Sessions first to last, one per day, about a level; in every other the machine is 0.4 % slower, and so
  // on.
  void measure(int first, int last, std::uint64_t level_permille) const {
    constexpr std::uint64_t kWobble[] = {0, 4, 1, 3, 5, 2};
    for (int day = first; day <= last; ++day)
      measure(
          session_report(level_permille + kWobble[static_cast<std::size_t>(day) % std::size(kWobble)], day));
  }
  [[nodiscard]] ProgramResult trend(std::vector<std::string> more) const {
    const ProgramResult indexed = call_program({"index", "--db", database(), at("reports")});
    EXPECT_EQ(indexed.code, 0) << indexed.err;
    return call_program(testing::with({"trend", "--db", database()}, more));
  }

  testing::TemporaryFolder folder_;
};

// A change of both cells is one event, of the whole. Catches an acceptance that is lost, that accepts more
// than it names, a gate that does not ask for it, and an index that is made again without it.
TEST_F(ProgramTrend, AnExplainedChangeAlarmsNoMore) {
  measure(1, 20, 1000);
  EXPECT_EQ(trend({"--gate"}).code, 0);
  measure(21, 26, 1200);
  const ProgramResult slower = trend({"--gate", "--format", "json"});
  EXPECT_EQ(slower.code, 1) << slower.err;
  const nlohmann::ordered_json changes =
      nlohmann::ordered_json::parse(slower.out).at("hosts")[0].at("changes");
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].at("verdict"), "regressed");
  EXPECT_EQ(changes[0].at("session"), "0000000000000015");
  EXPECT_TRUE(changes[0].at("accepted").is_null());
  const std::string id = changes[0].at("id");

  EXPECT_EQ(trend({"--accept", id}).code, 2);
  EXPECT_EQ(trend({"--accept", "000000000000", "--why", "none"}).code, 2);
  EXPECT_EQ(trend({"--gate"}).code, 1);
  const ProgramResult accepted = trend({"--accept", id, "--why", "firmware 2.1"});
  EXPECT_EQ(accepted.code, 0) << accepted.err;
  const ProgramResult after = trend({"--gate"});
  EXPECT_EQ(after.code, 0) << after.out;
  EXPECT_THAT(after.out, HasSubstr("accepted: firmware 2.1"));

  for (int time = 0; time < 2; ++time) {
    const ProgramResult again =
        call_program({"index", "--db", at("again.sqlite"), "--accepted-from", database(), at("reports")});
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(call_program({"trend", "--gate", "--db", at("again.sqlite")}).code, 0);
  }

  measure(27, 31, 1500);
  EXPECT_EQ(trend({"--gate"}).code, 1);
}

// Catches a history that is lost, or ends, with the name that a host had before.
TEST_F(ProgramTrend, AHostThatWasRenamedHasOneHistory) {
  for (int day = 1; day <= 8; ++day) {
    Report report = session_report(1000, day);
    report.context.host_name = day <= 4 ? "aaa" : "zzz";
    std::erase_if(report.host, [](const Fact& fact) { return fact.name == "machine_id"; });
    report.host.push_back({"machine_id", "6f1c1a52-6f0e-5e0c-9b43-0c8a4f5f2d11"});
    measure(report);
  }
  const ProgramResult result = trend({"--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const nlohmann::ordered_json hosts = nlohmann::ordered_json::parse(result.out).at("hosts");
  ASSERT_EQ(hosts.size(), 1U);
  EXPECT_EQ(hosts[0].at("sessions").size(), 8U) << hosts[0].dump().substr(0, 400);
}

// Too few sessions to judge by are no success, and neither is a session that says itself that it is invalid.
TEST_F(ProgramTrend, AGateThatCannotJudgeSaysSo) {
  measure(1, 3, 1000);
  const ProgramResult few = trend({"--gate"});
  EXPECT_EQ(few.code, 3) << few.out;
  EXPECT_THAT(few.err, HasSubstr("3 sessions"));
  measure(4, 6, 1000);
  EXPECT_EQ(trend({"--gate"}).code, 0);
  Report invalid = session_report(1000, 7);
  invalid.doubts.push_back(
      {.level = Doubt::Level::invalid, .what = "the clock stood still", .advice = "none"});
  measure(invalid);
  const ProgramResult doubtful = trend({"--gate"});
  EXPECT_EQ(doubtful.code, 5);
  EXPECT_THAT(doubtful.out, HasSubstr("newest session is invalid"));
  EXPECT_EQ(trend({}).code, 0);
}

}  // namespace
}  // namespace ipcbench
