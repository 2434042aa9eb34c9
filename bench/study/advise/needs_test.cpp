#include "bench/study/advise/needs.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;

json need_called(const std::string& name, const Report& report) {
  for (const json& each : json::parse(needs_json(report))) {
    if (each.at("name") == name) return each;
  }
  return nullptr;
}

// Sizes of 64 and 8192 bytes were measured. Catches a need that is met whatever the size, and a mechanism
// that was not probed but is said to lack something.
TEST(NeedsJson, SaysUpToWhichSizeAMechanismMeetsANeed) {
  Report report;
  report.cells = {testing::latency_row(testing::make_cell("pipe", 64), 0, 3008),
                  testing::latency_row(testing::make_cell("pipe", 8192), 0, 3008)};
  const auto found = [](std::string answer) {
    return GuaranteeAnswer{GuaranteeAnswer::State::found, std::move(answer)};
  };
  report.guarantees = {
      {"pipe", {{Guarantee::senders, found("whole to 4 KiB")}, {Guarantee::boundaries, found("no")}}},
      {"udp", {{Guarantee::senders, found("whole")}, {Guarantee::boundaries, found("yes")}}}};
  EXPECT_EQ(need_called("many-senders", report).at("met"), json({{"pipe", 64}, {"udp", 8192}}));
  const json whole = need_called("whole-messages", report);
  EXPECT_EQ(whole.at("met"), json({{"pipe", -1}, {"udp", 8192}}));
  EXPECT_EQ(whole.at("guarantees"), json({"boundaries"}));
  EXPECT_FALSE(whole.at("words").get<std::string>().empty());
}

TEST(NeedsJson, NamesAllNeedsOfAReportThatWasNotProbed) {
  const json all = json::parse(needs_json({}));
  EXPECT_EQ(all.size(), needs().size());
  EXPECT_EQ(all.at(0).at("met"), json::object());
}

// Catches a promise of a ring that passes for one of the kernel's memory.
TEST(KeptByDesign, NamesTheNeedsThatAProtocolKeeps) {
  using State = GuaranteeAnswer::State;
  const Guarantees answers{{Guarantee::order, {State::by_design, "yes"}},
                           {Guarantee::reliable, {State::found, "yes"}}};
  const std::vector<const Need*> wanted = parse_needs({"order", "reliable"});
  EXPECT_EQ(kept_by_design(wanted, answers), std::vector<std::string>{"order"});
  for (const Need* need : wanted) EXPECT_TRUE(need->satisfied(answers, 8)) << need->name;
}

}  // namespace
}  // namespace ipcbench
