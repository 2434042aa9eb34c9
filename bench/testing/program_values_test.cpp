// Every option with a value, of every command, with bad values: exit code 2 and one line that names the
// option. Never a crash, never an endless run, and no control sequence of the value reaches the terminal.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <ostream>
#include <set>

#include "bench/testing/program.hpp"
#include "harness/base/printable.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using testing::ProgramResult;
using Arguments = std::vector<std::string>;

// Values that no option accepts, except those named below.
const std::vector<std::pair<std::string, std::string>> kNonsense{
    {"0", "0"},
    {"-1", "-1"},
    {"2^63", "9223372036854775808"},
    {"2^64", "18446744073709551616"},
    {"17EiB", "17EiB"},
    {"1e309", "1e309"},
    {"nan", "nan"},
    {"empty", ""},
    {"blank", " "},
    {"comma", ","},
    {"long", std::string(100'000, 'x')},
    {"digits", std::string(100'000, '9')},
    {"not UTF-8", "\xff\xfe"},
    {"control", "\x1b[2J\x07\n\x7f"},
    {"fraction", "1.5"},
};

struct Option {
  Arguments call;  // without the value
  std::set<std::string> takes;
};

// The name under which tests are listed.
void PrintTo(const Option& option, std::ostream* to) {
  *to << option.call.front() << ' ' << option.call.back();
}

Option of_run(const char* option, std::set<std::string> takes = {}) {
  return {{"run", "--list-cells", option}, std::move(takes)};
}
Option of_compare(const char* option, std::set<std::string> takes = {}) {
  return {{"compare", "/nowhere/a.json", "/nowhere/b.json", option}, std::move(takes)};
}

std::vector<Option> every_option() {
  std::vector<Option> options{
      of_run("--seed", {"0", "2^63"}),
      of_run("--size", {"0"}),
      {{"duet", "--size"}, {"0"}},
      of_compare("--seed", {"0", "2^63"}),
      {{"export", "/nowhere/a.json", "--for", "csv", "--commit-time"}, {"0"}},
      {{"export", "/nowhere/a.json", "--for"}, {}},
  };
  for (const char* option : {"--profile", "--repetitions", "--time", "--warm-up", "--budget", "--timeout",
                             "--mechanism", "--pattern", "--wait", "--peers", "--cpus", "--payload", "--rate",
                             "--arrivals", "--fan", "--param", "--threshold"}) {
    options.push_back(of_run(option));
  }
  for (const char* option : {"--format", "--settings", "--calibration", "--assume-session-sd"}) {
    options.push_back(of_compare(option));
  }
  for (const char* option : {"--blocks", "--settings", "--budget", "--base-env", "--format"}) {
    options.push_back({{"duet", option}, {}});
  }
  for (const char* option : {"--sessions", "--settings"}) options.push_back({{"calibrate", option}, {}});
  for (const char* option : {"--claim", "--about", "--format"}) options.push_back({{"claims", option}, {}});
  for (const char* option : {"--mechanism", "--format"}) options.push_back({{"probe", option}, {}});
  for (const char* option :
       {"--stream", "--need", "--peers", "--wait", "--max-p99", "--max-cpus", "--cpus"}) {
    Arguments call{"advise"};
    if (std::string_view(option) != "--stream") call.insert(call.end(), {"--stream", "64@100"});
    call.emplace_back(option);
    options.push_back({call, std::string_view(option) == "--max-cpus" ? std::set<std::string>{"fraction"}
                                                                      : std::set<std::string>{}});
  }
  return options;
}

void expect_one_line(const ProgramResult& result) {
  EXPECT_EQ(result.code, 2) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_TRUE(result.err.starts_with("ipcbench: ")) << result.err;
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
  EXPECT_EQ(printable_text(result.err), result.err);
  EXPECT_LT(result.err.size(), 2'500U);
}

// An error names the option, or (for a file that cannot be read) quotes the value.
bool names_it(const std::string& line, const std::string& option, const std::string& value) {
  const std::string begin = printable_line(value).substr(0, 100);
  return line.find(option) != std::string::npos || (!begin.empty() && line.find(begin) != std::string::npos);
}

class ProgramValues : public ::testing::TestWithParam<Option> {};

TEST_P(ProgramValues, NonsenseIsRefusedInOneLine) {
  for (const auto& [name, value] : kNonsense) {
    SCOPED_TRACE(name);
    if (GetParam().takes.contains(name)) continue;
    Arguments arguments = GetParam().call;
    arguments.push_back(value);
    const ProgramResult result = call_program(arguments);
    expect_one_line(result);
    EXPECT_TRUE(names_it(result.err, GetParam().call.back(), value)) << result.err;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ProgramValues, ::testing::ValuesIn(every_option()), [](const auto& option) {
  std::string name = option.param.call.front() + option.param.call.back();
  std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
  return name;
});

// Catches a reader that hangs on a device, or prints a name with its control characters.
TEST(ProgramFiles, WhatIsNoFileIsRefusedInOneLine) {
  const std::vector<Arguments> calls{{"plot"},
                                     {"run"},
                                     {"run", "--resume"},
                                     {"claims", "--claim", "1"},
                                     {"calibrate"},
                                     {"export", "--for", "csv"},
                                     {"compare", "/nowhere/a.json"},
                                     {"calibrate", "--settings"},
                                     {"duet", "--settings"},
                                     {"compare", "/nowhere/a.json", "/nowhere/b.json", "--calibration"}};
  for (const Arguments& call : calls) {
    for (const char* file :
         {"", "/", "/dev/null", "/dev/zero", "/proc/self/mem", "/nowhere", "\x1b[2J", "a\nb"}) {
      Arguments arguments = call;
      arguments.emplace_back(file);
      SCOPED_TRACE(::testing::PrintToString(arguments));
      expect_one_line(call_program(arguments));
    }
  }
}

// Catches a selection whose lists multiply until memory runs out.
TEST(ProgramSelection, ListsThatMultiplyAreCounted) {
  std::string values = "1";
  for (int value = 2; value < 2000; ++value) values += "," + std::to_string(value);
  const ProgramResult result = call_program({"run", "--list-cells", "--mechanism", "pipe", "--param",
                                             "pipe_bytes=" + values, "--size", values, "--filter", "none"});
  expect_one_line(result);
  EXPECT_NE(result.err.find("cells, before --filter; select fewer"), std::string::npos) << result.err;
}

// Catches patterns that crash the standard library by its recursion, or keep it busy forever.
TEST(ProgramSelection, PatternsEnd) {
  for (const std::string& pattern :
       {std::string(100'000, '('), std::string("((a{99}){99}){99}"), std::string("(([a-z]*)*)*="),
        std::string("(a|aa)+$"), std::string("(")}) {
    SCOPED_TRACE(pattern.substr(0, 20));
    expect_one_line(call_program({"run", "--list-cells", "--filter", pattern}));
    expect_one_line(call_program({"run", "--list-cells", "--", "--benchmark_filter=" + pattern}));
  }
}

}  // namespace
}  // namespace ipcbench
