#include "bench/run/job.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fstream>

#include "bench/testing/usage_message.hpp"
#include "results/report/json_document.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::usage_message;

RunJob job_of(const std::string& text) { return parse_job(pieces_of(text), "job.json"); }

std::string complaint(const std::string& text) {
  try {
    job_of(text);
  } catch (const ReportError& error) {
    return error.what();
  }
  return "no error";
}

// Catches a value that is read otherwise than on the command line.
TEST(Job, SaysWhatACommandLineSays) {
  const RunJob job =
      job_of(R"({"profile": "quick", "repetitions": 3, "mechanism": ["pipe", "shm"], "size": 64,
                                "rate": "50k", "count": true, "quiet": false, "threshold": "p99 < 1ms",
                                "param": {"pipe_bytes": [4096, "64KiB"]}})");
  EXPECT_THAT(command_line(job.common),
              ElementsAre("--mechanism=pipe", "--mechanism=shm", "--rate=50k", "--size=64",
                          "--param=pipe_bytes=4096,64KiB", "--profile=quick", "--repetitions=3"));
  EXPECT_TRUE(job.common.count);
  EXPECT_FALSE(job.common.quiet);
  EXPECT_THAT(job.common.threshold, ElementsAre("p99 < 1ms"));
  EXPECT_TRUE(job.selections.empty());
}

TEST(Job, MistakesAreNamedWithTheirPlace) {
  EXPECT_EQ(complaint(R"({"sise": 64})"),
            "job.json: sise: is not an option of `ipcbench run`; did you mean size?");
  EXPECT_THAT(complaint(R"({"selections": [{}, {"wait": ["spin", true]}]})"),
              HasSubstr("selections[1].wait[1]: is neither text nor a number"));
  EXPECT_THAT(complaint(R"({"selections": [{"out": "a.json"}]})"),
              HasSubstr("selections[0]: --out=a.json is for the whole run"));
  EXPECT_THAT(complaint(R"({"selections": [{"dry-run": true}]})"), HasSubstr("for the whole run"));
  EXPECT_THAT(complaint(R"({"selections": []})"), HasSubstr("is not an array of 1 to 1000 objects"));
  EXPECT_THAT(complaint(R"({"count": "yes"})"), HasSubstr("count: is neither true nor false"));
  EXPECT_THAT(complaint(R"({"out": ""})"), HasSubstr("out: is empty"));
  EXPECT_THAT(complaint(R"({"resume": "a"})"), HasSubstr("resume: is not an option"));
  EXPECT_THAT(complaint("[]"), HasSubstr("is not an object"));
  EXPECT_THAT(complaint("{"), HasSubstr("job.json: line 1"));
}

// The command line replaces the job's value, and a selection's own replaces the common one. Thresholds add
// up.
TEST(Job, TheMoreSpecialValueStands) {
  const RunJob job = job_of(R"({"profile": "quick", "size": 64, "threshold": "p50 < 1s",
                                "selections": [{"mechanism": "pipe", "threshold": "p99 < 2s"},
                                               {"mechanism": "queues", "size": "4k"}]})");
  RunArguments line;
  line.profile = "full";
  line.axes["wait"] = {"spin"};
  const RunRequest request = interpret(job, line, {});
  EXPECT_EQ(request.profile.name, "full");
  ASSERT_EQ(request.wanted.size(), 2U);
  EXPECT_THAT(request.wanted[0].selection.axes.at("size"), ElementsAre("64"));
  EXPECT_THAT(request.wanted[1].selection.axes.at("size"), ElementsAre("4096"));
  EXPECT_THAT(request.wanted[1].selection.axes.at("wait"), ElementsAre("spin"));
  EXPECT_EQ(request.wanted[0].thresholds.size(), 2U);
  EXPECT_EQ(request.wanted[1].thresholds.size(), 1U);
}

TEST(Job, AWrongValueOfASelectionNamesIt) {
  const RunJob job = job_of(R"({"selections": [{"size": 64}, {"size": "64x"}]})");
  EXPECT_THAT(usage_message([&] { interpret(job, {}, {}); }), HasSubstr("selections[1]: --size: '64x'"));
}

// Catches an example that nobody can run.
TEST(Job, TheDocumentsExampleIsOne) {
  std::ifstream file(IPCBENCH_SOURCE_DIR "/bench/PROGRAM.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string fence = "```json\n";
  const std::size_t begin = text.find(fence);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = text.find("```", begin + fence.size());
  const RunJob job = job_of(text.substr(begin + fence.size(), end - begin - fence.size()));
  EXPECT_EQ(interpret(job, {}, {}).wanted.size(), job.selections.size());
}

// Catches an option that a job cannot have, or a key of the schema that the program refuses.
TEST(Job, TheSchemaHasEveryOption) {
  std::ifstream file(IPCBENCH_SOURCE_DIR "/bench/run/job.schema.json");
  const Json schema = Json::parse(file);
  CLI::App app;
  RunArguments arguments;
  declare_run_arguments(app, arguments);
  std::vector<std::string> selecting;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().starts_with("Selection")) selecting.push_back(option->get_lnames().front());
  }
  selecting.emplace_back("threshold");
  declare_run_only(app, arguments);
  std::vector<std::string> all{"$schema", "selections"};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->check_lname("help")) all.push_back(option->get_lnames().front());
  }
  const auto keys = [](const Json& object) {
    std::vector<std::string> names;
    for (const auto& [key, value] : object.items()) names.push_back(key);
    return names;
  };
  EXPECT_THAT(keys(schema["properties"]), ::testing::UnorderedElementsAreArray(all));
  EXPECT_THAT(keys(schema["definitions"]["selection"]["properties"]),
              ::testing::UnorderedElementsAreArray(selecting));
}

}  // namespace
}  // namespace ipcbench
