#include "results/comparison/class_rank.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "results/comparison/class_rank_view.hpp"

namespace ipcbench {
namespace {

MeasuredLevel level_of(double ns) { return {std::log(ns), 0.003, 12}; }

// Machines 0 to n - 1, of which the first `fast` have the governor performance and take 100 ns, the others
// 200 ns, each a little more than the one before.
ClassMembers members_of(std::size_t machines, std::size_t fast, double own_ns) {
  ClassMembers members{
      .facts = {{"governor", "powersave"}, {"smt_active", "1"}}, .sessions = {}, .cells = {}};
  CellAmongPeers cell{
      .name = "pipe/latency/size:64", .family = "pipe/latency", .own = level_of(own_ns), .peers = {}};
  for (std::size_t i = 0; i < machines; ++i) {
    const bool is_fast = i < fast;
    members.sessions.push_back(
        {fmt::format("key{:02}", i),
         fmt::format("node{:02}", i),
         {{"governor", is_fast ? "performance" : "powersave"}, {"smt_active", i % 2 == 0 ? "0" : "1"}}});
    cell.peers.push_back({i, level_of((is_fast ? 100 : 200) + static_cast<double>(i) / 10)});
  }
  members.cells.push_back(cell);
  return members;
}

// 200 ns among 100, 100.1, 100.2 and 200.3, 200.4: of the five others three are faster. Their best is 100,
// their median 100.2.
TEST(ClassRankTest, PlacesACell) {
  const ClassRank rank = rank_in_class(members_of(5, 3, 200));
  ASSERT_EQ(rank.standings.size(), 1U);
  const Standing& standing = rank.standings[0];
  EXPECT_EQ(standing.machines, 6U);
  EXPECT_EQ(standing.rank.rank, 4U);
  EXPECT_EQ(standing.rank.low, 4U);
  EXPECT_EQ(standing.rank.high, 6U);
  EXPECT_DOUBLE_EQ(standing.faster_than, 0.4);
  EXPECT_NEAR(standing.time_ns, 200, 1e-9);
  EXPECT_NEAR(standing.of_best, 2, 1e-9);
  EXPECT_NEAR(standing.of_median, 200 / 100.2, 1e-9);
  EXPECT_EQ(standing.best, "node00");
  EXPECT_TRUE(standing.is_behind());
  EXPECT_FALSE(standing.is_among_best());
  EXPECT_EQ(rank.overall.rank, 4U);
}

// Eight machines with the governor of the fast ones against eight without: of the C(16, 8) = 12870 orders two
// are as extreme. smt_active splits the machines by turns, so that it does not separate, but it was tested:
// the correction for two doubles that. Medians: 100.35 and 201.15.
TEST(ClassRankTest, NamesTheFactThatSeparates) {
  const ClassRank rank = rank_in_class(members_of(16, 8, 210));
  EXPECT_EQ(rank.tested, 2U);
  ASSERT_EQ(rank.overall_facts.size(), 1U);
  const Separation& overall = rank.overall_facts[0];
  ASSERT_EQ(overall.facts.size(), 1U);
  EXPECT_EQ(overall.facts[0].name, "governor");
  EXPECT_EQ(overall.facts[0].value, "performance");
  EXPECT_EQ(overall.own[0].value, "powersave");
  EXPECT_NEAR(overall.p, 2 * 2.0 / 12870, 1e-12);
  EXPECT_EQ(overall.with, 8U);
  EXPECT_EQ(overall.without, 8U);
  ASSERT_EQ(rank.cell_facts.size(), 1U);
  EXPECT_NEAR(rank.cell_facts[0].times_as_fast, std::sqrt(201.1 * 201.2 / (100.3 * 100.4)), 1e-6);
}

// Catches advice to a machine that is fast already, and of a fact that it has.
TEST(ClassRankTest, DoesNotNameWhatTheMachineHas) {
  ClassMembers members = members_of(16, 8, 99);
  EXPECT_TRUE(rank_in_class(members).cell_facts.empty());
  members = members_of(16, 8, 210);
  members.facts[0].value = "performance";
  EXPECT_TRUE(rank_in_class(members).cell_facts.empty());
  EXPECT_TRUE(rank_in_class(members).overall_facts.empty());
}

// Slow machines share what this one lacks. Catches advice in the wrong direction.
TEST(ClassRankTest, DoesNotNameWhatIsSlower) {
  ClassMembers members = members_of(16, 8, 150);
  members.facts[0].value = "performance";
  const ClassRank rank = rank_in_class(members);
  EXPECT_TRUE(rank.standings[0].is_behind());
  EXPECT_TRUE(rank.cell_facts.empty());
}

// Two facts that the same machines share are one hypothesis, and both are named.
TEST(ClassRankTest, FactsOfTheSameMachinesGoTogether) {
  ClassMembers members = members_of(16, 8, 210);
  members.facts.push_back({"turbo", "0"});
  for (std::size_t i = 0; i < 16; ++i) members.sessions[i].facts.push_back({"turbo", i < 8 ? "1" : "0"});
  const ClassRank rank = rank_in_class(members);
  EXPECT_EQ(rank.tested, 2U);
  ASSERT_EQ(rank.overall_facts.size(), 1U);
  EXPECT_EQ(rank.overall_facts[0].facts.size(), 2U);
}

// Catches a test of two machines against many, and a machine that tells nothing counted as one without.
TEST(ClassRankTest, AFactNeedsThreeMachinesOnEachSide) {
  EXPECT_EQ(rank_in_class(members_of(16, 2, 210)).tested, 1U);
  ClassMembers members = members_of(10, 7, 210);
  EXPECT_EQ(rank_in_class(members).tested, 2U);
  members.sessions[9].facts.erase(members.sessions[9].facts.begin());
  EXPECT_EQ(rank_in_class(members).tested, 1U);
}

// Two sessions of one machine are one machine over all cells: its newest.
TEST(ClassRankTest, CountsEachMachineOnceOverAll) {
  ClassMembers members = members_of(5, 3, 200);
  members.sessions.push_back(members.sessions[0]);
  CellAmongPeers other = members.cells[0];
  other.name = "pipe/latency/size:4096";
  other.peers[0].session = 5;
  members.cells.push_back(other);
  const ClassRank rank = rank_in_class(members);
  EXPECT_EQ(rank.overall.machines, 6U);
  EXPECT_EQ(rank.standings.size(), 2U);
}

// A cell that no other machine has is left out, and two others are few.
TEST(ClassRankTest, SaysWhereMachinesAreFew) {
  ClassMembers members = members_of(2, 1, 300);
  members.cells.push_back({.name = "x", .family = "x", .own = level_of(1), .peers = {}});
  const ClassRank rank = rank_in_class(members);
  ASSERT_EQ(rank.standings.size(), 1U);
  EXPECT_TRUE(rank.standings[0].has_few());
  EXPECT_FALSE(rank.standings[0].is_behind());
  EXPECT_TRUE(rank_in_class({}).standings.empty());
}

// Catches a text that says a fact is the cause, and fields of JSON that are swapped.
TEST(ClassRankTest, WritesWhatItFound) {
  const ClassRankView view{.host = "here",
                           .among = "x86_64/*",
                           .cells = 3,
                           .invalid = true,
                           .rank = rank_in_class(members_of(16, 8, 210))};
  const std::string text = class_rank_text(view, false, 100);
  EXPECT_NE(text.find("here among 16 other machines of x86_64/*"), std::string::npos) << text;
  EXPECT_NE(text.find("rank 17 of 17"), std::string::npos) << text;
  EXPECT_NE(text.find("governor performance (here powersave): 2.00 times as fast"), std::string::npos)
      << text;
  EXPECT_NE(text.find("cannot be trusted"), std::string::npos) << text;
  EXPECT_EQ(text.find("because"), std::string::npos) << text;
  const auto json = nlohmann::json::parse(class_rank_json(view));
  const auto& cell = json.at("cells").at(0);
  EXPECT_EQ(cell.at("rank"), 17);
  EXPECT_EQ(cell.at("best_quarter"), false);
  EXPECT_EQ(cell.at("facts").at(0).at("facts").at(0).at("here"), "powersave");
  EXPECT_EQ(json.at("overall").at("facts").at(0).at("with"), 8);
}

}  // namespace
}  // namespace ipcbench
