#include "harness/registry/known_mechanisms.hpp"

#include "harness/registry/registry.hpp"

namespace ipcbench {

const std::vector<MechanismInfo>& known_mechanisms() {
  static const std::vector<MechanismInfo> known = [] {
    std::vector<MechanismInfo> all;
    for (const MechanismEntry& entry : mechanisms()) all.push_back(info_of(entry.traits));
    return all;
  }();
  return known;
}

}  // namespace ipcbench
