// Which cells of the two sides of a duet belong together.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "bench/run/plan.hpp"
#include "bench/run/run_arguments.hpp"
#include "harness/base/cell.hpp"

namespace ipcbench {

struct MatchedCells {
  struct Pair {
    std::array<std::string, 2> names;  // base, new
    Cell cell;                         // base's
  };
  std::vector<Pair> pairs;                           // in the order of base
  std::array<std::vector<std::string>, 2> unpaired;  // of base alone, of new alone
};

// Cells match if their names do, apart from what `own`, the arguments of one side alone, sets: a duet of
// `--wait block` with `--wait spin` compares cells that differ in that. Of cells that differ only in a
// parameter that a side sets, those without it count. Throws UsageError if this makes two cells of one side
// the same.
MatchedCells match_cells(const std::array<std::vector<Cell>, 2>& all, const std::array<RunArguments, 2>& own);

// The pairs with their placements. Nothing else counts: this program may lack the mechanisms.
Plan plan_of(const MatchedCells& matched);

}  // namespace ipcbench
