// Every answer here was worked out by hand from the figures of the made report.
#include "bench/study/advise/advice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/study/advise/testing/made_market.hpp"

namespace ipcbench {
namespace {

using testing::add_load;
using testing::add_mix;
using testing::add_round_trip;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kCommands;
using ::testing::Key;
using testing::kFrames;
using testing::kPlain;
using testing::made_guarantees;
using testing::made_market;
using testing::made_requirement;
using ::testing::Not;
using ::testing::Pair;
using testing::two_streams;

// swift takes 10 us, steady 20 us.
Report two_mechanisms() {
  Report report = made_market({"steady", "swift"});
  add_load(report, {.mechanism = "steady",
                    .stream = kCommands,
                    .p50_us = 20,
                    .p99_us = 40,
                    .receiver_cpus = 0.2,
                    .sender_cpus = 0.04});
  add_load(report, {.mechanism = "swift",
                    .stream = kCommands,
                    .p50_us = 10,
                    .p99_us = 80,
                    .receiver_cpus = 0.3,
                    .sender_cpus = 0.06});
  add_round_trip(report, "steady", 128, 1'000);
  add_round_trip(report, "swift", 128, 2'000);
  return report;
}

TEST(Advise, TakesTheFastest) {
  const Advice advice = advise(two_mechanisms(), made_requirement({kCommands}));
  ASSERT_TRUE(advice.fits());
  EXPECT_EQ(advice.best->way.mechanism, "swift");
  EXPECT_THAT(advice.tied, IsEmpty());
  ASSERT_EQ(advice.others.size(), 1U);
  EXPECT_EQ(advice.others[0].way.mechanism, "steady");
  EXPECT_EQ(advice.mechanisms, 2U);
}

// 0.3 CPUs of the receiver and 0.06 of the sender, which used 1 with its pacer.
TEST(Advise, CountsTheCpusOfTheTransportAndNotOfThePacer) {
  const Requirement requirement = made_requirement({kCommands});
  const Advice advice = advise(two_mechanisms(), requirement);
  EXPECT_NEAR(advice.best->main().sender_cpus.median, 0.06, 1e-9);
  EXPECT_NEAR(advice.best->cpus(), 0.36, 1e-9);
  EXPECT_THAT(advice_text(advice, requirement, "", kPlain), HasSubstr("       0.36\n"));
}

// The report of an old program: 0.3 CPUs of the receiver, and 50,000 messages of at most 2 us of the sender,
// 0.1. Catches the pacer's own CPU, which is 1 here, and a bound that is told as a measurement.
TEST(Advise, OldReportsOnlyBoundTheSender) {
  const Requirement requirement = made_requirement({kCommands});
  const Advice advice = advise(testing::without_pacing(two_mechanisms()), requirement);
  EXPECT_TRUE(advice.best->main().cpus_at_most);
  EXPECT_DOUBLE_EQ(advice.best->main().receiver_cpus.median, 0.3);
  EXPECT_NEAR(advice.best->main().sender_cpus.median, 0.1, 1e-9);
  EXPECT_NEAR(advice.best->cpus(), 0.4, 1e-9);
  EXPECT_THAT(advice_text(advice, requirement, "", kPlain), HasSubstr("at most 0.40"));
}

TEST(Advise, TheLimitOnThe99thPercentileExcludes) {
  Requirement requirement = made_requirement({kCommands});
  requirement.max_p99_ns = 50'000;
  const Advice advice = advise(two_mechanisms(), requirement);
  EXPECT_EQ(advice.best.value().way.mechanism, "steady");
  EXPECT_THAT(advice.excluded, ElementsAre(Pair("max-p99", ElementsAre("swift"))));
}

// swift keeps 0.36 CPUs busy, steady 0.24.
TEST(Advise, TheLimitOnCpusExcludes) {
  Requirement requirement = made_requirement({kCommands});
  requirement.max_cpus = 0.3;
  const Advice advice = advise(two_mechanisms(), requirement);
  EXPECT_EQ(advice.best.value().way.mechanism, "steady");
  EXPECT_THAT(advice.excluded, ElementsAre(Pair("max-cpus", ElementsAre("swift"))));
}

// Two of swift's six launches were disturbed, and took a hundred times as long.
TEST(Advise, LeavesOutWhatOtherProgramsDisturbed) {
  Report report = made_market({"swift"});
  Report disturbed = report;
  add_load(report,
           {.mechanism = "swift", .stream = kCommands, .p50_us = 10, .p99_us = 20, .receiver_cpus = 0.3});
  add_load(disturbed,
           {.mechanism = "swift", .stream = kCommands, .p50_us = 1000, .p99_us = 2000, .receiver_cpus = 0.3});
  for (const std::size_t launch : {std::size_t{2}, std::size_t{5}}) {
    Measurement& measurement = testing::measurement_at(report.cells, launch);
    measurement = testing::measurement_at(disturbed.cells, launch);
    measurement.disturbance = "consumer waited 5 of 50 ms for its CPU";
  }
  Requirement requirement = made_requirement({kCommands});
  requirement.max_p99_ns = 50'000;
  const Advice advice = ipcbench::advise(report, requirement);
  EXPECT_TRUE(advice.fits());
  EXPECT_EQ(advice.left_out, 2U);
}

TEST(Advise, NeedsAndPeersAndSizesAndRatesExclude) {
  Report report = two_mechanisms();
  report.guarantees["swift"] = made_guarantees({{Guarantee::boundaries, "no"}});
  EXPECT_THAT(advise(report, made_requirement({kCommands}, {"whole-messages"})).excluded,
              ElementsAre(Pair("whole-messages", ElementsAre("swift"))));
  report.guarantees["swift"] = made_guarantees({{Guarantee::unrelated, "no"}});
  Requirement unrelated = made_requirement({kCommands});
  unrelated.peers = Peers::exec;
  EXPECT_THAT(advise(report, unrelated).excluded, Contains(Pair("peers", ElementsAre("swift"))));
  report = two_mechanisms();
  testing::info_in(report, "swift").carries_bytes = false;
  EXPECT_THAT(advise(report, made_requirement({kCommands})).excluded,
              ElementsAre(Pair("size", ElementsAre("swift"))));
  report = made_market({"choked"});
  add_load(report, {.mechanism = "choked",
                    .stream = kCommands,
                    .p50_us = 10,
                    .p99_us = 20,
                    .receiver_cpus = 0.1,
                    .unsent_share = 0.02});
  EXPECT_THAT(advise(report, made_requirement({kCommands})).excluded,
              ElementsAre(Pair("rate", ElementsAre("choked"))));
}

// Equal figures round by round: no test can tell them apart, so their guarantees have to.
TEST(Advise, NamesWhatCannotBeToldApartAndWhereItDiffers) {
  Report report = made_market({"left", "right"});
  report.guarantees["right"] = made_guarantees({{Guarantee::lifetime, "kernel"}});
  report.guarantees["left"][Guarantee::lifetime] = {GuaranteeAnswer::State::found, "process"};
  for (const std::string mechanism : {"left", "right"})
    add_load(report,
             {.mechanism = mechanism, .stream = kCommands, .p50_us = 10, .p99_us = 20, .receiver_cpus = 0.1});
  const Requirement requirement = made_requirement({kCommands});
  const Advice advice = advise(report, requirement);
  ASSERT_EQ(advice.tied.size(), 1U);
  EXPECT_THAT(advice.others, IsEmpty());
  ASSERT_EQ(advice.differences.size(), 1U);
  EXPECT_EQ(advice.differences[0].guarantee, Guarantee::lifetime);
  EXPECT_THAT(advice.differences[0].answers, ElementsAre(Pair("left", "process"), Pair("right", "kernel")));
  const std::string text = advice_text(advice, requirement, "", kPlain);
  EXPECT_THAT(text, HasSubstr("left or right\n  alike; wait:block (peers:fork cpus:same)"));
  EXPECT_THAT(text, HasSubstr("lifetime: left process, right kernel"));
}

// The limit that would do is the highest of six launches' times, within a bucket of 40 us.
TEST(Advise, NothingFitsAndSaysWhatWouldHaveToGive) {
  Report report = two_mechanisms();
  report.guarantees["swift"] = made_guarantees({{Guarantee::boundaries, "no"}, {Guarantee::order, "no"}});
  report.guarantees["steady"] = made_guarantees({{Guarantee::duplex, "no"}});
  Requirement requirement = made_requirement({kCommands}, {"both-ways", "order", "whole-messages"});
  requirement.max_p99_ns = 30'000;
  const Advice advice = advise(report, requirement);
  EXPECT_FALSE(advice.fits());
  ASSERT_EQ(advice.alternatives.size(), 2U);
  EXPECT_EQ(advice.alternatives[0].mechanism, "steady");
  EXPECT_THAT(advice.alternatives[0].takes, ElementsAre("both-ways", "max-p99"));
  EXPECT_THAT(advice.alternatives[1].takes, ElementsAre("whole-messages", "order", "max-p99"));
  const std::string text = advice_text(advice, requirement, "", kPlain);
  EXPECT_THAT(text, HasSubstr("Nothing fits."));
  EXPECT_THAT(text, HasSubstr("1. both-ways and --max-p99 40.2 us: steady"));
}

TEST(Advise, NamesTheCommandForWhatIsMissing) {
  Report report = two_mechanisms();
  report.mechanisms.push_back(testing::make_info("unknown", MechanismKind::pipe));
  report.guarantees["unknown"] = made_guarantees();
  const Requirement requirement = made_requirement({kCommands});
  const Advice advice = advise(report, requirement);
  EXPECT_THAT(advice.unmeasured, ElementsAre("unknown"));
  const std::string text = advice_text(advice, requirement, "ipcbench advise --measure", kPlain);
  EXPECT_THAT(text, HasSubstr("Not measured: unknown"));
  EXPECT_THAT(text, HasSubstr("  ipcbench advise --measure\n"));
}

TEST(Advise, SaysWhyACellIsImpossible) {
  Report report = two_mechanisms();
  report.mechanisms.push_back(testing::make_info("short", MechanismKind::queue));
  report.guarantees["short"] = made_guarantees();
  const Requirement requirement = made_requirement({kCommands});
  report.skipped.push_back({cell_name(paced_cell({"short"}, requirement, kCommands)), "at most 64 B"});
  const Advice advice = advise(report, requirement);
  EXPECT_THAT(advice.not_possible, ElementsAre(Pair("short", "at most 64 B")));
  EXPECT_THAT(advice.unmeasured, IsEmpty());
}

// Unless it guarantees what the other lacks.
TEST(Advise, VariantsStandBehind) {
  Report report = two_mechanisms();
  testing::info_in(report, "swift").variant_of = "steady";
  EXPECT_EQ(advise(report, made_requirement({kCommands})).best.value().way.mechanism, "steady");
  EXPECT_THAT(advise(report, made_requirement({kCommands})).variants, ElementsAre("swift"));
  report.guarantees["steady"] = made_guarantees({{Guarantee::duplex, "no"}});
  const Advice advice = advise(report, made_requirement({kCommands}, {"both-ways"}));
  EXPECT_EQ(advice.best.value().way.mechanism, "swift");
  EXPECT_THAT(advice.variants, IsEmpty());
}

// Spinning is faster, but keeps a CPU busy.
TEST(Advise, TakesTheWayOfWaitingThatTheCpusAllow) {
  Report report = two_mechanisms();
  add_load(report, {.mechanism = "swift",
                    .stream = kCommands,
                    .p50_us = 1,
                    .p99_us = 2,
                    .receiver_cpus = 1,
                    .wait = Wait::spin});
  Requirement requirement = made_requirement({kCommands});
  requirement.waits = {Wait::block, Wait::spin};
  EXPECT_EQ(advise(report, requirement).best.value().way.wait, Wait::spin);
  requirement.max_cpus = 0.9;
  const Advice advice = advise(report, requirement);
  EXPECT_EQ(advice.best.value().way.wait, Wait::block);
  ASSERT_EQ(advice.settings.size(), 1U);
  EXPECT_EQ(advice.settings[0].way.wait, Wait::spin);
  EXPECT_THAT(advice_text(advice, requirement, "", kPlain),
              HasSubstr("Settings, p50: wait:spin 1.01 us, 1.00 CPUs"));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// All that an answer may have at once: two streams over mechanisms that cannot be told apart and differ in
// much, a slower one, other settings, and many reasons for which others are excluded.
Report large_market() {
  std::vector<std::string> names;
  for (int i = 0; i < 24; ++i) names.push_back("quite_a_long_name_" + std::to_string(i));
  Report report = made_market(names);
  for (int i = 0; i < 4; ++i) {
    const double p50_us = i == 3 ? 90.0 : 10.0;
    add_mix(report, {.mechanism = names[static_cast<std::size_t>(i)],
                     .streams = {{kFrames, p50_us, 180}, {kCommands, p50_us, 180}},
                     .receiver_cpus = 0.4,
                     .sender_cpus = 0.1});
  }
  add_mix(report, {.mechanism = names[0],
                   .streams = {{kFrames, 2, 3}, {kCommands, 2, 3}},
                   .receiver_cpus = 1,
                   .wait = Wait::spin});
  report.guarantees[names[1]] =
      made_guarantees({{Guarantee::writer_gone, "a rather long answer that fills a line on its own"},
                       {Guarantee::reader_gone, "another long answer that fills a line on its own"},
                       {Guarantee::lifetime, "kernel"}});
  for (std::size_t i = 4; i < names.size(); ++i) {
    report.guarantees[names[i]] = made_guarantees({{Guarantee::duplex, "no"},
                                                   {Guarantee::boundaries, i % 2 == 0 ? "no" : "yes"},
                                                   {Guarantee::order, i % 3 == 0 ? "no" : "yes"},
                                                   {Guarantee::reliable, i % 5 == 0 ? "no" : "yes"}});
  }
  return report;
}

// Catches an answer that runs over the screen, and one that says nothing of what it leaves out.
TEST(Advise, FitsATerminal) {
  const Requirement requirement =
      made_requirement({kFrames, kCommands}, {"both-ways", "whole-messages", "order", "reliable"});
  const Advice advice = advise(large_market(), requirement);
  ASSERT_EQ(advice.tied.size(), 2U);
  ASSERT_EQ(advice.others.size(), 1U);
  for (const std::size_t columns : {60U, 80U, 100U}) {
    for (const bool details : {false, true}) {
      const std::string text =
          advice_text(advice, requirement, "", {.text = {.columns = columns}, .details = details});
      for (const std::string& line : lines_of(text)) EXPECT_LE(line.size(), columns) << text;
      if (details) continue;
      EXPECT_LE(lines_of(text).size(), columns < 80 ? 20U : 10U) << text;
      for (const std::string word :
           {"p50", "p99", "CPUs busy", "Runner-up: ", "Settings, p50: wait:spin", "20 by"})
        EXPECT_THAT(text, HasSubstr(word));
    }
  }
  EXPECT_THAT(advice_text(advice, requirement, "", kPlain), HasSubstr("more"));
}

// Catches escape sequences in a file, and a report whose names control the terminal.
TEST(Advise, HasColoursOnlyWhereTheyAreWelcome) {
  const Requirement requirement = made_requirement({kCommands});
  Report report = made_market({"red\x1b[31m"});
  add_load(report, {.mechanism = "red\x1b[31m", .stream = kCommands, .p50_us = 10, .p99_us = 20});
  const Advice advice = advise(report, requirement);
  EXPECT_THAT(advice_text(advice, requirement, "", kPlain), Not(HasSubstr("\x1b")));
  EXPECT_THAT(advice_text(advice, requirement, "", {.text = {.columns = 80, .colours = true}}),
              ::testing::StartsWith("\x1b[32mred?[31m"));
}

TEST(Advise, JsonHasTheAnswer) {
  const Requirement requirement = made_requirement({kFrames, kCommands}, {"both-ways"});
  const auto json = nlohmann::json::parse(advice_json(advise(two_streams(), requirement), requirement, "x"));
  EXPECT_EQ(json.at("fits"), true);
  EXPECT_EQ(json.at("best").at("mechanism"), "only");
  const auto& links = json.at("best").at("links");
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links.at(0).at("streams").at(1).at("per_second"), 50'000);
  EXPECT_NEAR(links.at(0).at("streams").at(0).at("p99_ns").at("value").get<double>(), 90'000, 1000);
  EXPECT_NEAR(links.at(0).at("cpus").at("value").get<double>(), 1.1, 1e-9);
  EXPECT_EQ(json.at("requirement").at("links"), "one");
  EXPECT_EQ(json.at("requirement").at("needs"), nlohmann::json({"both-ways"}));
  EXPECT_FALSE(json.contains("command"));
}

}  // namespace
}  // namespace ipcbench
