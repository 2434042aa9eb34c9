#include "bench/run/mechanism_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::usage_message;

MechanismInfo info(const char* name, MechanismKind kind, bool stream = false) {
  MechanismInfo mechanism;
  mechanism.name = name;
  mechanism.kind = kind;
  mechanism.stream = stream;
  mechanism.carries_bytes = kind != MechanismKind::synchronisation;
  return mechanism;
}

const std::vector<MechanismInfo> kFew{
    info("copying", MechanismKind::floor), info("unix_a", MechanismKind::socket, true),
    info("pipe", MechanismKind::pipe, true), info("unix_b", MechanismKind::socket),
    info("flag", MechanismKind::synchronisation)};

std::vector<std::string> meant(const std::vector<std::string>& texts) {
  return parse_mechanisms("--mechanism", texts, kFew);
}

// Catches a group that holds another kind, a mechanism that is named twice, and a lost order.
TEST(MechanismGroups, StandForTheirMechanisms) {
  EXPECT_THAT(meant({"sockets"}), ElementsAre("unix_a", "unix_b"));
  EXPECT_THAT(meant({"pipe,sockets", "unix_b"}), ElementsAre("pipe", "unix_a", "unix_b"));
  EXPECT_THAT(meant({"floors"}), ElementsAre("copying"));
  EXPECT_THAT(meant({"streams"}), ElementsAre("unix_a", "pipe"));
  EXPECT_THAT(meant({"messages"}), ElementsAre("unix_b"));
  EXPECT_THAT(meant({"tokens"}), ElementsAre("flag"));
  EXPECT_EQ(meant({"all"}).size(), kFew.size());
  EXPECT_THAT(meant({"socket"}), ElementsAre("unix_a", "unix_b"));  // a kind
  EXPECT_THAT(meant({"pipe"}), ElementsAre("pipe"));                // a mechanism before a kind
}

TEST(MechanismGroups, PatternsStandForTheNamesTheyFit) {
  EXPECT_THAT(meant({"unix_*"}), ElementsAre("unix_a", "unix_b"));
  EXPECT_THAT(meant({"*p*"}), ElementsAre("copying", "pipe"));
}

TEST(MechanismGroups, WhatIsNoneGetsASuggestion) {
  EXPECT_THAT(usage_message([] { meant({"sokets"}); }), HasSubstr("did you mean 'sockets'?"));
  EXPECT_THAT(usage_message([] { meant({"unixa"}); }), HasSubstr("did you mean 'unix_a'?"));
  EXPECT_THAT(usage_message([] { meant({"tipc*"}); }), HasSubstr("'tipc*' fits no mechanism"));
  EXPECT_THAT(usage_message([] { meant({"queues"}); }), HasSubstr("'queues' fits no mechanism"));
}

// Catches a kind without a group, and a group that hides a mechanism.
TEST(MechanismGroups, CoverEveryKindAndHideNoMechanism) {
  for (const auto& kind : kAxis<MechanismKind>) {
    const MechanismInfo only = info("x", kind.value);
    const auto has_it = [&](const MechanismGroup& group) { return group.name != "all" && group.has(only); };
    EXPECT_TRUE(std::ranges::any_of(mechanism_groups(), has_it)) << kind.name;
  }
  for (const MechanismGroup& group : mechanism_groups()) {
    EXPECT_EQ(find_info(known_mechanisms(), group.name), nullptr) << group.name;
    EXPECT_FALSE(parse_mechanisms("", {std::string(group.name)}).empty()) << group.name;
  }
}

}  // namespace
}  // namespace ipcbench
