#include "bench/duet/both_programs.hpp"

#include <fmt/format.h>

#include "harness/base/cell.hpp"

namespace ipcbench {

BothPrograms::BothPrograms(const std::array<StartProgram, 2>& start, std::size_t first) {
  for (const std::size_t side : {first, 1 - first}) {
    programs_[side] = start[side]();
    const std::vector<Cell>& cells = programs_[side]->greeting().cells;
    for (std::size_t i = 0; i < cells.size(); ++i) places_[side].emplace(cell_name(cells[i]), i);
  }
}

DuetAnswer BothPrograms::launch(std::size_t side, const std::string& cell, std::uint32_t block) {
  const auto place = places_[side].find(cell);
  if (place == places_[side].end()) return LaunchFailed{"it cannot be measured any more"};
  return programs_[side]->launch(place->second, block);
}

std::string BothPrograms::nothing_in_common() const {
  std::string text = "The two programs have no cell in common that can be measured";
  for (const std::size_t side : {0U, 1U}) {
    const DuetGreeting& greeting = programs_[side]->greeting();
    text += fmt::format("; {} has {}", kSideNames[side],
                        greeting.cells.empty() ? "none"
                                               : fmt::format("{}, such as {}", greeting.cells.size(),
                                                             cell_name(greeting.cells.front())));
    if (greeting.cells.empty() && !greeting.skipped.empty()) {
      text += fmt::format(" ({}: {})", greeting.skipped.front().cell, greeting.skipped.front().reason);
    }
  }
  return text + ".";
}

}  // namespace ipcbench
