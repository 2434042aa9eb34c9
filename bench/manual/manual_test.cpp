// The manual page and the completions, tried with the programs that read them where these are there.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "bench/manual/completion.hpp"
#include "bench/manual/man_page.hpp"
#include "bench/manual/option_table.hpp"
#include "bench/program.hpp"
#include "harness/base/unpredictable.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct ShellAnswer {
  int code = -1;
  std::string text;  // both streams
};

ShellAnswer shell(const std::string& command) {
  ShellAnswer answer;
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) answer.text += static_cast<char>(c);
  answer.code = WEXITSTATUS(pclose(pipe));
  return answer;
}
bool is_installed(const std::string& program) { return shell("command -v " + program).code == 0; }

// The program's commands, and a folder for what is written.
class ManualTest : public ::testing::Test {
 protected:
  ManualTest() : actions_(declare_program(app_)) { std::filesystem::create_directory(folder_); }
  ~ManualTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string written(const std::string& text) const {
    const std::string file = folder_ + "/text";
    std::ofstream(file) << text;
    return file;
  }
  // What bash would offer for the last of these words.
  [[nodiscard]] std::string completed(const std::string& words) const {
    const std::string script = written(bash_completion(app_));
    return shell(fmt::format(
                     "bash -c '. {}; compopt() {{ :; }}; COMP_WORDS=({}); COMP_CWORD=$((${{#COMP_WORDS[@]}} "
                     "- 1)); _ipcbench; echo \"${{COMPREPLY[@]}}\"'",
                     script, words))
        .text;
  }
  [[nodiscard]] const CLI::App& app() const { return app_; }

 private:
  CLI::App app_;
  Actions actions_;
  std::string folder_ = (std::filesystem::temp_directory_path() / unpredictable_name()).string();
};

// Catches options, values and hidden commands that the table has wrong: everything else follows from it.
TEST_F(ManualTest, TheTableHasWhatTheHelpHas) {
  const std::vector<CommandEntry> table = command_table(app());
  const auto run = std::ranges::find(table, "run", &CommandEntry::name);
  ASSERT_NE(run, table.end());
  const auto option = [&](const std::string& name) {
    for (const OptionEntry& each : run->options) {
      if (std::ranges::find(each.spellings, name) != each.spellings.end()) return each;
    }
    return OptionEntry{};
  };
  EXPECT_THAT(option("-m").values, AllOf(Contains("pipe"), Contains("sockets")));
  EXPECT_TRUE(option("--mechanism").list);
  EXPECT_THAT(option("--wait").values, ::testing::ElementsAre("block", "spin", "poll", "epoll", "adaptive"));
  EXPECT_TRUE(option("--rate").values.empty());
  EXPECT_TRUE(option("--out").files);
  EXPECT_TRUE(option("--quiet").placeholder.empty());
  EXPECT_EQ(std::ranges::find(table, "duet-side", &CommandEntry::name), table.end());
}

TEST_F(ManualTest, BashCompletesCommandsOptionsAndLists) {
  EXPECT_THAT(completed("ipcbench ex"), HasSubstr("export"));
  EXPECT_THAT(completed("ipcbench \"\""), Not(HasSubstr("duet-side")));
  EXPECT_THAT(completed("ipcbench run --mechanism unix_s"), HasSubstr("unix_seqpacket unix_stream"));
  EXPECT_THAT(completed("ipcbench run -m pipe,sock"), HasSubstr("pipe,sockets pipe,socketpair"));
  EXPECT_THAT(completed("ipcbench run --wait = sp"), HasSubstr("spin"));
  EXPECT_THAT(completed("ipcbench run --dry"), HasSubstr("--dry-run"));
  EXPECT_THAT(completed("ipcbench help cal"), HasSubstr("calibrate"));
}

TEST_F(ManualTest, ShellsAcceptTheirCompletions) {
  const std::array<std::pair<std::string, std::string>, 3> kShells{
      {{"bash", bash_completion(app())}, {"zsh", zsh_completion(app())}, {"fish", fish_completion(app())}}};
  for (const auto& [name, text] : kShells) {
    if (!is_installed(name)) continue;
    const ShellAnswer answer = shell(fmt::format("{} -n {}", name, written(text)));
    EXPECT_EQ(answer.code, 0) << name << answer.text;
    EXPECT_EQ(answer.text, "") << name;
  }
}

TEST_F(ManualTest, FishCompletesAMechanism) {
  if (!is_installed("fish")) GTEST_SUCCEED() << "no fish";
  if (!is_installed("fish")) return;
  const std::string script = written(fish_completion(app()));
  const auto completed_by_fish = [&](const std::string& line) {
    return shell(fmt::format("fish --no-config -c 'source {}; complete -C \"{}\"'", script, line)).text;
  };
  EXPECT_THAT(completed_by_fish("ipcbench run --mechanism unix_st"), HasSubstr("unix_stream"));
  EXPECT_THAT(completed_by_fish("ipcbench run --wait spin,bl"), HasSubstr("spin,block"));
}

// Catches a line that roff takes for a request, and a warning of the man page's reader.
TEST_F(ManualTest, ManReadsItsPage) {
  const std::string page = man_page(app());
  EXPECT_THAT(page, AllOf(HasSubstr(".SS run\n"), HasSubstr("\\fB\\-m\\fR, \\fB\\-\\-mechanism\\fR"),
                          HasSubstr(".SH EXIT STATUS"), HasSubstr("ipcbench run \\-m pipes")));
  if (!is_installed("groff")) return;
  const ShellAnswer answer = shell(fmt::format("groff -man -Tutf8 -ww -z {}", written(page)));
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.text, "");
}

// Each command has two examples, and the program understands them.
TEST_F(ManualTest, EveryCommandHasExamplesThatParse) {
  for (const CommandEntry& command : command_table(app())) {
    std::size_t examples = 0;
    std::istringstream lines(command.footer);
    for (std::string line; std::getline(lines, line) && !line.empty();) {
      if (!line.starts_with("  ipcbench ")) continue;
      ++examples;
      CLI::App parser;
      const Actions actions = declare_program(parser);
      EXPECT_NO_THROW(parser.parse(line.substr(2), true)) << line;
    }
    EXPECT_EQ(examples, 2U) << command.name;
  }
}

}  // namespace
}  // namespace ipcbench
