#include "results/comparison/cell_groups.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace ipcbench {

std::vector<CellPair> common_cells(const SampledReport& base, const SampledReport& candidate) {
  std::unordered_map<std::string, const SampledCell*> candidates;
  for (const SampledCell& cell : candidate.cells) candidates.emplace(cell.name, &cell);
  std::vector<CellPair> pairs;
  for (const SampledCell& cell : base.cells) {
    const auto found = candidates.find(cell.name);
    if (found != candidates.end()) pairs.push_back({&cell, found->second});
  }
  return pairs;
}

std::string family_of(const SampledCell& cell, const GateSettings& settings) {
  for (const FamilyRule& rule : settings.families) {
    if (matches(rule.cells, cell.name)) return rule.name;
  }
  return cell.family;
}

std::vector<CellGroup> families_of(const std::vector<CellPair>& cells, const GateSettings& settings) {
  std::vector<CellGroup> groups;
  std::unordered_map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].base->pinned) continue;
    const std::string name = family_of(*cells[i].base, settings);
    const auto [entry, is_new] = place.try_emplace(name, groups.size());
    if (is_new) groups.push_back({name, {}});
    groups[entry->second].cells.push_back(i);
  }
  std::erase_if(groups, [](const CellGroup& group) { return group.cells.size() < 2; });
  return groups;
}

std::vector<CellGroup> whole_of(const std::vector<CellPair>& cells, const GateSettings& settings) {
  CellGroup whole{kWholeName, {}};
  std::set<std::string> families;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].base->pinned) continue;
    whole.cells.push_back(i);
    families.insert(family_of(*cells[i].base, settings));
  }
  if (families.size() < 2) return {};
  return {whole};
}

}  // namespace ipcbench
