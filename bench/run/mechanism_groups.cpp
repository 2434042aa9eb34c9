#include "bench/run/mechanism_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "bench/cli/arguments.hpp"
#include "results/comparison/gate_settings.hpp"

namespace ipcbench {
namespace {

template <MechanismKind Kind>
bool is_of(const MechanismInfo& mechanism) {
  return mechanism.kind == Kind;
}
bool carries_messages(const MechanismInfo& mechanism) {
  return mechanism.carries_bytes && !is_floor(mechanism);
}

constexpr std::array kGroups{
    MechanismGroup{"all", "every mechanism, floors included", [](const MechanismInfo&) { return true; }},
    MechanismGroup{"shm", "shared memory", is_of<MechanismKind::shared_memory>},
    MechanismGroup{"process_memory", "copies straight from process to process",
                   is_of<MechanismKind::process_memory>},
    MechanismGroup{"pipes", "pipes with and without a name", is_of<MechanismKind::pipe>},
    MechanismGroup{"sockets", "sockets", is_of<MechanismKind::socket>},
    MechanismGroup{"queues", "message queues of the kernel", is_of<MechanismKind::queue>},
    MechanismGroup{"signals", "signals", is_of<MechanismKind::signal>},
    MechanismGroup{"sync", "semaphores, locks, events", is_of<MechanismKind::synchronisation>},
    MechanismGroup{"files", "files", is_of<MechanismKind::file>},
    MechanismGroup{"descriptors", "descriptors that are passed on", is_of<MechanismKind::descriptor>},
    MechanismGroup{"libraries", "libraries for messages", is_of<MechanismKind::library>},
    MechanismGroup{"floors", "the price of the harness and of copying", is_of<MechanismKind::floor>},
    MechanismGroup{"rings", "byte streams through shared memory", is_memory_ring},
    MechanismGroup{
        "streams", "byte streams",
        [](const MechanismInfo& mechanism) { return carries_messages(mechanism) && mechanism.stream; }},
    MechanismGroup{
        "messages", "what keeps messages apart",
        [](const MechanismInfo& mechanism) { return carries_messages(mechanism) && !mechanism.stream; }},
    MechanismGroup{"tokens", "notifications without payload", [](const MechanismInfo& mechanism) {
                     return !mechanism.carries_bytes && !is_floor(mechanism);
                   }}};

// What one item of a list means; null: nothing.
std::function<bool(const MechanismInfo&)> meaning_of(const std::string& item,
                                                     std::span<const MechanismInfo> among) {
  if (find_info(among, item) != nullptr) {
    return [&item](const MechanismInfo& mechanism) { return mechanism.name == item; };
  }
  const auto group = std::ranges::find(kGroups, item, &MechanismGroup::name);
  if (group != kGroups.end()) return group->has;
  if (const auto kind = parse_axis<MechanismKind>(item)) {
    return [kind](const MechanismInfo& mechanism) { return mechanism.kind == *kind; };
  }
  if (item.find('*') == std::string::npos) return nullptr;
  return [&item](const MechanismInfo& mechanism) { return matches(item, mechanism.name); };
}

// Groups first: the names are many.
std::vector<std::string> all_names(std::span<const MechanismInfo> among) {
  std::vector<std::string> names;
  names.reserve(kGroups.size() + among.size());
  for (const MechanismGroup& group : kGroups) names.emplace_back(group.name);
  for (const MechanismInfo& mechanism : among) names.push_back(mechanism.name);
  return names;
}

}  // namespace

std::span<const MechanismGroup> mechanism_groups() { return kGroups; }

std::vector<std::string> parse_mechanisms(std::string_view argument, const std::vector<std::string>& texts,
                                          std::span<const MechanismInfo> among) {
  std::vector<std::string> names;
  for (const std::string& item : split_list(argument, texts)) {
    const auto means = meaning_of(item, among);
    if (!means) throw UsageError(unknown_name(argument, item, all_names(among)));
    bool found = false;
    for (const MechanismInfo& mechanism : among) {
      if (!means(mechanism)) continue;
      found = true;
      if (std::ranges::find(names, mechanism.name) == names.end()) names.push_back(mechanism.name);
    }
    if (!found) {
      throw UsageError(
          fmt::format("{}: '{}' fits no mechanism; `ipcbench list` shows them.", argument, item));
    }
  }
  return names;
}

}  // namespace ipcbench
