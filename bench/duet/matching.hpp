// Which cells of the two sides of a duet belong together.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "bench/run/run_arguments.hpp"
#include "harness/base/cell.hpp"

namespace ipcbench {

struct MatchedCells {
  struct Pair {
    std::array<std::string, 2> names;  // of base and new
    Cell cell;                         // of base
  };
  std::vector<Pair> pairs;                           // in the order of base
  std::array<std::vector<std::string>, 2> unpaired;  // that only base, only new has
};

// Cells are the same if their names are, but for what the arguments of either side alone set: a duet of
// `--wait block` with `--wait spin` compares cells that differ in that. `own`: those arguments, base's and
// new's. Throws UsageError if that makes two cells of one side the same.
MatchedCells match_cells(const std::array<std::vector<Cell>, 2>& cells,
                         const std::array<RunArguments, 2>& own);

}  // namespace ipcbench
