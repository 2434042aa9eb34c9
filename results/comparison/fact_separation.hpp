// Which facts separate fast machines from slow ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/facts.hpp"

namespace ipcbench {

// With fewer other machines a rank says little, and as many have to be on each side of a fact.
inline constexpr std::size_t kFewestPeers = 3;

// Facts with these values are the same machines', so that the figures cannot tell them apart.
struct Separation {
  std::string cell;          // empty: all cells together
  std::vector<Fact> facts;   // as the fast machines have them
  std::vector<Fact> own;     // the same facts as the ranked machine has them
  double times_as_fast = 1;  // the median of the machines without over the median of those with them
  double p = 1;              // rank_sum_p(), corrected; see separations() of each kind
  std::size_t with = 0;
  std::size_t without = 0;
};

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
