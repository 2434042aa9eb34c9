#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/study/claims/claim.hpp"
#include "harness/base/text_layout.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::json;

Answer unused() { return {}; }

const Claim kFirst{3, "A pipe holds 65536 bytes.", unused};
const Claim kSecond{6, "FIFOs are slower than pipes.",
                    ReportTest{[](const Report&) { return Answer{}; }, ""}};

ClaimAnswers sample() {
  return {
      .system = "Linux 6.1, x86_64",
      .report_file = "report.json",
      .report_host = "box",
      .answers = {
          {&kFirst, {ClaimVerdict::depends, "on a | b", {"Writes of 1 B.", std::string(150, 'x') + " end"}}},
          {&kSecond, {ClaimVerdict::refuted, "they are not", {}}}}};
}

TEST(ClaimsText, HasEverythingInLinesThatFit) {
  const std::string text = claims_text(sample());
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.size() <= kTextColumns || line.find("xxx") != std::string::npos) << line;
  }
  EXPECT_NE(text.find("  3  depends    A pipe holds 65536 bytes.\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  6  refuted    FIFOs are slower than pipes.\n                they are not\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("                - Writes of 1 B.\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\n1 refuted, 1 depends\n")) << text;
}

TEST(ClaimsJson, HasEverything) {
  const Json json = Json::parse(claims_json(sample()));
  EXPECT_EQ(json.at("system"), "Linux 6.1, x86_64");
  EXPECT_EQ(json.at("report"), "report.json");
  ASSERT_EQ(json.at("claims").size(), 2U);
  const Json& first = json.at("claims").at(0);
  EXPECT_EQ(first.at("number"), 3);
  EXPECT_EQ(first.at("kind"), "experiment");
  EXPECT_EQ(first.at("verdict"), "depends");
  EXPECT_EQ(first.at("finding"), "on a | b");
  EXPECT_EQ(first.at("evidence").size(), 2U);
  EXPECT_EQ(json.at("claims").at(1).at("kind"), "report");
  ClaimAnswers without_report = sample();
  without_report.report_file.clear();
  EXPECT_TRUE(Json::parse(claims_json(without_report)).at("report").is_null());
}

// Catches a bar in a text that ends the table's cell.
TEST(ClaimsMarkdown, IsOneRowAClaim) {
  const std::string text = claims_markdown(sample());
  EXPECT_NE(text.find("\n|---|---|---|---|\n| 3 | A pipe holds 65536 bytes. | depends | on a \\| b |\n"),
            std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("| 6 | FIFOs are slower than pipes. | refuted | they are not |\n")) << text;
}

}  // namespace
}  // namespace ipcbench
