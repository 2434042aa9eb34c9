// Which cells cannot be measured, and why: asked before anything is launched.
#pragma once

#include <optional>
#include <string>

#include "harness/base/cell.hpp"

namespace ipcbench {

// Empty: the cell can be launched. Otherwise the reason in one line, with the remedy where there is one:
// unknown or unavailable mechanism, a waiting strategy or a pattern that it cannot honour, unrelated ends for
// a mechanism that they cannot get at, an unknown parameter or one out of range, a message longer than the
// kernel takes or shorter than the mechanism can carry.
std::optional<std::string> why_skipped(const Cell& cell);

}  // namespace ipcbench
