// Which facts separate fast machines from slow ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "results/comparison/class_rank.hpp"

namespace ipcbench {

enum class FactSide : std::uint8_t { with, without, untold };

// Machines that share a fact's value, which the ranked machine lacks, and those that have another one. A
// machine that does not tell the fact is in neither.
struct FactSplit {
  std::vector<Fact> facts;  // all that split the machines alike
  std::vector<Fact> own;
  std::vector<FactSide> sides;  // by machine
};

// All that have kFewestPeers machines on each side. Which those are does not depend on any figure, so that
// tests of all of them can be corrected for their number.
std::vector<FactSplit> fact_splits(const std::vector<Fact>& own,
                                   const std::vector<const std::vector<Fact>*>& machines);

// The two-sided test of a split, with p not yet corrected. `values`: of ln(ns), by machine.
Separation separation_by(const FactSplit& split, const std::vector<double>& values);

// Whether more than half of the machines in the fastest quarter that tell the fact have its value.
bool is_shared_by_best(const FactSplit& split, const std::vector<double>& values);

}  // namespace ipcbench
