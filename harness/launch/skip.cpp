#include "harness/launch/skip.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/contract/feasibility.hpp"
#include "harness/launch/scheduling.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

std::optional<std::string> bad_parameter(const MechanismEntry& entry, const Settings& parameters) {
  for (const auto& [name, value] : parameters) {
    const auto known = std::ranges::find(entry.parameters, name, &Parameter::name);
    if (known == entry.parameters.end())
      return fmt::format("{} has no parameter {}", entry.traits.name, name);
    if (value < known->min || value > known->max) {
      return fmt::format("{} must be from {} to {}", name, known->min, known->max);
    }
  }
  return std::nullopt;
}

std::optional<std::string> too_long(const MechanismEntry& entry, const Cell& cell) {
  const MessageLimit limit = entry.message_limit(cell.parameters);
  if (cell.size_bytes <= limit.bytes) return std::nullopt;
  return fmt::format("longer than the {} bytes that a message may have; {}", limit.bytes, limit.remedy);
}

}  // namespace

std::optional<std::string> why_skipped(const Cell& cell) {
  const MechanismEntry* entry = find_mechanism(cell.mechanism);
  if (entry == nullptr) return "there is no such mechanism";
  if (auto reason = ask_whether_available(*entry)) return reason;
  if (auto reason = why_infeasible(entry->traits, entry->join != nullptr, cell)) return reason;
  if (auto reason = why_unschedulable(cell.policy)) return reason;
  if (auto reason = bad_parameter(*entry, cell.parameters)) return reason;
  if (auto reason = too_long(*entry, cell)) return reason;
  return entry->refuses == nullptr ? std::nullopt : entry->refuses(cell);
}

}  // namespace ipcbench
