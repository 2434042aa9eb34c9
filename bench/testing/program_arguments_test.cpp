// The program from outside: its answers to arguments, and its exit codes.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/testing/program.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using testing::ProgramResult;
using Arguments = std::vector<std::string>;

struct Mistake {
  Arguments arguments;
  std::vector<std::string> said;  // all of these
};

// Catches a mistake that is overlooked, blamed on something else, or reported without a remedy. A mistake
// must not lead to any measurement or output.
TEST(ProgramArguments, EveryMistakeIsNamed) {
  const std::vector<Mistake> mistakes{
      {{"rn"}, {"'rn'", "did you mean 'run'"}},
      {{"--size", "4", "run"}, {"--size: options follow the command", "`ipcbench run --size`"}},
      {{"run", "--sise", "4"}, {"--sise", "did you mean --size?", "ipcbench run --help"}},
      {{"run", "stray"}, {"stray"}},
      {{"run", "--seed"}, {"--seed"}},
      {{"run", "--seed", "-1"}, {"--seed", "'-1'"}},
      {{"run", "--repetitions", "0"}, {"--repetitions", "'0'", "from 1"}},
      {{"run", "--mechanism", "pip"}, {"--mechanism", "'pip'", "did you mean 'pipe'?", "fifo"}},
      {{"run", "-m", "sokets"}, {"--mechanism", "did you mean 'sockets'?"}},
      {{"run", "-m", "tipc_*"}, {"'tipc_*' fits no mechanism", "ipcbench list"}},
      {{"run", "--size", "4KB"}, {"--size", "write 4KiB"}},
      {{"run", "-m", "pipe", "--rate", "200Hz"}, {"--rate", "add --pattern paced"}},
      {{"run", "-m", "pipe", "--pattern", "paced", "--fan", "2"}, {"--fan", "fanin or fanout"}},
      {{"run", "-m", "pipe", "--pattern", "fanout", "--links", "each"}, {"--links", "--pattern fanin,"}},
      {{"run", "-m", "pipe", "--pattern", "latency", "--batch", "2"}, {"--batch", "throughput or paced"}},
      {{"run", "-m", "pipe", "--param", "spin_us=5", "--wait", "block"}, {"spin_us", "--wait adaptive"}},
      {{"run", "-m", "pipe", "--threshold", "p99 < 200"}, {"--threshold", "no unit"}},
      {{"run", "--dry-run", "--list-cells"}, {"--list-cells excludes --dry-run"}},
      {{"claims", "--json", "--format", "text"}, {"--format excludes --json"}},
      {{"calibrate", "a.json", "--size", "64"}, {"--size: nothing is measured"}},
      {{"compare", "a.json", "b.json", "--all", "--json"}, {"--all: only for text"}},
      {{"compare", "a.json", "b.json", "--allow-missing", "x"}, {"--allow-missing requires --gate"}},
      {{"help", "lst"}, {"did you mean 'list'?"}},
      {{"export", "/nowhere/report.json"}, {"--for: is missing", "google-benchmark", "csv"}},
      {{"run", "--mechanism", "pipe", "--size", "0"}, {"can be measured", "at least 1 byte"}},
      {{"run", "--rate", "0"}, {"--rate", "'0'", "from 1"}},
      {{"run", "--rate", "5000%"}, {"--rate", "'5000'", "to 1000"}},
      {{"run", "--fan", "65"}, {"--fan", "'65'", "to 64"}},
      {{"run", "--arrivals", "poison"}, {"--arrivals", "did you mean 'poisson'?"}},
      {{"run", "--size", "17EiB"}, {"--size", "'17EiB'"}},
      {{"run", "--wait", "block,"}, {"--wait", "empty item"}},
      {{"run", "--cpus", "sme"}, {"--cpus", "did you mean", "llc"}},
      {{"run", "--time", "50"}, {"--time", "'50'", "no unit"}},
      {{"run", "--profile", "ful"}, {"--profile", "did you mean 'full'?"}},
      {{"run", "--filter", "("}, {"--filter", "regular expression"}},
      {{"run", "--filter", "avian_carrier"}, {"No cell is left"}},
      {{"run", "--param", "pipe_byte=1"}, {"--param", "did you mean 'pipe_bytes'?"}},
      {{"run", "--mechanism", "pipe", "--out", "/nowhere/report.json"}, {"--out", "/nowhere"}},
      {{"run", "--mechanism", "pipe", "--out", "/dev/full"}, {"--out", "not a regular file"}},
      {{"run", "--", "--benchmark_filter=("}, {"--benchmark_filter", "regular expression"}},
      {{"run", "--", "--benchmark_filter=avian"}, {"--benchmark_filter", "none"}},
      {{"run", "--", "--benchmark_fliter=x"}, {"did you mean --benchmark_filter?"}},
      {{"run", "--", "--benchmark_format=csv"}, {"--benchmark_format", "json"}},
      {{"run", "--seed", "1", "--repetitions", "2", "--", "--benchmark_repetitions=3"},
       {"--repetitions", "twice"}},
      {{"list", "--", "--benchmark_filter=x"}, {"takes nothing"}},
      {{"list", "--jsn"}, {"did you mean --json?"}},
      {{"plot"}, {"REPORT"}},
      {{"plot", "/nowhere/report.json"}, {"/nowhere/report.json", "No such file"}},
      {{"plot", "report.json", "--state", "size=64"}, {"--state", "--chart"}},
      {{"plot", "report.json", "--chart", "ranking", "--html"}, {"--chart", "--html", "leave one"}},
  };
  for (const Mistake& mistake : mistakes) {
    const ProgramResult result = call_program(mistake.arguments);
    const std::string call = ::testing::PrintToString(mistake.arguments);
    EXPECT_EQ(result.code, 2) << call << result.err;
    EXPECT_EQ(result.out, "") << call;
    EXPECT_TRUE(result.err.starts_with("ipcbench: ")) << call << result.err;
    for (const std::string& said : mistake.said) {
      EXPECT_NE(result.err.find(said), std::string::npos)
          << call << " does not say " << said << ": " << result.err;
    }
  }
}

// Catches a script that goes on after a call without a command, and help on the wrong stream.
TEST(ProgramArguments, HelpGoesWhereItWasAskedFor) {
  const ProgramResult bare = call_program({});
  EXPECT_EQ(bare.code, 2);
  EXPECT_EQ(bare.out, "");
  EXPECT_NE(bare.err.find("Subcommands"), std::string::npos);
  for (const char* command : {"list", "run", "plot", "doctor"}) {
    EXPECT_NE(bare.err.find(command), std::string::npos);
    const ProgramResult help = call_program({command, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_EQ(help.err, "");
    EXPECT_NE(help.out.find(std::string("ipcbench ") + command), std::string::npos) << help.out;
  }
  EXPECT_EQ(call_program({"--version"}).out, "ipcbench " IPCBENCH_VERSION "\n");
  EXPECT_NE(call_program({"run", "--", "--help"}).out.find("--benchmark_filter"), std::string::npos);
}

// Catches output that programs cannot read, and a mechanism without a description.
TEST(ProgramArguments, ListsEveryMechanismAsJson) {
  const ProgramResult result = call_program({"list", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  std::vector<std::string> names;
  for (const auto& mechanism : json.at("mechanisms")) {
    names.push_back(mechanism.at("name"));
    EXPECT_NE(mechanism.at("summary"), "");
    EXPECT_EQ(mechanism.at("available").get<bool>(), !mechanism.contains("reason")) << names.back();
    EXPECT_FALSE(mechanism.at("waits").empty()) << names.back();
  }
  EXPECT_NE(std::find(names.begin(), names.end(), "pipe"), names.end());
  const std::string text = call_program({"list", "--long"}).out;
  for (const std::string& name : names) EXPECT_NE(text.find(name + "\n"), std::string::npos) << name;
}

// Catches a list that takes more of a screen than a line for each mechanism, an empty one and the hint.
TEST(ProgramArguments, TheListTakesALineForEachMechanism) {
  const std::string text = call_program({"list"}).out;
  EXPECT_EQ(std::ranges::count(text, '\n'), std::ssize(mechanisms()) + 2);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_EQ(call_program({"list", "-m", "pipes"}).out.substr(0, 5), "fifo ");
}

TEST(ProgramArguments, HelpIsACommandToo) {
  EXPECT_EQ(call_program({"help", "run"}).out, call_program({"run", "--help"}).out);
  EXPECT_EQ(call_program({"help"}).out, call_program({"--help"}).out);
}

TEST(ProgramArguments, DoctorTellsFactsAndDoubts) {
  const auto json = nlohmann::json::parse(call_program({"doctor", "--json"}).out);
  EXPECT_TRUE(json.at("host").contains("kernel_release"));
  EXPECT_TRUE(json.at("doubts").is_array());
  // Two ends on one CPU are possible everywhere, and so are unpinned ends.
  EXPECT_EQ(json.at("placements").front().at("cpus"), "same");
  EXPECT_EQ(json.at("placements").back().at("cpus"), "free");
  EXPECT_NE(call_program({"doctor"}).out.find("kernel_release"), std::string::npos);
}

// Catches a list that differs from what runs: Google Benchmark's flag shows its names, ours the cells'.
TEST(ProgramArguments, ListsTheCellsOfARun) {
  const Arguments selection{"run",  "--mechanism", "pipe",  "--size",  "1,64", "--cpus",
                            "same", "--wait",      "block", "--peers", "fork"};
  Arguments ours = selection;
  ours.insert(ours.end(), {"--list-cells", "--filter", "latency"});
  EXPECT_EQ(call_program(ours).out,
            "pipe/latency/size:1/wait:block/peers:fork/cpus:same\n"
            "pipe/latency/size:64/wait:block/peers:fork/cpus:same\n");
  Arguments theirs = selection;
  theirs.insert(theirs.end(), {"--", "--benchmark_list_tests", "--benchmark_filter=throughput/size:64"});
  EXPECT_EQ(call_program(theirs).out, "pipe/throughput/size:64/wait:block/peers:fork/cpus:same/real_time\n");
}

// Catches a plan that is silent about what it leaves out.
TEST(ProgramArguments, DryRunIsThePlan) {
  const Arguments plan{"run",
                       "-m",
                       "pipe,anon_mmap_ring",
                       "--size",
                       "64",
                       "--cpus",
                       "same",
                       "--wait",
                       "block",
                       "--peers",
                       "exec",
                       "--pattern",
                       "latency",
                       "--repetitions",
                       "2",
                       "--dry-run"};
  EXPECT_EQ(call_program(plan).out.substr(0, 56), "Would measure 1 cell, 2 launches each: 2 launches, about");
  EXPECT_NE(call_program(plan).out.find("Skipped: 1 cell\n"), std::string::npos);
  Arguments as_json = plan;
  as_json.emplace_back("--json");
  const auto json = nlohmann::json::parse(call_program(as_json).out);
  EXPECT_EQ(json.at("cells").front(), "pipe/latency/size:64/wait:block/peers:exec/cpus:same");
  EXPECT_EQ(json.at("skipped").size(), 1U);
}

// Catches results that are silently lost on a full disk.
TEST(ProgramArguments, AFullDiskIsAnError) {
  const ProgramResult result = call_program({"list"}, "/dev/full");
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("standard output: No space left"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace ipcbench
