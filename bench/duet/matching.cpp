#include "bench/duet/matching.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bench/cli/exit_code.hpp"
#include "harness/base/cell.hpp"

namespace ipcbench {
namespace {

void forget_parameters(Cell& cell, const RunArguments& arguments) {
  for (const std::string& sweep : arguments.param) cell.parameters.erase(sweep.substr(0, sweep.find('=')));
}

// The cell with defaults on every axis and parameter that `arguments` set.
Cell without(Cell cell, const RunArguments& arguments) {
  for (const CellAxis* axis : named_axes()) {
    if (arguments.sets(axis->name)) axis->copy(cell, Cell{});
  }
  forget_parameters(cell, arguments);
  return cell;
}

// Profiles have cells with larger buffers beside the usual ones. A side that sets the buffer is compared with
// the usual one.
std::vector<Cell> usual_cells(std::vector<Cell> cells, const std::array<RunArguments, 2>& own) {
  std::set<std::string> names;
  for (const Cell& cell : cells) names.insert(cell_name(cell));
  std::erase_if(cells, [&](const Cell& cell) {
    Cell usual = cell;
    for (const RunArguments& arguments : own) forget_parameters(usual, arguments);
    return usual.parameters != cell.parameters && names.contains(cell_name(usual));
  });
  return cells;
}

// The name without the axes and parameters that the sides set.
std::string common_name(const Cell& cell, const std::array<RunArguments, 2>& own) {
  return cell_name(without(without(cell, own[0]), own[1]));
}

// The indices of a side's cells by their common name.
std::map<std::string, std::size_t> index_cells(const std::vector<Cell>& cells,
                                               const std::array<RunArguments, 2>& own, const char* side) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto [seen, is_new] = places.emplace(common_name(cells[i], own), i);
    if (is_new) continue;
    throw UsageError(
        fmt::format("{}: {} and {} differ only in what --base-args or --new-args set, so it is open which "
                    "of them to compare; select one.",
                    side, cell_name(cells[seen->second]), cell_name(cells[i])));
  }
  return places;
}

}  // namespace

MatchedCells match_cells(const std::array<std::vector<Cell>, 2>& all,
                         const std::array<RunArguments, 2>& own) {
  const std::array cells{usual_cells(all[0], own), usual_cells(all[1], own)};
  index_cells(cells[0], own, "--base");  // refuses ambiguous ones
  auto candidates = index_cells(cells[1], own, "--new");
  MatchedCells matched;
  for (const Cell& cell : cells[0]) {
    if (const auto found = candidates.extract(common_name(cell, own))) {
      matched.pairs.push_back(
          {.names = {cell_name(cell), cell_name(cells[1][found.mapped()])}, .cell = cell});
    } else {
      matched.unpaired[0].push_back(cell_name(cell));
    }
  }
  for (const auto& [name, place] : candidates) matched.unpaired[1].push_back(cell_name(cells[1][place]));
  return matched;
}

Plan plan_of(const MatchedCells& matched) {
  std::vector<Cell> cells;
  cells.reserve(matched.pairs.size());
  for (const auto& pair : matched.pairs) cells.push_back(pair.cell);
  return make_plan(cells, find_placements(), [](const Cell&) { return std::nullopt; });
}

}  // namespace ipcbench
