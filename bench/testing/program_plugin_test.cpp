#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "bench/testing/program.hpp"
#include "harness/plugin/plugin.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using testing::call_program;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Program;
using testing::ProgramResult;

// The variable for one call of the program.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Environment() { unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
};

TEST(ProgramPlugin, ItsTransportsAreMechanismsLikeOthers) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"list", "--plugin", IPCBENCH_EXAMPLE_PLUGIN, "-m", "example_c"},
        {"--plugin=" IPCBENCH_EXAMPLE_PLUGIN, "list", "-m", "example_c"}}) {
    const ProgramResult result = call_program(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("one slot of POSIX shared memory"));
  }
  EXPECT_EQ(call_program({"list", "-m", "example_c"}).code, 2);
}

// Related and unrelated ends, and threads: the latter two find the plug-in in another process than the one
// that was told of it. Catches a plug-in that is loaded in the program alone, and a report that does not say
// what took part.
TEST(ProgramPlugin, IsMeasuredBetweenAnyPeers) {
  Program program({"run",
                   "--plugin",
                   IPCBENCH_EXAMPLE_PLUGIN,
                   "-m",
                   "example_c",
                   "--peers",
                   "fork,exec,thread",
                   "--wait",
                   "block,spin,poll,adaptive",
                   "--pattern",
                   "latency",
                   "--size",
                   "64",
                   "--profile",
                   "quick",
                   "--repetitions",
                   "1",
                   "--time",
                   "10ms",
                   "--out",
                   "report.json",
                   "--quiet"});
  const ProgramResult result = program.wait();
  ASSERT_EQ(result.code, 0) << result.err;
  const Report report = read_report(program.directory() / "report.json");
  EXPECT_GE(report.cells.size(), 12U);
  EXPECT_TRUE(report.failed.empty());
  std::string facts;
  for (const Fact& fact : report.host) facts += fact.name + "=" + fact.value + "\n";
  EXPECT_THAT(facts, AllOf(HasSubstr("plugins=libexample_transport.so ("), HasSubstr("example_c"),
                           HasSubstr("plugin_call_ns=")));
}

TEST(ProgramPlugin, WhatCannotBeLoadedIsSaid) {
  const auto error_of = [](const std::string& file) { return call_program({"list", "--plugin", file}).err; };
  EXPECT_THAT(error_of("/no/such.so"),
              AllOf(HasSubstr("there is no such file"), HasSubstr("--plugin ./mine.so")));
  EXPECT_THAT(error_of(testing::kBaseline), HasSubstr("cannot be loaded"));
  EXPECT_THAT(call_program({"list", "--plugin"}).err, HasSubstr("its value is missing"));
}

struct Fault {
  const char* name;
  const char* said;
};

TEST(ProgramPlugin, WhatItDescribesIsChecked) {
  for (const auto& [name, said] :
       {Fault{"version", "was made for another version of the interface than 1"},
        Fault{"none", "has no transport"}, Fault{"size", "says that it has 16 bytes"},
        Fault{"name", "is not 1 to 40 of a-z"}, Fault{"taken", "pipe: there is a mechanism of that name"},
        Fault{"kind", "its kind is not one of shared_memory"},
        Fault{"waits", "is not a set of IPCBENCH_BLOCK"}, Fault{"park", "has no park"},
        Fault{"verb", "the four verbs"}}) {
    const Environment fault("IPCBENCH_TEST_FAULT", name);
    const ProgramResult result = call_program({"list", "--plugin", IPCBENCH_REFUSED_PLUGIN});
    EXPECT_NE(result.code, 0) << name;
    EXPECT_THAT(result.err, HasSubstr(said)) << name;
  }
}

TEST(ProgramPlugin, ItsOwnErrorReachesTheUser) {
  const ProgramResult result =
      call_program({"run", "--plugin", IPCBENCH_REFUSED_PLUGIN, "-m", "refused", "--profile", "quick",
                    "--size", "64", "--pattern", "latency", "--quiet"});
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.out + result.err,
              HasSubstr("refused: create: there is no such device; load its module"));
}

TEST(ProgramNewMechanism, WritesARepository) {
  Program program({"new-mechanism", "my_ring"});
  ASSERT_EQ(program.wait().code, 0);
  const auto text = [&](const char* file) {
    return testing::text_of(program.directory() / "my_ring" / file);
  };
  EXPECT_THAT(text("my_ring.cpp"),
              AllOf(HasSubstr(".name = \"my_ring\""), HasSubstr("IPCBENCH_REGISTER_MECHANISM(MyRing)"),
                    Not(HasSubstr("xample"))));
  EXPECT_THAT(text("CMakeLists.txt"), HasSubstr("find_package(ipcbench " IPCBENCH_VERSION " REQUIRED"));
}

TEST(ProgramNewMechanism, WritesAPlugin) {
  Program program({"new-mechanism", "mine", "--library", "--out", "there"});
  ASSERT_EQ(program.wait().code, 0);
  const std::string source = testing::text_of(program.directory() / "there" / "mine.c");
  EXPECT_THAT(source, AllOf(HasSubstr(".name = \"mine\""), Not(HasSubstr("example_"))));
}

TEST(ProgramNewMechanism, RefusesNamesThatCellsCannotHave) {
  EXPECT_THAT(call_program({"new-mechanism", "My-Ring"}).err, HasSubstr("as in my_ring"));
  EXPECT_THAT(call_program({"new-mechanism", "pipe"}).err, HasSubstr("there is a mechanism of that name"));
}

}  // namespace
}  // namespace ipcbench
