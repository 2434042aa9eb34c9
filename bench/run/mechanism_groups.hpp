// Names for several mechanisms at once: groups, which follow from their kinds and traits, and patterns.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/mechanism_info.hpp"
#include "harness/registry/known_mechanisms.hpp"

namespace ipcbench {

struct MechanismGroup {
  std::string_view name;     // no mechanism's name
  std::string_view summary;  // what its mechanisms have in common
  bool (*has)(const MechanismInfo& mechanism);
};

// One group for each kind of mechanism, and some by trait.
std::span<const MechanismGroup> mechanism_groups();

// "shm,unix_*,pipe": names of mechanisms, of groups, of kinds (where no mechanism has that name), and
// patterns in which * stands for any text. Returns the mechanisms' names, each once, in the order of the list
// and of `among`. Throws UsageError, which names the argument and suggests what may be meant.
std::vector<std::string> parse_mechanisms(std::string_view argument, const std::vector<std::string>& texts,
                                          std::span<const MechanismInfo> among = known_mechanisms());

}  // namespace ipcbench
