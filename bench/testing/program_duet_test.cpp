// The program from outside: duets of it with itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "bench/testing/program.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::call_program;
using testing::eventually;
using testing::Program;
using testing::ProgramResult;
using Arguments = std::vector<std::string>;
using LaunchOf = std::pair<std::string, std::uint32_t>;

// Two mechanisms, two sizes, launches of a millisecond; `more` adds to these options or replaces them.
Arguments short_duet(const Arguments& more) {
  const std::vector<std::pair<std::string, std::string>> defaults{{"--mechanism", "pipe,unix_stream"},
                                                                  {"--size", "64,4096"},
                                                                  {"--pattern", "latency"},
                                                                  {"--cpus", "same"},
                                                                  {"--time", "1ms"},
                                                                  {"--warm-up", "100us"},
                                                                  {"--out", "duet"},
                                                                  {"--blocks", "3"},
                                                                  {"--second-blocks", "2"}};
  Arguments all{"duet", "--quiet"};
  for (const auto& [option, value] : defaults) {
    if (std::ranges::find(more, option) == more.end()) all.insert(all.end(), {option, value});
  }
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::vector<LaunchOf> launches_of(const Report& report) {
  std::vector<LaunchOf> launches;
  for (const Row& row : testing::rows_of(report.cells))
    launches.emplace_back(cell_name(row.cell), row.launch);
  return launches;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Catches pairs with one half missing, sides that launch in different orders, files that no other command
// reads, and leftovers.
TEST(ProgramDuet, WithItself) {
  Program program(short_duet({"--seed", "5"}));
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  const fs::path folder = program.directory() / "duet";
  const Report base = read_report(folder / "base.json");
  const Report candidate = read_report(folder / "new.json");
  const std::vector<LaunchOf> launches = launches_of(base);
  EXPECT_EQ(launches, launches_of(candidate));
  std::map<std::uint32_t, std::size_t> by_block;
  for (const auto& [cell, block] : launches) ++by_block[block];
  for (const std::uint32_t block : {0U, 1U, 2U}) EXPECT_EQ(by_block[block], 4U);
  EXPECT_EQ(std::set(launches.begin(), launches.end()).size(), launches.size());
  ASSERT_TRUE(base.session.duet && candidate.session.duet);
  EXPECT_EQ(base.session.duet->id, candidate.session.duet->id);
  EXPECT_EQ(base.session.seed, 5U);
  EXPECT_FALSE(base.host.empty());
  EXPECT_GT(base.floors.clock_ns, 0);
  EXPECT_TRUE(nlohmann::json::parse(testing::text_of(folder / "comparison.json")).is_object());
  EXPECT_FALSE(result.out.empty());
  EXPECT_TRUE(program.processes().empty());
  EXPECT_TRUE(program.temporary_files().empty());
}

// Catches an order that the seed does not determine. The second stage depends on the measurements, and on a
// busy machine a block may be dropped and made again in another order: of a few duets two agree.
TEST(ProgramDuet, SameSeedSameOrder) {
  std::set<std::vector<LaunchOf>> orders;
  bool repeats = false;
  for (int i = 0; i < 6 && !repeats; ++i) {
    Program program(short_duet({"--seed", "11", "--second-blocks", "0"}));
    ASSERT_EQ(program.wait().code, 0);
    std::vector<LaunchOf> order = launches_of(read_report(program.directory() / "duet" / "new.json"));
    EXPECT_EQ(order.size(), 12U);
    repeats = !orders.insert(std::move(order)).second;
  }
  EXPECT_TRUE(repeats);
}

// Catches a decision that cannot be reproduced from the files.
TEST(ProgramDuet, TheFilesGiveTheSameDecision) {
  Program program(short_duet({"--format", "json", "--blocks", "5"}));
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  const std::string folder = program.directory() / "duet";
  const ProgramResult again =
      call_program({"compare", folder + "/base.json", folder + "/new.json", "--format", "json"});
  ASSERT_EQ(again.code, 0) << again.err;
  const auto first = nlohmann::json::parse(result.out);
  const auto second = nlohmann::json::parse(again.out);
  EXPECT_EQ(first.at("findings"), second.at("findings"));
  EXPECT_EQ(first.at("absences"), second.at("absences"));
  EXPECT_EQ(first.at("verdict"), second.at("verdict"));
}

TEST(ProgramDuet, RefusesAGateThatCannotFail) {
  const ProgramResult first = call_program(short_duet({"--gate"}));
  EXPECT_EQ(first.code, 2);
  EXPECT_TRUE(has(first.err, "--blocks: with 3 blocks")) << first.err;
  const ProgramResult second = call_program(short_duet({"--gate", "--blocks", "6"}));
  EXPECT_EQ(second.code, 2);
  EXPECT_TRUE(has(second.err, "--second-blocks: 2 fresh blocks")) << second.err;
}

// A duet of a pipe with itself, one side with a single page: messages of 64 KiB take at least twice as long
// there.
ProgramResult duet_with_a_page(Program& program) {
  ProgramResult result = program.wait();
  EXPECT_TRUE(result.code == 0 || result.code == 1 || result.code == 5) << result.code << result.err;
  return result;
}

Arguments page_duet(const std::string& side) {
  return short_duet({"--mechanism", "pipe", "--size", "64KiB", "--time", "2ms", "--blocks", "10",
                     "--second-blocks", "12", "--gate", "--format", "json", side, "--param pipe_bytes=4096"});
}

// The verdicts of the cell's time among the findings.
std::set<std::string> verdicts_of_time(const ProgramResult& result) {
  std::set<std::string> verdicts;
  for (const auto& finding : nlohmann::json::parse(result.out).at("findings")) {
    if (finding.at("metric") == "time") verdicts.insert(finding.at("verdict").get<std::string>());
  }
  return verdicts;
}

// Catches a slowdown to more than twice the time that passes in silence. Beside other programs it may be
// invalid, or hidden by the noise, but then that is what the duet says.
TEST(ProgramDuet, ASlowdownIsFoundOrNamed) {
  Program program(page_duet("--new-args"));
  const ProgramResult result = duet_with_a_page(program);
  for (const std::string& verdict : verdicts_of_time(result)) {
    EXPECT_TRUE(verdict == "regressed" || verdict == "unguarded" || verdict == "invalid") << verdict;
  }
  const Report base = read_report(program.directory() / "duet" / "base.json");
  EXPECT_EQ(base.session.duet->second_blocks, 12U);
  EXPECT_EQ(base.session.duet->most_second_blocks, 12U);
}

// Catches improvements that no number of first blocks would show.
TEST(ProgramDuet, AnImprovementIsListed) {
  Program program(page_duet("--base-args"));
  const ProgramResult result = duet_with_a_page(program);
  EXPECT_NE(result.code, 1);
  for (const std::string& verdict : verdicts_of_time(result)) {
    EXPECT_TRUE(verdict == "improved" || verdict == "invalid") << verdict;
  }
}

// Catches one side's settings that reach neither side, or both.
TEST(ProgramDuet, OneSidesArgumentsAndEnvironment) {
  Program program(short_duet({"--mechanism", "pipe", "--size", "64", "--second-blocks", "0", "--new-args",
                              "--param pipe_bytes=8192", "--new-env", "TMPDIR=/tmp", "--new",
                              "env A=1 " IPCBENCH_PROGRAM}));
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  const Report base = read_report(program.directory() / "duet" / "base.json");
  const Report candidate = read_report(program.directory() / "duet" / "new.json");
  ASSERT_EQ(base.cells.launches(), candidate.cells.launches());
  const Settings small{{"pipe_bytes", 8192}};
  ASSERT_EQ(candidate.cells.launches(), 3U);
  for (const Row& row : testing::rows_of(candidate.cells)) EXPECT_EQ(row.cell.parameters, small);
  for (const Row& row : testing::rows_of(base.cells)) EXPECT_TRUE(row.cell.parameters.empty());
}

// Catches a comparison against a program that cannot take part.
TEST(ProgramDuet, RefusesWhatCannotTakePart) {
  const ProgramResult old = call_program(short_duet({"--base", "/bin/true"}));
  EXPECT_EQ(old.code, 2);
  EXPECT_TRUE(has(old.err, "--base /bin/true: does not know `duet-side`")) << old.err;
  const ProgramResult unknown = call_program(short_duet({"--mechanism", "pigeon"}));
  EXPECT_EQ(unknown.code, 2);
  EXPECT_TRUE(has(unknown.err, "pigeon")) << unknown.err;
  const ProgramResult own = call_program(short_duet({"--new-args", "--seed 5"}));
  EXPECT_EQ(own.code, 2);
  EXPECT_TRUE(has(own.err, "--new-args: ")) << own.err;
  const ProgramResult option = call_program(short_duet({"--new-args", "--sise 5"}));
  EXPECT_EQ(option.code, 2);
  EXPECT_TRUE(has(option.err, "--new-args: '--sise 5'")) << option.err;
  const ProgramResult environment = call_program(short_duet({"--base-env", "A"}));
  EXPECT_EQ(environment.code, 2);
  EXPECT_TRUE(has(environment.err, "--base-env: 'A' is not NAME=VALUE")) << environment.err;
}

// Catches failures that do not reach the exit code, and launches that are repeated endlessly.
TEST(ProgramDuet, FailedLaunchesAreCodeFive) {
  Program program(short_duet(
      {"--mechanism", "pipe", "--size", "64", "--blocks", "5", "--time", "1m", "--timeout", "1ms"}));
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.code, 5) << result.err;
  EXPECT_TRUE(has(result.err, "timed out")) << result.err;
}

// Catches a duet that waits for the current launch (five minutes), lost reports, and programs, pairs and
// files that stay behind.
TEST(ProgramDuet, AnInterruptionLeavesReportsAndNothingElse) {
  Program program({"duet", "--mechanism", "pipe", "--pattern", "latency", "--size", "64", "--cpus", "same",
                   "--time", "5m", "--out", "duet", "--quiet"});
  // The duet, its two sides with a guardian and a folder each, and the two ends of a pair. The floor's pair
  // comes earlier, but does not last long.
  ASSERT_TRUE(eventually([&] { return program.processes().size() == 7; }));
  ASSERT_TRUE(eventually([&] { return program.temporary_files().size() == 2; }));
  program.signal(SIGINT);
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.code, 130) << result.err;
  EXPECT_TRUE(eventually([&] { return program.processes().empty(); }));
  EXPECT_TRUE(program.temporary_files().empty());
}

}  // namespace
}  // namespace ipcbench
