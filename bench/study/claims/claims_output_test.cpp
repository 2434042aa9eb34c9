#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/study/claims/claim.hpp"
#include "bench/study/claims/report_claims.hpp"
#include "harness/base/text_layout.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::json;

Steps unused() { return {}; }

ClaimAnswers sample() {
  static const Claim kFirst{.name = "pipe_capacity",
                            .number = 3,
                            .sentences = {86, 87},
                            .statement = "A pipe holds 65536 bytes.",
                            .source = "https://example.org/pipes",
                            .readings = {},
                            .chapter = &*std::ranges::find(chapters(), "pipes", &Chapter::name),
                            .trial = {.claim = {}, .test = unused}};
  static const Claim kSecond{.name = "shared_memory_fastest",
                             .sentences = {1},
                             .statement = "Shared memory is fastest.",
                             .source = {},
                             .readings = {},
                             .chapter = &chapters().front(),
                             .trial = {.claim = {}, .test = &kQueuesAgainstPipes}};
  return {
      .system = "Linux 6.1, x86_64",
      .kernel = "6.1",
      .report_file = "report.json",
      .report_host = "box",
      .answers = {
          {&kFirst, {ClaimVerdict::depends, "on a | b", {"Writes of 1 B.", std::string(150, 'x') + " end"}}},
          {&kSecond, {ClaimVerdict::no_difference, "it is not", {}}}}};
}

TEST(ClaimsText, HasEverythingInLinesThatFit) {
  const std::string text = claims_text(sample());
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.size() <= kTextColumns || line.find("xxx") != std::string::npos) << line;
  }
  EXPECT_NE(text.find("\nShared memory\n\n  shared_memory_fastest: no difference seen\n"
                      "      Shared memory is fastest.\n      it is not\n\nPipes and FIFOs\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\n  pipe_capacity: depends\n      A pipe holds 65536 bytes.\n      on a | b\n"
                      "      - Writes of 1 B.\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\n      said at https://example.org/pipes\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\n1 depends, 1 no difference seen\n")) << text;
}

TEST(ClaimsJson, HasEverything) {
  const Json json = Json::parse(claims_json(sample()));
  EXPECT_EQ(json.at("system"), "Linux 6.1, x86_64");
  EXPECT_EQ(json.at("report"), "report.json");
  ASSERT_EQ(json.at("claims").size(), 2U);
  const Json& first = json.at("claims").at(0);
  EXPECT_EQ(json.at("kernel"), "6.1");
  EXPECT_EQ(first.at("name"), "pipe_capacity");
  EXPECT_EQ(first.at("number"), 3);
  EXPECT_EQ(first.at("chapter"), "pipes");
  EXPECT_EQ(first.at("sentences"), (Json{86, 87}));
  EXPECT_EQ(first.at("source"), "https://example.org/pipes");
  EXPECT_EQ(first.at("kind"), "experiment");
  EXPECT_EQ(first.at("verdict"), "depends");
  EXPECT_EQ(first.at("finding"), "on a | b");
  EXPECT_EQ(first.at("evidence").size(), 2U);
  const Json& second = json.at("claims").at(1);
  EXPECT_EQ(second.at("kind"), "report");
  EXPECT_EQ(second.at("verdict"), "no_difference");
  EXPECT_TRUE(second.at("number").is_null());
  EXPECT_TRUE(second.at("source").is_null());
  ClaimAnswers without_report = sample();
  without_report.report_file.clear();
  EXPECT_TRUE(Json::parse(claims_json(without_report)).at("report").is_null());
}

// Catches a bar in a text that ends the table's cell.
TEST(ClaimsMarkdown, IsATableAChapterAndARowAClaim) {
  const std::string text = claims_markdown(sample());
  EXPECT_NE(text.find("\n## Pipes and FIFOs\n\n| claim | statement | answer | finding |\n|---|---|---|---|\n"
                      "| `pipe_capacity` | A pipe holds 65536 bytes. ([source](https://example.org/pipes)) | "
                      "depends | on a \\| b |\n"),
            std::string::npos)
      << text;
  EXPECT_LT(text.find("## Shared memory"), text.find("## Pipes")) << text;
}

}  // namespace
}  // namespace ipcbench
