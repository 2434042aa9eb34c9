// `ipcbench index`, `query` and `reproduce` from outside: what they refuse, and what they say then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "bench/testing/program.hpp"
#include "bench/testing/shell.hpp"
#include "harness/testing/temporary_folder.hpp"
#include "results/index/index.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::call_program;
using ::testing::HasSubstr;
using testing::kBaseline;
using ::testing::Not;
using testing::ProgramResult;

class ProgramIndex : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_databases()) GTEST_SKIP() << "built without SOCI; remedy: apt-get install libsoci-dev";
  }

  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }
  [[nodiscard]] std::string fleet() const { return at("fleet.sqlite"); }
  // The message of a call that is refused.
  static std::string refusal(const std::vector<std::string>& arguments) {
    const ProgramResult result = call_program(arguments);
    EXPECT_EQ(result.code, 2) << result.out;
    return result.err;
  }

  testing::TemporaryFolder folder_;
};

// Catches a mistyped folder that passes for a fleet, and an index that is made of nothing.
TEST_F(ProgramIndex, AFolderWithoutReportsIsRefused) {
  fs::create_directory(at("reports"));
  std::ofstream(at("reports/note.txt")) << "no report";
  EXPECT_THAT(refusal({"index", "--db", fleet(), at("reports")}),
              HasSubstr("reports: no report is in there"));
  EXPECT_THAT(refusal({"index", "--digest", at("reports")}), HasSubstr("no report is in there"));
  EXPECT_FALSE(fs::exists(fleet()));
}

// Catches a URL that becomes the name of a file, and the messages of libraries.
TEST_F(ProgramIndex, WhatIsNoIndexIsSaidToBeNone) {
  const std::string other = refusal({"index", "--db", "mysql://ann:secret@host/x", kBaseline});
  EXPECT_THAT(other, HasSubstr("'mysql://' is not known"));
  EXPECT_THAT(other, HasSubstr("postgresql://"));
  EXPECT_THAT(other, Not(HasSubstr("secret")));
  std::ofstream(at("text")) << std::string(1000, 'x');
  for (const char* command : {"query", "trend"}) {
    const std::string text = refusal({command, "--db", at("text")});
    EXPECT_THAT(text, HasSubstr("text: is no SQLite database; "));
    EXPECT_THAT(text, Not(HasSubstr("prepare")));
  }
  EXPECT_THAT(refusal({"index", "--db", at("text"), kBaseline}), HasSubstr("text: is no SQLite database; "));
  std::ofstream(at("empty")).flush();
  EXPECT_THAT(refusal({"query", "--db", at("empty")}), HasSubstr("empty: is no index of ipcbench; "));
}

// Catches a choice between two formats by their order, days that no calendar has, and names that are allowed
// and not listed.
TEST_F(ProgramIndex, QueriesThatMeanNothingAreRefused) {
  ASSERT_EQ(call_program({"index", "--db", fleet(), kBaseline}).code, 0);
  const auto query = [&](const std::vector<std::string>& more) {
    return testing::with({"query", "--db", fleet(), "-m", "pipe", "--size", "64"}, more);
  };
  EXPECT_THAT(refusal(query({"--json", "--csv"})), HasSubstr("--json excludes --csv"));
  EXPECT_THAT(refusal(query({"--format", "json", "--csv"})), HasSubstr("excludes"));
  for (const char* since :
       {"2026-13-01", "2026-00", "2026-02-29", "2026-04-31", "2026-01-01T24", "2026-01-01T23:60"})
    EXPECT_THAT(refusal(query({"--since", since})), HasSubstr("is no time")) << since;
  for (const char* since : {"2024-02-29", "2026", "2026-1", "2026-01-3", "2026-01-31T23:59"})
    EXPECT_EQ(call_program(query({"--since", since})).code, 0) << since;
  EXPECT_THAT(refusal(query({"--group-by", "nne"})), HasSubstr("session, none."));
  EXPECT_EQ(call_program(query({"--group-by", "none"})).code, 0);
  EXPECT_THAT(refusal(query({"--host", "nobody"})), HasSubstr("nothing in it is selected; without"));
}

// The 10th percentile is at most the 99th. Catches a figure that is that of another column.
TEST_F(ProgramIndex, HasLowTimes) {
  ASSERT_EQ(call_program({"index", "--db", fleet(), kBaseline}).code, 0);
  const auto figure = [&](const char* of) {
    const std::string csv =
        call_program({"query", "--db",   fleet(), "-m",     "pipe",       "--pattern", "latency", "--size",
                      "64",    "--wait", "block", "--cpus", "llc",        "--peers",   "fork",    "--of",
                      of,      "--stat", "p50",   "--csv",  "--group-by", "none"})
            .out;
    const std::size_t start = csv.find(',', csv.find('\n')) + 1;
    return std::stod(csv.substr(start));
  };
  EXPECT_LT(figure("low"), figure("time"));
  EXPECT_LT(figure("time"), figure("p99"));
}

// Catches a path that is only good where it was typed, and a report that is lost once it is moved.
TEST_F(ProgramIndex, FindsReportsFromAnywhere) {
  const std::string script =
      "set -e; mkdir a b; cp " + kBaseline +
      " a/r.json; cd a; ipcbench index -q r.json; name=$(ipcbench index --digest r.json | cut -c 1-8); "
      "cd ../b; found() { ipcbench reproduce --db ../a/fleet.sqlite --dry-run $name >plan; }; "
      "found; mv ../a/r.json .; if found; then exit 9; fi; ipcbench index --db ../a/fleet.sqlite r.json; "
      "found";
  const ProgramResult result = testing::run_shell(script);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1 known already, 1 of them moved"));
}

// Catches a message about files alone for somebody who gave the beginning of a digest.
TEST_F(ProgramIndex, ADigestThatIsTooShortIsSaidToBe) {
  EXPECT_THAT(refusal({"reproduce", "5ff3"}), HasSubstr("neither a file nor a saved report"));
  EXPECT_THAT(refusal({"reproduce", "5ff3"}), HasSubstr("give 8 digits of it or more"));
  EXPECT_THAT(refusal({"reproduce", "main"}), Not(HasSubstr("digits")));
}

}  // namespace
}  // namespace ipcbench
