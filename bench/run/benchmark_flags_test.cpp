#include <gtest/gtest.h>

#include "bench/run/run_arguments.hpp"
#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

using testing::usage_message;
using Arguments = std::map<std::string, std::string, std::less<>>;

// Catches a flag that is accepted and then does nothing.
TEST(BenchmarkFlags, StandForArgumentsOfOurs) {
  const BenchmarkFlags flags =
      parse_benchmark_flags({"--benchmark_repetitions=5", "--benchmark_out=a=b.json",
                             "--benchmark_min_time=0.05", "--benchmark_min_warmup_time=1s"});
  EXPECT_EQ(
      flags.arguments,
      (Arguments{
          {"repetitions", "5"}, {"out", "a=b.json"}, {"time", "50000000ns"}, {"warm-up", "1000000000ns"}}));
  EXPECT_TRUE(flags.for_library.empty());
}

TEST(BenchmarkFlags, FilterGoesToTheLibrary) {
  EXPECT_EQ(parse_benchmark_flags({"--benchmark_filter=a=b"}).for_library,
            std::vector<std::string>{"--benchmark_filter=a=b"});
}

TEST(BenchmarkFlags, SwitchesAreReadAsTheLibraryReadsThem) {
  EXPECT_TRUE(parse_benchmark_flags({"--benchmark_list_tests"}).list_tests);
  EXPECT_TRUE(parse_benchmark_flags({"--benchmark_list_tests=yes"}).list_tests);
  EXPECT_FALSE(parse_benchmark_flags({"--benchmark_list_tests=false"}).list_tests);
  EXPECT_TRUE(parse_benchmark_flags({"--benchmark_format=json"}).json_on_stdout);
  EXPECT_FALSE(parse_benchmark_flags({"--benchmark_format=console"}).json_on_stdout);
  EXPECT_TRUE(parse_benchmark_flags({"--help"}).help);
}

// Catches a value that is silently ignored. A refusal says what is possible.
TEST(BenchmarkFlags, RefusesWhatItCannotDo) {
  const auto complaint = [](const char* flag) {
    return usage_message([&] { parse_benchmark_flags({flag}); });
  };
  EXPECT_EQ(complaint("--benchmark_format=csv"),
            "--benchmark_format: 'csv' is not possible here; allowed: console, json.");
  EXPECT_NE(complaint("--benchmark_out_format=console").find("allowed: json"), std::string::npos);
  EXPECT_NE(complaint("--benchmark_min_time=-1").find("seconds"), std::string::npos);
  EXPECT_NE(complaint("--benchmark_min_time=100x").find("seconds"), std::string::npos);
  EXPECT_NE(complaint("--benchmark_min_time=nan").find("seconds"), std::string::npos);
  EXPECT_NE(complaint("--benchmark_enable_random_interleaving=false").find("always interleaved"),
            std::string::npos);
  EXPECT_NE(complaint("--benchmark_color=true").find("NO_COLOR"), std::string::npos);
  EXPECT_NE(complaint("--benchmark_filter").find("needs a value"), std::string::npos);
}

TEST(BenchmarkFlags, RefusesUnknownFlagsWithTheNearest) {
  EXPECT_NE(usage_message([] {
              parse_benchmark_flags({"--benchmark_fliter=x"});
            }).find("did you mean --benchmark_filter?"),
            std::string::npos);
  EXPECT_NE(usage_message([] { parse_benchmark_flags({"pipe"}); }).find("pipe: not a flag"),
            std::string::npos);
}

}  // namespace
}  // namespace ipcbench
