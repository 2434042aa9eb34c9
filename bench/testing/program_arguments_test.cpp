// The program from outside: its answers to arguments, and its exit codes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bench/testing/program.hpp"

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
  const std::string text = call_program({"list"}).out;
  for (const std::string& name : names) EXPECT_NE(text.find(name + "\n"), std::string::npos) << name;
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

// Catches results that are silently lost on a full disk.
TEST(ProgramArguments, AFullDiskIsAnError) {
  const ProgramResult result = call_program({"list"}, "/dev/full");
  EXPECT_EQ(result.code, 2);
  EXPECT_NE(result.err.find("standard output: No space left"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace ipcbench
