// What this machine refuses when it is tried: asked before anything is launched, so that a limit that is too
// low is a reason to skip and not a failure.
#pragma once

#include <optional>
#include <string>

#include "harness/base/cell.hpp"
#include "harness/contract/mechanism.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// Creates the objects of one launch of that cell, and removes them again: a tenth of a millisecond for most.
// Empty if the system gave them; otherwise its reason, with a remedy, in one line. Only what the system says
// counts (is_refusal() in harness/base/error.hpp): another error is the mechanism's own, and left for a
// launch to fail by. The cell must be one that `why_skipped` (skip.hpp) lets through.
std::optional<std::string> why_refused(const Cell& cell);

// Whether the mechanism can be had here at all: what it says of itself, then what creating its smallest
// objects comes to.
Unavailable why_unavailable(const MechanismEntry& entry);

}  // namespace ipcbench
