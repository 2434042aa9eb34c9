#include "bench/duet/second_stage.hpp"

#include <algorithm>
#include <numeric>

#include "results/comparison/suspects.hpp"

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

// The first `cells` cells, each with what it wants and at most `cap` blocks, and perhaps one more with `cap`.
struct Choice {
  std::size_t cells = 0;
  std::uint32_t cap = 0;
  bool one_more = false;
};

nanoseconds time_of(const Choice& choice, const std::vector<std::uint32_t>& wanted, const TimeLeft& time) {
  std::uint32_t most = choice.one_more ? choice.cap : 0;
  std::uint64_t pairs = most;
  for (std::size_t i = 0; i < choice.cells; ++i) {
    const std::uint32_t blocks = std::min(wanted[i], choice.cap);
    most = std::max(most, blocks);
    pairs += blocks;
  }
  return time.block * most + time.pair * static_cast<nanoseconds::rep>(pairs);
}

// The greatest cap from `low` to `high` that fits, or `low`.
std::uint32_t greatest_cap(Choice choice, std::uint32_t low, std::uint32_t high,
                           const std::vector<std::uint32_t>& wanted, const TimeLeft& time) {
  while (low < high) {
    choice.cap = high - (high - low) / 2;
    if (time_of(choice, wanted, time) <= time.left) {
      low = choice.cap;
    } else {
      high = choice.cap - 1;
    }
  }
  return low;
}

}  // namespace

SecondStage plan_second_stage(const std::vector<std::uint32_t>& wanted, const std::optional<TimeLeft>& time,
                              const GateSettings& settings) {
  std::uint32_t most = std::max(settings.most_second_blocks, settings.second_blocks);
  for (const std::uint32_t blocks : wanted) most = std::max(most, blocks);
  if (!time) return {wanted, most};
  const auto fits = [&](std::size_t cells) {
    return time_of({cells, fair_fresh_blocks(cells, settings)}, wanted, *time) <= time->left;
  };
  std::size_t cells = wanted.size();
  while (cells > 1 && !fits(cells)) --cells;
  const std::uint32_t fewest = std::min(cells == 0 ? 0 : fair_fresh_blocks(cells, settings), most);
  const std::uint32_t cap = greatest_cap({cells}, fewest, most, wanted, *time);
  SecondStage stage{std::vector<std::uint32_t>(wanted.size(), 0), cap};
  for (std::size_t i = 0; i < cells; ++i) stage.blocks[i] = std::min(wanted[i], cap);
  // Where cells were left out, a worse one would have taken the place of another.
  if (cells == wanted.size()) stage.most = greatest_cap({cells, 0, true}, 0, most, wanted, *time);
  return stage;
}

}  // namespace ipcbench
