// `ipcbench claims` from outside.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bench/testing/program.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using testing::kBaseline;
using testing::ProgramResult;
using Json = nlohmann::ordered_json;

TEST(ProgramClaims, MistakesAreNamed) {
  const auto expect_mistake = [](const std::vector<std::string>& arguments, std::string_view said) {
    const ProgramResult result = call_program(arguments);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find(said), std::string::npos) << result.err;
  };
  expect_mistake({"claims", "--claim", "0"}, "--claim");
  expect_mistake({"claims", "--claim", "21"}, "--claim");
  expect_mistake({"claims", "--claim", "pipe_capacty"}, "did you mean 'pipe_capacity'?");
  expect_mistake({"claims", "--about", "pipse"}, "did you mean 'pipes'?");
  expect_mistake({"claims", "--format", "markdwon"}, "did you mean 'markdown'?");
  expect_mistake({"claims", "/nowhere/report.json"}, "/nowhere/report.json");
  expect_mistake({"claims", "--claim", "7", "--out", "/nowhere/claims.txt"}, "--out");
}

// A report of 17 mechanisms, without threads and files: claims that it covers are judged, others are not
// answerable.
TEST(ProgramClaims, AnswersFromAReport) {
  const ProgramResult result = call_program({"claims", kBaseline, "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  ASSERT_GE(json.at("claims").size(), 20U);
  for (const Json& claim : json.at("claims")) {
    const bool from_report = claim.at("kind") == "report";
    const bool lacking =
        claim.at("number") == 10 || claim.at("number") == 13 || claim.at("chapter") == "libraries";
    EXPECT_TRUE(!from_report || (claim.at("verdict") == "not_answerable") == lacking) << claim;
    EXPECT_FALSE(claim.at("finding").get<std::string>().empty()) << claim;
  }
}

TEST(ProgramClaims, WritesTheSelectedWhereItIsTold) {
  const ProgramResult result = call_program({"claims", "--claim", "15,pipe_full_and_empty", "--claim", "5",
                                             "--format", "markdown", "--out", "/dev/stdout"});
  EXPECT_EQ(result.code, 0) << result.err;
  const std::size_t five = result.out.find("\n| `pipe_full_and_empty` |");
  const std::size_t fifteen = result.out.find("\n| `private_mapping` |");
  EXPECT_NE(five, std::string::npos) << result.out;
  EXPECT_GT(fifteen, five) << result.out;
  EXPECT_EQ(result.out.find("`fifo_slower`"), std::string::npos) << result.out;
}

TEST(ProgramClaims, SelectsASubject) {
  const ProgramResult result = call_program({"claims", "--about", "ftok,signal", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const std::string names = Json::parse(result.out).at("claims").dump();
  EXPECT_NE(names.find("\"ftok_recreated\""), std::string::npos) << names;
  EXPECT_NE(names.find("\"signals_merge\""), std::string::npos) << names;
  EXPECT_EQ(names.find("\"pipe_capacity\""), std::string::npos) << names;
}

}  // namespace
}  // namespace ipcbench
