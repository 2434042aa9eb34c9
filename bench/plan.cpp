#include "bench/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace ipcbench {

Plan make_plan(const std::vector<Cell>& cells, const std::vector<Placement>& placements,
               const SkipReason& why) {
  Plan plan;
  for (const Cell& cell : cells) {
    std::string name = cell_name(cell);
    const auto placement = std::ranges::find(placements, cell.cpus, &Placement::cpus);
    if (placement == placements.end()) {
      plan.skipped.push_back(
          {name, fmt::format("no two CPUs that this process may use are placed like that ({})",
                             name_of(cell.cpus))});
    } else if (auto reason = why(cell)) {
      plan.skipped.push_back({name, *reason});
    } else {
      plan.cells.push_back({cell, std::move(name), *placement});
    }
  }
  return plan;
}

std::vector<std::size_t> round_order(std::size_t count, std::uint64_t seed, std::uint32_t round) {
  std::seed_seq mixed{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), round};
  std::mt19937_64 random(mixed);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Fisher-Yates. The remainder's bias is below 2^-50 for any number of cells that fits a run.
  for (std::size_t left = count; left > 1; --left) std::swap(order[left - 1], order[random() % left]);
  return order;
}

}  // namespace ipcbench
