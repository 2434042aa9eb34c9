// A comparison as every format shows it: grouped and ordered, in the same words and figures.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"

namespace ipcbench {

using Findings = std::vector<const Finding*>;

// The metrics of one cell, of a family or of all cells, the worst first. Refers to the comparison.
struct FindingGroup {
  std::string name;
  Findings findings;
};

// A family with its cells, both the worst first. `findings` are about the family as a whole; a family of one
// cell has none.
struct ComparedFamily : FindingGroup {
  std::vector<FindingGroup> cells;
  [[nodiscard]] Verdict verdict() const;  // the worst of all
};

struct ComparedGroups {
  Findings whole;  // about all cells together; may be empty
  std::vector<ComparedFamily> families;
};

ComparedGroups group_findings(const Comparison& comparison);

// The same as one list: all cells together, then each family followed by its cells. No group is empty.
std::vector<FindingGroup> list_findings(const ComparedGroups& groups);

// Whether that verdict says that something changed: regressed, slower, improved, faster.
bool is_change(Verdict verdict);

// The verdict under which a cell is counted: the worst, but noise in one metric hides neither a change in
// another one nor that time is unchanged.
Verdict verdict_of_cell(const Findings& findings);

// The findings that explain a group's verdict: all metrics that share the worst verdict if that is a change,
// otherwise time alone (or the first metric if time is unknown).
Findings telling(const Findings& findings);

// Cells by verdict_of_cell(), including those that could not be compared. Only verdicts that occur, in
// their order.
struct VerdictCount {
  Verdict verdict;
  std::size_t cells;
};
std::vector<VerdictCount> count_cells(const Comparison& comparison);

// A ratio as a change: "+12.3 %", "-4.0 %"; from ten on as a factor, "x12.3". "?" if unknown.
std::string change_text(double ratio);
// "[+9.8, +14.9]", in per cent as change_text().
std::string interval_text(const Ratio& ratio);
// A share: "5.0 %"; ">1000 %" beyond that, "?" if unknown.
std::string share_text(double share);
// The corrected p value of the direction in which the estimate points: "0.0012", "<0.0001".
std::string p_text(const Finding& finding);

// "time +12.3 % [+9.8, +14.9], counts from 5.0 %, p 0.0012", and the reason if there is one.
std::string finding_sentence(const Finding& finding);
// The sentences of the findings that are telling(), separated by "; ".
std::string telling_sentences(const Findings& findings);

// "regressed" or "regressed (not gated)".
std::string verdict_text(const Finding& finding);

// The two sides: origin, version, host and time of each.
std::string sides_sentence(const Comparison& comparison);
// The method: paired, independent or informational, and the number of launches.
std::string method_sentence(const Comparison& comparison);

}  // namespace ipcbench
