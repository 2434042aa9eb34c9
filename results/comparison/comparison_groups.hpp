// A comparison in the order in which it is shown: families, the worst first, and in each its cells.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"

namespace ipcbench {

using Findings = std::vector<const Finding*>;

// The metrics of one cell; refers to the comparison.
struct ComparedCell {
  std::string name;
  Findings findings;  // the worst first
  [[nodiscard]] Verdict verdict() const { return findings.front()->verdict; }
};

struct ComparedFamily {
  std::string name;
  Findings findings;  // about the family as a whole; none if it has one cell
  std::vector<ComparedCell> cells;
  [[nodiscard]] Verdict verdict() const;  // the worst of all
};

struct ComparedGroups {
  Findings whole;  // about all cells together; may be none
  std::vector<ComparedFamily> families;
};

ComparedGroups group_findings(const Comparison& comparison);

// Of the metrics of one cell or family, those that tell: all that share a worst verdict that is a change or a
// failure, otherwise time alone, or what is first where that is not known.
Findings telling(const Findings& findings);

// Cells by their worst verdict, those that could not be compared included; only verdicts that occur, in their
// order.
struct VerdictCount {
  Verdict verdict;
  std::size_t cells;
};
std::vector<VerdictCount> count_cells(const Comparison& comparison);

}  // namespace ipcbench
