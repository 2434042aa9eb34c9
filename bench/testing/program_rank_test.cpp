// `ipcbench rank` from outside: who is among the others, and the exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

class ProgramRank : public ::testing::Test {
 protected:
  ProgramRank() { fs::create_directory(folder_ / "reports"); }

  void SetUp() override {
    if (!has_databases()) GTEST_SKIP() << "built without SOCI; remedy: apt-get install libsoci-dev";
  }

  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }

  static void set_fact(Report& report, const std::string& name, const std::string& value) {
    std::erase_if(report.host, [&](const Fact& fact) { return fact.name == name; });
    report.host.push_back({name, value});
  }

  // Machine `number`, in a session of that day.
  static Report report_of(int machine, int day, int permille, const std::string& governor) {
    Report report = session_report(static_cast<std::uint64_t>(permille), day);
    report.session.id += std::to_string(machine);
    report.context.host_name = "node-" + std::to_string(machine);
    set_fact(report, "machine_id", "machine-" + std::to_string(machine));
    set_fact(report, "architecture", "x86_64");
    set_fact(report, "cpu_model", "Made CPU");
    set_fact(report, "kernel_release", "6.18.1");
    set_fact(report, "governor", governor);
    return report;
  }
  // Its file.
  [[nodiscard]] std::string write(const Report& report) const {
    const std::string file = at("reports/" + report.session.id + ".json");
    write_report(report, file);
    return file;
  }
  [[nodiscard]] ProgramResult rank(const std::string& report,
                                   const std::vector<std::string>& more = {}) const {
    const ProgramResult indexed = call_program({"index", "--db", at("fleet.sqlite"), at("reports")});
    EXPECT_EQ(indexed.code, 0) << indexed.err;
    return call_program(testing::with({"rank", report, "--db", at("fleet.sqlite")}, more));
  }

  testing::TemporaryFolder folder_;
};

// Machine 0 takes 1300; eight others take 1000 and more with another governor, eight 1300 and more. Machine
// 1's older session was the slowest of all, and machine 0's own other session the fastest. Catches a rank
// among sessions instead of machines, or among its own.
TEST_F(ProgramRank, RanksAmongTheNewestOfOtherMachines) {
  const std::string own = write(report_of(0, 20, 1300, "powersave"));
  static_cast<void>(write(report_of(0, 1, 500, "powersave")));
  static_cast<void>(write(report_of(1, 2, 9000, "powersave")));
  for (int i = 1; i <= 8; ++i) static_cast<void>(write(report_of(i, 3, 1000 + i, "performance")));
  for (int i = 9; i <= 16; ++i) static_cast<void>(write(report_of(i, 3, 1350 + i, "powersave")));
  Report other_class = report_of(17, 3, 100, "powersave");
  set_fact(other_class, "cpu_model", "Made CPU 2");
  static_cast<void>(write(other_class));

  const ProgramResult ranked = rank(own, {"--json", "--size", "64"});
  ASSERT_EQ(ranked.code, 0) << ranked.err;
  const nlohmann::json json = nlohmann::json::parse(ranked.out);
  ASSERT_EQ(json.at("cells").size(), 1U);
  const auto& cell = json.at("cells").at(0);
  EXPECT_EQ(cell.at("machines"), 17);
  EXPECT_EQ(cell.at("rank"), 9);
  EXPECT_EQ(cell.at("rank_low"), 9);
  EXPECT_EQ(cell.at("best_host"), "node-1");
  EXPECT_EQ(json.at("overall").at("facts").at(0).at("facts").at(0).at("value"), "performance");

  EXPECT_THAT(rank(own).out, HasSubstr("governor performance (here powersave)"));
  EXPECT_THAT(rank(own, {"--class", "x86_64/*"}).out, HasSubstr("17 other machines of x86_64/*"));
  EXPECT_THAT(rank(own, {"--format", "csv", "--size", "64"}).out, HasSubstr(",17,9,9,"));
}

// Catches a placement that is looked for in the kernel's release, that is ignored, or that is silently the
// other one's too.
TEST_F(ProgramRank, AClassMayNameThePlacement) {
  const std::string own = write(report_of(0, 1, 1000, "powersave"));
  static_cast<void>(write(report_of(1, 1, 1100, "powersave")));
  const std::string here(name_of(testing::make_cell("pipe", 64).cpus));
  const ProgramResult ranked = rank(own, {"--class", "x86_64/*/*/" + here, "--csv"});
  EXPECT_EQ(ranked.code, 0) << ranked.err;
  EXPECT_EQ(std::ranges::count(ranked.out, '\n'), 3);  // the header and two cells
  EXPECT_EQ(rank(own, {"--class", "x86_64/*/*/node"}).code, 3);
  EXPECT_EQ(rank(own, {"--class", "x86_64/*/*/*"}).code, 0);
  const ProgramResult mixed = rank(own, {"--class", "x86_64/*/*/" + here, "--class", "x86_64/*"});
  EXPECT_EQ(mixed.code, 2);
  EXPECT_THAT(mixed.err, HasSubstr("do not name the same placement"));
  EXPECT_EQ(call_program({"site", at("fleet.sqlite"), "--out", at("site"), "--class", "*/*/*/node"}).code, 2);
}

// Catches a rank of 1 of 1, which says nothing, and an option that is not refused.
TEST_F(ProgramRank, SaysThatNothingCanBeCompared) {
  const std::string own = write(report_of(0, 1, 1000, "powersave"));
  const ProgramResult alone = rank(own);
  EXPECT_EQ(alone.code, 3) << alone.out;
  EXPECT_THAT(alone.err, HasSubstr("no other machine of x86_64/Made CPU/6.18"));
  EXPECT_EQ(rank(own, {"--format", "xml"}).code, 2);
  EXPECT_EQ(rank(own, {"--since", "yesterday"}).code, 2);
  EXPECT_EQ(rank(at("missing.json")).code, 2);
  static_cast<void>(write(report_of(1, 1, 1100, "powersave")));
  const ProgramResult few = rank(own);
  EXPECT_EQ(few.code, 0) << few.err;
  EXPECT_THAT(few.out, HasSubstr("fewer than 3 other machines"));
}

}  // namespace
}  // namespace ipcbench
