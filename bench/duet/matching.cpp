#include "bench/duet/matching.hpp"

#include <fmt/format.h>

#include <map>

#include "bench/cli/exit_code.hpp"
#include "harness/base/cell.hpp"

namespace ipcbench {
namespace {

// The cell with the default on every axis and parameter that `arguments` set.
Cell without(Cell cell, const RunArguments& arguments) {
  for (const CellAxis* axis : named_axes()) {
    if (arguments.sets(axis->name)) axis->copy(cell, Cell{});
  }
  for (const std::string& sweep : arguments.param) cell.parameters.erase(sweep.substr(0, sweep.find('=')));
  return cell;
}

// The indices of a side's cells by the name without what the sides set.
std::map<std::string, std::size_t> index_cells(const std::vector<Cell>& cells,
                                               const std::array<RunArguments, 2>& own, const char* side) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string key = cell_name(without(without(cells[i], own[0]), own[1]));
    const auto [seen, is_new] = places.emplace(key, i);
    if (is_new) continue;
    throw UsageError(
        fmt::format("{}: {} and {} differ only in what --base-args or --new-args set, so it is open which "
                    "of them to compare; select one.",
                    side, cell_name(cells[seen->second]), cell_name(cells[i])));
  }
  return places;
}

}  // namespace

MatchedCells match_cells(const std::array<std::vector<Cell>, 2>& cells,
                         const std::array<RunArguments, 2>& own) {
  const auto base = index_cells(cells[0], own, "--base");
  const auto candidate = index_cells(cells[1], own, "--new");
  std::map<std::size_t, std::size_t> partner;  // by base's place
  MatchedCells matched;
  for (const auto& [key, place] : candidate) {
    if (const auto found = base.find(key); found != base.end()) {
      partner.emplace(found->second, place);
    } else {
      matched.unpaired[1].push_back(cell_name(cells[1][place]));
    }
  }
  for (std::size_t i = 0; i < cells[0].size(); ++i) {
    const std::string name = cell_name(cells[0][i]);
    if (const auto found = partner.find(i); found != partner.end()) {
      matched.pairs.push_back({.names = {name, cell_name(cells[1][found->second])}, .cell = cells[0][i]});
    } else {
      matched.unpaired[0].push_back(name);
    }
  }
  return matched;
}

}  // namespace ipcbench
