#include "harness/skip.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/registry.hpp"

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
  if (cell.size_bytes == 0) return "a message has at least 1 byte";
  const MessageLimit limit = entry.message_limit(cell.parameters);
  if (cell.size_bytes <= limit.bytes) return std::nullopt;
  return fmt::format("longer than the {} bytes that a message may have; {}", limit.bytes, limit.remedy);
}

}  // namespace

std::optional<std::string> why_skipped(const Cell& cell) {
  const MechanismEntry* entry = find_mechanism(cell.mechanism);
  if (entry == nullptr) return "there is no such mechanism";
  if (auto reason = entry->available()) return reason;
  if (!entry->traits.waits.contains(cell.wait)) {
    return fmt::format("it cannot wait by {}", name_of(cell.wait));
  }
  if (cell.peers == Peers::exec && entry->join == nullptr) {
    return "it has no name by which unrelated processes could join it";
  }
  if (auto reason = bad_parameter(*entry, cell.parameters)) return reason;
  return too_long(*entry, cell);
}

}  // namespace ipcbench
