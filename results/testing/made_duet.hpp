// Duets that were never run: both stages of cells with Gaussian noise, through the functions that a duet
// calls.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "results/comparison/compare.hpp"
#include "results/testing/made_noise.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench::testing {

// One cell of a made duet.
struct MadeCell {
  double sd = 0.03;   // of a launch
  double change = 0;  // of the new side, as a share
};

// The first blocks of all cells, and fresh ones of those that look slower. Each cell is its own family.
class MadeDuet {
 public:
  MadeDuet(const std::vector<MadeCell>& cells, const GateSettings& settings, std::uint64_t seed)
      : settings_(settings), random_(seed) {
    for (SampledReport* side : {&base_, &candidate_}) {
      *side = made_side(side == &base_ ? "base" : "new", {}, settings.first_blocks);
      side->session.duet->second_blocks = settings.second_blocks;
      side->session.duet->most_second_blocks = settings.most_second_blocks;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) add_blocks(cells[i], i, 0, settings.first_blocks);
    for (const SuspiciousCell& suspect : suspicious_cells(base_, candidate_, settings)) {
      const auto place =
          std::ranges::find(base_.cells, suspect.name, &SampledCell::name) - base_.cells.begin();
      const auto i = static_cast<std::size_t>(place);
      suspects_.emplace_back(i, suspect.blocks);
      add_blocks(cells[i], i, settings.first_blocks, suspect.blocks);
    }
  }

  // The index of each cell that was run again, with its fresh blocks; the worst first.
  [[nodiscard]] const std::vector<std::pair<std::size_t, std::uint32_t>>& suspects() const {
    return suspects_;
  }
  [[nodiscard]] Comparison compared() const { return compare(base_, candidate_, settings_, {}); }
  [[nodiscard]] const std::string& name(std::size_t cell) const { return base_.cells[cell].name; }

 private:
  void add_blocks(const MadeCell& cell, std::size_t i, std::uint32_t first, std::uint32_t count) {
    const auto launches = [&](double change) {
      return made_cell("m" + std::to_string(i), 64, first, first + count, [&](std::uint32_t) {
        return 1000 * (1 + change) * std::exp(cell.sd * random_.normal());
      });
    };
    add(base_, i, launches(0));
    add(candidate_, i, launches(cell.change));
  }

  static void add(SampledReport& report, std::size_t i, SampledCell more) {
    if (i == report.cells.size()) return report.cells.push_back(std::move(more));
    for (Sample& sample : more.samples) report.cells[i].samples.push_back(sample);
  }

  GateSettings settings_;
  Random random_;
  SampledReport base_;
  SampledReport candidate_;
  std::vector<std::pair<std::size_t, std::uint32_t>> suspects_;
};

}  // namespace ipcbench::testing
