#include "bench/study/advise/requirement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "bench/testing/usage_message.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::usage_message;

constexpr std::array kHere{Cpus::same, Cpus::llc, Cpus::free};

RequirementTexts one_stream() {
  RequirementTexts texts;
  texts.streams = {"64@200"};
  return texts;
}

TEST(Requirement, SaysWhatIsWrongWithAStream) {
  for (const std::string text : {"64", "64@", "64@0", "64@-5", "64@1.5", "64@2G", "x@5", "@5", "64@nan"}) {
    RequirementTexts texts;
    texts.streams = {text};
    const std::string message = usage_message([&] { parse_requirement(texts, kHere); });
    EXPECT_THAT(message, HasSubstr("--stream: '" + text + "'"));
    EXPECT_THAT(message, HasSubstr("4KiB@200"));
  }
}

TEST(Requirement, HasDefaults) {
  const Requirement requirement = parse_requirement(one_stream(), kHere);
  EXPECT_EQ(requirement.peers, Peers::fork);
  EXPECT_EQ(requirement.cpus, Cpus::llc);
  EXPECT_THAT(requirement.waits, ElementsAre(Wait::block));
  EXPECT_TRUE(requirement.needs.empty());
  EXPECT_FALSE(requirement.max_p99_ns);
}

// Who may keep more than one CPU busy may let an end spin.
TEST(Requirement, CpusDecideHowEndsMayWait) {
  RequirementTexts texts = one_stream();
  texts.max_cpus = "1";
  EXPECT_THAT(parse_requirement(texts, kHere).waits, ElementsAre(Wait::block, Wait::adaptive));
  texts.max_cpus = "1.5";
  EXPECT_THAT(parse_requirement(texts, kHere).waits, ElementsAre(Wait::block, Wait::adaptive, Wait::spin));
  texts.waits = {"poll"};
  EXPECT_THAT(parse_requirement(texts, kHere).waits, ElementsAre(Wait::poll));
}

TEST(Requirement, SuggestsNames) {
  RequirementTexts texts = one_stream();
  texts.needs = {"whole-message"};
  EXPECT_THAT(usage_message([&] { parse_requirement(texts, kHere); }),
              HasSubstr("did you mean 'whole-messages'?"));
  texts.needs = {"bothways,order"};
  EXPECT_THAT(usage_message([&] { parse_requirement(texts, kHere); }),
              HasSubstr("did you mean 'both-ways'?"));
  texts = one_stream();
  texts.peers = "exce";
  EXPECT_THAT(usage_message([&] { parse_requirement(texts, kHere); }), HasSubstr("did you mean 'exec'?"));
  texts = one_stream();
  texts.max_cpus = "many";
  EXPECT_THAT(usage_message([&] { parse_requirement(texts, kHere); }), HasSubstr("--max-cpus"));
  texts = one_stream();
  texts.max_p99 = "1";
  EXPECT_THAT(usage_message([&] { parse_requirement(texts, kHere); }), HasSubstr("--max-p99"));
  EXPECT_THAT(usage_message([&] { parse_requirement({}, kHere); }), HasSubstr("--stream"));
}

// Catches streams that are asked for at once and measured one by one.
TEST(Requirement, PutsStreamsOnOneLinkUnlessEachIsToHaveItsOwn) {
  RequirementTexts texts;
  texts.streams = {"128@50k,4KiB@200"};
  const Requirement shared = parse_requirement(texts, kHere);
  EXPECT_THAT(shared.streams, ElementsAre(MessageStream{128, 50'000}, MessageStream{4096, 200}));
  EXPECT_EQ(shared.mix, parse_mix("4096@200+128@50000"));
  texts.links = "each";
  EXPECT_TRUE(parse_requirement(texts, kHere).mix.empty());
  EXPECT_TRUE(parse_requirement(one_stream(), kHere).mix.empty());
  texts.links = "two";
  EXPECT_THAT(usage_message([&] { parse_requirement(texts, kHere); }), HasSubstr("not one of one, each"));
  texts = {};
  texts.streams = {"0@5", "64@5"};
  EXPECT_THAT(usage_message([&] { parse_requirement(texts, kHere); }),
              HasSubstr("--links each gives each stream a link of its own"));
}

// Each need by an answer that satisfies it and one that does not.
TEST(Needs, AreSatisfiedByTheRightAnswers) {
  struct Case {
    std::string need;
    Guarantee question;
    std::string yes;
    std::string no;
  };
  const std::vector<Case> cases{
      {"both-ways", Guarantee::duplex, "yes", "no"},
      {"whole-messages", Guarantee::boundaries, "yes", "no"},
      {"notice-dead-writer", Guarantee::writer_gone, "end of file", "keeps waiting"},
      {"notice-dead-writer", Guarantee::writer_gone, "ECONNRESET", "false token"},
      {"notice-dead-reader", Guarantee::reader_gone, "SIGPIPE, EPIPE", "blocks"},
      {"notice-dead-reader", Guarantee::reader_gone, "ECONNREFUSED", "full"},
      {"unrelated", Guarantee::unrelated, "yes", "inherit"},
      {"order", Guarantee::order, "yes", "no"},
      {"order", Guarantee::capacity, "1 message", "10 messages"},
      {"reliable", Guarantee::reliable, "yes", "no"},
      {"flow-control", Guarantee::when_full, "blocks", "drops"},
      {"many-senders", Guarantee::senders, "whole", "whole to 64 B"},
      {"many-senders", Guarantee::senders, "whole to 4 KiB", "mixed"},
      {"starts-alone", Guarantee::opening, "goes on", "both wait"},
      {"outlives-processes", Guarantee::lifetime, "kernel", "process"},
      {"leaves-nothing", Guarantee::lifetime, "process", "process, name stays"},
      {"priorities", Guarantee::priorities, "yes", "no"},
      {"choice-by-type", Guarantee::selection, "yes", "no"}};
  for (const auto& [name, question, yes, no] : cases) {
    const Need& need = *parse_needs({name}).front();
    using State = GuaranteeAnswer::State;
    EXPECT_TRUE(need.satisfied({{question, {State::found, yes}}}, 128)) << name << ' ' << yes;
    EXPECT_FALSE(need.satisfied({{question, {State::found, no}}}, 128)) << name << ' ' << no;
    EXPECT_FALSE(need.satisfied({{question, {State::failed, yes}}}, 128)) << name;
    EXPECT_FALSE(need.satisfied({}, 128)) << name;
  }
}

TEST(Needs, NoticeOfADeadPeerIsNeededOnBothSides) {
  using State = GuaranteeAnswer::State;
  const Need& need = *parse_needs({"notice-dead-peer"}).front();
  Guarantees answers{{Guarantee::writer_gone, {State::found, "end of file"}},
                     {Guarantee::reader_gone, {State::found, "EPIPE"}}};
  EXPECT_TRUE(need.satisfied(answers, 1));
  answers[Guarantee::reader_gone].answer = "blocks";
  EXPECT_FALSE(need.satisfied(answers, 1));
}

}  // namespace
}  // namespace ipcbench
