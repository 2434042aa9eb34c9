// The mechanisms of this program, as a report describes them.
#pragma once

#include <vector>

#include "harness/base/mechanism_info.hpp"

namespace ipcbench {

// In the order of mechanisms(), and made at the first call: plug-ins have to be loaded before.
const std::vector<MechanismInfo>& known_mechanisms();

}  // namespace ipcbench
