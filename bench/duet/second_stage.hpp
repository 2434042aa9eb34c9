// How a duet spends the time that its first blocks leave.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "results/comparison/gate_settings.hpp"

namespace ipcbench {

// What is left, and what a block costs: `block` for starting both programs, and `pair` for each cell.
struct TimeLeft {
  std::chrono::nanoseconds left{};
  std::chrono::nanoseconds block{};
  std::chrono::nanoseconds pair{};
};

struct SecondStage {
  std::vector<std::uint32_t> blocks;  // of each cell, in the order given; 0: there is no time for it
  std::uint32_t most = 0;             // that one more cell could have had
};

// `wanted`: the fresh blocks of each cell, the worst cell first. If they take too long, the cells with the
// most blocks lose some; at the number that so many cells need to decide (fair_fresh_blocks), cells are left
// out instead, the worst last. One cell always gets as many as it needs. Without a time there is time for
// all.
SecondStage plan_second_stage(const std::vector<std::uint32_t>& wanted, const std::optional<TimeLeft>& time,
                              const GateSettings& settings);

}  // namespace ipcbench
