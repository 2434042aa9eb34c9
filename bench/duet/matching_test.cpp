#include <gtest/gtest.h>

#include <map>

#include "bench/duet/blocks.hpp"
#include "bench/testing/usage_message.hpp"
#include "harness/base/cell.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using testing::make_cell;

// Catches cells that are matched by position, and one-sided cells that are not reported.
TEST(DuetMatching, IsByName) {
  const Cell a = make_cell("a");
  const Cell b = make_cell("b");
  const Cell c = make_cell("c");
  const Cell d = make_cell("d");
  const MatchedCells matched = match_cells({std::vector{a, b, c}, std::vector{d, c, a}}, {});
  ASSERT_EQ(matched.pairs.size(), 2U);
  EXPECT_EQ(matched.pairs[0].names, (std::array{cell_name(a), cell_name(a)}));
  EXPECT_EQ(matched.pairs[1].names, (std::array{cell_name(c), cell_name(c)}));
  EXPECT_EQ(matched.unpaired[0], std::vector{cell_name(b)});
  EXPECT_EQ(matched.unpaired[1], std::vector{cell_name(d)});
}

// Catches compared settings that keep the cells from matching.
TEST(DuetMatching, LeavesOutWhatASideSets) {
  Cell small = make_cell("pipe");
  small.parameters = {{"pipe_bytes", 4096}, {"other", 1}};
  Cell usual = make_cell("pipe");
  usual.parameters = {{"other", 1}};
  usual.wait = Wait::spin;
  RunArguments base;
  base.axes["wait"] = {"spin"};
  RunArguments candidate;
  candidate.param = {"pipe_bytes=4096"};
  const std::array cells{std::vector{usual}, std::vector{small}};
  EXPECT_TRUE(match_cells(cells, {base, {}}).pairs.empty());
  EXPECT_TRUE(match_cells(cells, {RunArguments{}, candidate}).pairs.empty());
  const MatchedCells matched = match_cells(cells, {base, candidate});
  ASSERT_EQ(matched.pairs.size(), 1U);
  EXPECT_EQ(matched.pairs[0].names, (std::array{cell_name(usual), cell_name(small)}));
}

// The base's profile has a cell with a buffer of its own beside the usual one, and the new side sets that
// buffer.
TEST(DuetMatching, TakesTheUsualBuffer) {
  const Cell usual = make_cell("pipe");
  Cell large = usual;
  large.parameters = {{"pipe_bytes", 1 << 20}};
  Cell small = usual;
  small.parameters = {{"pipe_bytes", 4096}};
  RunArguments candidate;
  candidate.param = {"pipe_bytes=4096"};
  const MatchedCells matched =
      match_cells({std::vector{large, usual}, std::vector{small}}, {RunArguments{}, candidate});
  ASSERT_EQ(matched.pairs.size(), 1U);
  EXPECT_EQ(matched.pairs[0].names, (std::array{cell_name(usual), cell_name(small)}));
  EXPECT_TRUE(matched.unpaired[0].empty());
}

// Catches an axis that --base-args can set, but that does not count as set.
TEST(DuetMatching, KnowsEveryAxis) {
  const std::map<std::string_view, const char*> others{
      {"mechanism", "b"}, {"rate", "20%"}, {"fan", "4"},   {"batch", "4"},  {"idle", "10ms"},
      {"size", "2"},      {"pairs", "4"},  {"chain", "4"}, {"watched", "7"}};
  for (const CellAxis* axis : named_axes()) {
    const auto given = others.find(axis->name);
    const std::string value(given != others.end() ? given->second : axis->values().back().name);
    Cell plain = make_cell("a");
    if (axis->applies != nullptr && axis->applies(Pattern::fanin)) plain.pattern = Pattern::fanin;
    if (axis->applies != nullptr && axis->applies(Pattern::paced)) plain.pattern = Pattern::paced;
    if (axis->name == "rate") plain.load.per_second = 5;
    Cell other = plain;
    axis->assign(other, value);
    ASSERT_NE(cell_name(plain), cell_name(other));
    const auto pairs = [&](const RunArguments& own) {
      return match_cells({std::vector{plain}, std::vector{other}}, {RunArguments{}, own}).pairs.size();
    };
    EXPECT_EQ(pairs({}), 0U) << axis->name;
    RunArguments own;
    own.axes[std::string(axis->name)] = {"set"};
    EXPECT_EQ(pairs(own), 1U) << axis->name;
  }
}

// Catches an arbitrary choice among several candidates.
TEST(DuetMatching, RefusesTwoForOne) {
  Cell block = make_cell("pipe");
  Cell spin = make_cell("pipe");
  spin.wait = Wait::spin;
  RunArguments own;
  own.axes["wait"] = {"block,spin"};
  const std::string message = testing::usage_message([&] {
    match_cells({std::vector{block}, std::vector{block, spin}}, {RunArguments{}, own});
  });
  EXPECT_EQ(message.rfind("--new: ", 0), 0U) << message;
  EXPECT_NE(message.find(cell_name(block)), std::string::npos) << message;
  EXPECT_NE(message.find(cell_name(spin)), std::string::npos) << message;
}

}  // namespace
}  // namespace ipcbench
