// Reports under a name, several reports at once, and a terminal, from outside.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "bench/testing/compared_report.hpp"
#include "bench/testing/program.hpp"
#include "harness/base/fd.hpp"
#include "harness/testing/temporary_folder.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::call_program;
using testing::compared_report;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramResult;
using ::testing::StartsWith;

// A results folder of its own, with reports under the names main and release.
class ProgramSaved : public ::testing::Test {
 protected:
  ProgramSaved() {
    setenv("IPCBENCH_RESULTS_DIR", folder_.path().c_str(), 1);
    fs::create_directory(folder_ / "baselines");
    write_report(compared_report(100, "00000000000000aa"), folder_ / "baselines/main.json");
    write_report(compared_report(101, "00000000000000bb"), folder_ / "baselines/release.json");
    write_report(compared_report(200, "00000000000000cc"), at("slow.json"));
  }
  ~ProgramSaved() override { unsetenv("IPCBENCH_RESULTS_DIR"); }
  [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }

  testing::TemporaryFolder folder_;
};

TEST_F(ProgramSaved, ANameStandsForItsReport) {
  const ProgramResult named =
      call_program({"compare", "main", at("slow.json"), "--gate", "--assume-session-sd", "0.01"});
  EXPECT_EQ(named.code, 1) << named.err;
  EXPECT_THAT(named.out, AllOf(StartsWith("REGRESSED: 2 of 2 cells are slower"), HasSubstr("main.json")));
  const ProgramResult unknown = call_program({"compare", "mian", at("slow.json")});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("mian: is neither a file nor a saved report"),
                                 HasSubstr("main, release"), HasSubstr("--save-as mian")));
}

// Catches a base that is lost to a run that failed, and one that is replaced without a word.
TEST_F(ProgramSaved, ARunIsSavedOnceItIsComplete) {
  const std::vector<std::string> run{"run",       "--mechanism",   "pipe",   "--size",  "64",
                                     "--pattern", "latency",       "--cpus", "same",    "--time",
                                     "1ms",       "--warm-up",     "1ms",    "--quiet", "--wait",
                                     "block",     "--repetitions", "1"};
  const ProgramResult fresh = call_program(testing::with(run, {"--save-as", "mine"}));
  EXPECT_EQ(fresh.code, 0) << fresh.err;
  EXPECT_THAT(fresh.err,
              AllOf(HasSubstr("Saved as mine: " + at("baselines/mine.json")), Not(HasSubstr("replacing"))));
  EXPECT_FALSE(read_report(at("baselines/mine.json")).cells.empty());
  EXPECT_THAT(call_program(testing::with(run, {"--save-as", "mine"})).err,
              HasSubstr("Saved as mine, replacing the earlier one"));
  for (const char* name : {"../mine", "-mine", ".mine", "a b", ""}) {
    if (*name == '\0') continue;
    const ProgramResult refused = call_program(testing::with(run, {std::string("--save-as=") + name}));
    EXPECT_EQ(refused.code, 2) << name;
    EXPECT_THAT(refused.err, HasSubstr("is no name")) << name;
  }
}

TEST_F(ProgramSaved, AnInterruptedRunIsNotSaved) {
  const std::string before = testing::text_of(at("baselines/main.json"));
  testing::Program program({"run", "--mechanism", "pipe", "--pattern", "latency", "--size", "64", "--cpus",
                            "same", "--time", "5m", "--quiet", "--save-as", "main"});
  EXPECT_TRUE(testing::eventually([&] { return !program.ends().empty(); }));
  program.signal(SIGINT);
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.code, 130) << result.err;
  EXPECT_THAT(result.err, HasSubstr("Not saved as main: launches are missing."));
  EXPECT_EQ(testing::text_of(at("baselines/main.json")), before);
}

TEST_F(ProgramSaved, SeveralReportsAreColumns) {
  const std::vector<std::string> three{"compare", "main", "release", at("slow.json")};
  const ProgramResult columns = call_program(three);
  EXPECT_EQ(columns.code, 0) << columns.err;
  EXPECT_THAT(columns.out, ContainsRegex("time +main.json +release.json +slow.json"));
  EXPECT_THAT(columns.out, ContainsRegex("pipe latency 64 B +[0-9.]+ us +[0-9.]+ us +[~+].* [+]100 %"));
  EXPECT_THAT(columns.out, ContainsRegex("geometric mean +[+](0.9|1.0) % +[+]100.0 %"));
  const ProgramResult gate = call_program(testing::with(three, {"--gate"}));
  EXPECT_EQ(gate.code, 2);
  EXPECT_THAT(gate.err, HasSubstr("--gate: takes one new report, not 2"));
  const ProgramResult junit = call_program(testing::with(three, {"--format", "junit"}));
  EXPECT_EQ(junit.code, 2);
  EXPECT_THAT(junit.err, HasSubstr("--format: junit is of one new report"));
  EXPECT_THAT(call_program(testing::with(three, {"--format", "markdown"})).out, StartsWith("| time |"));
}

// A terminal of 50 columns on which the program prints.
std::string on_terminal(const std::vector<std::string>& arguments) {
  const Fd terminal(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal || grantpt(terminal.get()) != 0 || unlockpt(terminal.get()) != 0) return "no terminal";
  const std::string name = ptsname(terminal.get());
  const Fd kept_open(open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  const winsize size{.ws_row = 24, .ws_col = 50, .ws_xpixel = 0, .ws_ypixel = 0};
  ioctl(terminal.get(), TIOCSWINSZ, &size);
  call_program(arguments, name);
  fcntl(terminal.get(), F_SETFL, O_NONBLOCK);
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t got = 0; (got = read(terminal.get(), piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return text;
}

// Catches colours in a file or against the user's will, and lines that the terminal breaks.
TEST_F(ProgramSaved, ATerminalDecidesAboutColoursAndWidth) {
  const std::vector<std::string> slow{"compare", "main", at("slow.json"), "--assume-session-sd", "0.01"};
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  const std::string coloured = on_terminal(slow);
  if (coloured == "no terminal") GTEST_SKIP() << "there are no pseudo-terminals here";
  EXPECT_THAT(coloured, StartsWith("\033[31mREGRESSED: 2 of 2 cells are slower"));
  setenv("NO_COLOR", "1", 1);
  const std::string plain = on_terminal(slow);
  unsetenv("NO_COLOR");
  EXPECT_THAT(plain, AllOf(StartsWith("REGRESSED: 2 of 2 cells"), Not(HasSubstr("\033"))));
  std::istringstream lines(plain);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(folder_.path().string()) != std::string::npos) continue;
    EXPECT_LE(line.size(), 51U) << line;  // with a \r
  }
  EXPECT_THAT(call_program(slow).out, Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace ipcbench
