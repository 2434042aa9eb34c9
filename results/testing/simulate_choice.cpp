#include "results/testing/simulate_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "results/comparison/suspects.hpp"
#include "results/testing/made_noise.hpp"

namespace ipcbench::testing {
namespace {

constexpr std::size_t kCells = 120;
constexpr std::size_t kMetricsOfACell = 4;

std::vector<std::size_t> every_cell() {
  std::vector<std::size_t> cells;
  while (cells.size() < kCells) cells.push_back(cells.size());
  return cells;
}

// First blocks of 120 cells with four metrics each, and of the whole. Half of the noise's variance is common
// to a cell's metrics, and each side's process has an effect, a third of the noise, on all cells of a block.
std::vector<PairedHypothesis> first_blocks(double sd, const std::function<double(std::size_t)>& change,
                                           std::uint64_t seed) {
  Random random(seed);
  const std::size_t blocks = GateSettings().first_blocks;
  std::vector<PairedHypothesis> all(kCells * kMetricsOfACell);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].cells = {i / kMetricsOfACell};
  for (std::size_t block = 0; block < blocks; ++block) {
    std::vector<double> sides(kMetricsOfACell);
    for (double& side : sides) side = sd / 3 * random.normal();
    double common = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i % kMetricsOfACell == 0) common = random.normal();
      all[i].first.push_back(sd * (common + random.normal()) + sides[i % kMetricsOfACell] +
                             std::log1p(change(i / kMetricsOfACell)));
    }
  }
  for (std::size_t metric = 0; metric < kMetricsOfACell; ++metric) {
    std::vector<const Differences*> members;
    for (std::size_t cell = 0; cell < kCells; ++cell)
      members.push_back(&all[cell * kMetricsOfACell + metric].first);
    all.push_back({.level = Level::whole, .cells = every_cell(), .first = centre_of(members), .second = {}});
  }
  return all;
}

constexpr std::size_t kDoubled = kCells - 1;

double hardly_changed(std::size_t cell) {
  constexpr double kHardly = 0.008;
  if (cell == kDoubled) return 1;
  return cell < 40 ? kHardly : cell < 80 ? -kHardly : 0;
}

}  // namespace

void print_choice(std::size_t suites, std::uint64_t seed) {
  std::size_t found = 0;
  std::size_t everything = 0;
  for (std::size_t i = 0; i < suites; ++i) {
    const auto doubled = suspicious(first_blocks(0.002, hardly_changed, seed + i), {});
    found += std::ranges::count(doubled, kDoubled, &Suspect::cell) != 0 ? 1U : 0U;
    const auto same = suspicious(first_blocks(
                                     0.03, [](std::size_t) { return 0.0; }, seed + i),
                                 {});
    everything += same.size() == kCells ? 1U : 0U;
  }
  fmt::print("\nThe choice among {} cells with {} metrics, {} suites, seeds from {}.\n\n", kCells,
             kMetricsOfACell, suites, seed);
  fmt::print(
      "- 40 cells of +0.8 %, 40 of -0.8 %, one doubled, noise of 0.2 %: the doubled one runs again in {}.\n",
      found);
  fmt::print("- nothing changed, noise of 3 %: everything runs again in {}.\n", everything);
}

}  // namespace ipcbench::testing
