#include "results/comparison/comparison_groups.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace ipcbench {
namespace {

// The element of that name, made if it is new. `places` remembers where each stands.
template <class Element>
Element& named(std::vector<Element>& elements, std::unordered_map<std::string, std::size_t>& places,
               const std::string& name) {
  const auto [place, is_new] = places.try_emplace(name, elements.size());
  if (is_new) elements.emplace_back().name = name;
  return elements[place->second];
}

}  // namespace

Verdict ComparedFamily::verdict() const {
  Verdict worst = Verdict::unchanged;
  if (!findings.empty()) worst = findings.front()->verdict;
  if (!cells.empty()) worst = std::min(worst, cells.front().verdict());
  return worst;
}

// Findings come with the worst first, so that the first of a cell or a family decides where it stands.
ComparedGroups group_findings(const Comparison& comparison) {
  ComparedGroups groups;
  std::unordered_map<std::string, std::size_t> families;
  std::unordered_map<std::string, std::unordered_map<std::string, std::size_t>> cells;
  for (const Finding& finding : comparison.findings) {
    if (finding.level == Level::whole) {
      groups.whole.push_back(&finding);
      continue;
    }
    const bool is_family = finding.level == Level::family;
    const std::string& name = is_family || finding.family.empty() ? finding.name : finding.family;
    ComparedFamily& family = named(groups.families, families, name);
    Findings& findings =
        is_family ? family.findings : named(family.cells, cells[name], finding.name).findings;
    findings.push_back(&finding);
  }
  return groups;
}

Findings telling(const Findings& findings) {
  if (findings.empty()) return {};
  const Verdict worst = findings.front()->verdict;
  const bool all = worst == Verdict::regressed || worst == Verdict::improved;
  Findings told;
  for (const Finding* finding : findings) {
    if (finding->verdict == worst && (all || finding->metric == Metric::time)) told.push_back(finding);
  }
  if (told.empty()) told.push_back(findings.front());
  return told;
}

std::vector<VerdictCount> count_cells(const Comparison& comparison) {
  std::array<std::size_t, kAxis<Verdict>.size()> counts{};
  for (const ComparedFamily& family : group_findings(comparison).families) {
    for (const ComparedCell& cell : family.cells) ++counts[static_cast<std::size_t>(cell.verdict())];
  }
  for (const Absence& absence : comparison.absences) ++counts[static_cast<std::size_t>(absence.verdict)];
  std::vector<VerdictCount> counted;
  for (const auto& [verdict, name, label] : kAxis<Verdict>) {
    const std::size_t cells = counts[static_cast<std::size_t>(verdict)];
    if (cells > 0) counted.push_back({verdict, cells});
  }
  return counted;
}

}  // namespace ipcbench
