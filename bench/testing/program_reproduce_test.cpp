// `ipcbench reproduce` from outside: its verdicts as exit codes, digests, mistakes, and one short
// measurement.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "bench/testing/program.hpp"
#include "bench/testing/session_report.hpp"
#include "harness/testing/temporary_folder.hpp"
#include "results/index/index.hpp"
#include "results/report/digest.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::call_program;
using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::session_report;

class ProgramReproduce : public ::testing::Test {
 protected:
  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }
  // The file of a session whose times are scaled by `permille`.
  [[nodiscard]] std::string written(const std::string& name, std::uint64_t permille, int number) const {
    write_report(session_report(permille, number), at(name));
    return at(name);
  }
  void expect_mistake(const std::vector<std::string>& more, const std::vector<std::string>& said) const {
    const ProgramResult result = call_program(testing::with({"reproduce"}, more));
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    for (const std::string& each : said) EXPECT_THAT(result.err, HasSubstr(each));
  }

  testing::TemporaryFolder folder_;
};

// Catches a verdict that a script cannot see, and figures that programs cannot read.
TEST_F(ProgramReproduce, EndsAsTheCellsDo) {
  const std::string base = written("base.json", 1000, 1);
  const auto with = [&](std::uint64_t permille, const std::vector<std::string>& more) {
    return call_program(testing::with(
        {"reproduce", base, "--with", written(std::to_string(permille) + ".json", permille, 2)}, more));
  };
  const ProgramResult same = with(1010, {});
  EXPECT_EQ(same.code, 0) << same.out;
  EXPECT_THAT(same.out, HasSubstr("Reproduced: 2 of 2 cells."));
  const ProgramResult slower = with(1500, {"--json"});
  EXPECT_EQ(slower.code, 1) << slower.out;
  const auto json = nlohmann::json::parse(slower.out);
  EXPECT_EQ(json.at("counts").at("differs"), 2);
  EXPECT_NEAR(json.at("cells")[0].at("ratio").get<double>(), 1.5, 0.02);
  EXPECT_EQ(with(1100, {}).code, 4);
  EXPECT_EQ(with(1500, {"--within", "100%"}).code, 0);
  EXPECT_EQ(with(1010, {"--assume-session-sd", "0.2"}).code, 4);
  const ProgramResult one = with(1500, {"--size", "64", "--all"});
  EXPECT_THAT(one.out, HasSubstr("0 of 1 cell; 1 differs."));
}

TEST_F(ProgramReproduce, NamesMistakes) {
  const std::string base = written("base.json", 1000, 1);
  expect_mistake({}, {"REPORT"});
  expect_mistake({at("none.json")}, {"none.json", "No such file"});
  expect_mistake({base, "--with", base}, {"one session"});
  expect_mistake({base, "--with", base, "--dry-run"}, {"--dry-run: nothing is measured"});
  expect_mistake({base, "--with", base, "-o", at("new.json")}, {"--out: nothing is measured"});
  expect_mistake({base, "--within", "10"}, {"--within: '10'", "10%"});
  expect_mistake({base, "--format", "csv"}, {"--format", "json"});
  expect_mistake({base, "--repetitions", "0"}, {"--repetitions", "'0'"});
  expect_mistake({base, "-m", "tcp"}, {"mechanism"});
  Report foreign = session_report(1000, 3);
  foreign.session.command = {"ipcbench", "duet"};
  write_report(foreign, at("duet.json"));
  expect_mistake({at("duet.json"), "--dry-run"}, {"how long its phases were", "--with NEW"});
}

// Catches a digest that finds another report, a file that changed behind the index's back, and a name that
// nobody can tell from a file's.
TEST_F(ProgramReproduce, FindsAReportByItsDigest) {
  if (!has_databases()) GTEST_SKIP() << "built without SOCI; remedy: apt-get install libsoci-dev";
  const std::string base = written("base.json", 1000, 1);
  const std::string here = written("here.json", 1010, 2);
  const std::string database = at("fleet.sqlite");
  ASSERT_EQ(call_program({"index", "--db", database, base, here}).code, 0);
  const std::string digest = file_digest(base).substr(0, 8);
  const ProgramResult found = call_program({"reproduce", digest, "--db", database, "--with", here});
  EXPECT_EQ(found.code, 0) << found.err;
  EXPECT_THAT(found.out, HasSubstr("base.json"));
  expect_mistake({"00000000", "--db", database, "--with", here}, {"no report in", "--db"});
  write_report(session_report(1200, 5), base);
  expect_mistake({digest, "--db", database, "--with", here}, {"no longer the report of this digest"});
  fs::remove(base);
  expect_mistake({digest, "--db", database, "--with", here}, {"which is not there"});
}

// Measures one cell and once more. Nothing is asked of the times: whatever they are, the cell is judged, and
// the second report was made as the first. Catches settings, a seed or cells that get lost on the way.
TEST_F(ProgramReproduce, MeasuresTheSameAgain) {
  const ProgramResult run = call_program(
      {"run",   "-m",      "pipe", "--pattern",     "latency", "--size", "64",  "--cpus",    "same", "--wait",
       "block", "--peers", "fork", "--repetitions", "3",       "--time", "2ms", "--warm-up", "1ms",  "--seed",
       "9",     "-q",      "-o",   at("base.json")});
  ASSERT_EQ(run.code, 0) << run.err;
  const ProgramResult plan = call_program({"reproduce", at("base.json"), "--dry-run"});
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("Would measure 1 cell, 3 launches each"));
  const ProgramResult again =
      call_program({"reproduce", at("base.json"), "-q", "--json", "-o", at("here.json")});
  EXPECT_THAT(again.code, ::testing::AnyOf(0, 1, 4, 5)) << again.err;
  EXPECT_EQ(nlohmann::json::parse(again.out).at("cells").size(), 1U);
  const Report before = read_report(at("base.json"));
  const Report after = read_report(at("here.json"));
  EXPECT_EQ(after.session.seed, 9U);
  EXPECT_EQ(after.session.settings, before.session.settings);
  EXPECT_EQ(after.session.planned_launches, 3U);
  ASSERT_EQ(after.cells.size(), 1U);
  EXPECT_EQ(after.cells[0].name, before.cells[0].name);
  EXPECT_NE(after.session.id, before.session.id);
  expect_mistake({at("base.json"), "-q", "-o", at("here.json")}, {"--out"});
}

}  // namespace
}  // namespace ipcbench
