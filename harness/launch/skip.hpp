// Decides which cells cannot be measured, and why, before anything is launched. A limit that is too low then
// skips a cell instead of failing it.
#pragma once

#include <optional>
#include <string>

#include "harness/base/cell.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// Empty: the cell can be launched. Otherwise the reason in one line, with the remedy where there is one:
// unknown or unavailable mechanism, a waiting strategy or pattern that it does not support, unrelated ends
// that cannot reach its objects, a boundary that this system does not have, an unknown parameter or one out
// of range, a message longer than the kernel takes or shorter than the mechanism can carry.
std::optional<std::string> why_skipped(const Cell& cell);

// Creates the objects of one launch of that cell and removes them again (0.1 ms for most). Empty if that
// worked, else the system's reason with a remedy in one line. Only refusals of the system count (is_refusal()
// in harness/base/error.hpp), and what a library says while something is short; any other error is the
// mechanism's own, and a launch will fail with it. The cell must be one that why_skipped() lets through.
std::optional<std::string> why_refused(const Cell& cell);

// Launches a pair of that cell for a few milliseconds across its boundary. Empty if that worked, or if there
// is no boundary, else what went wrong: nobody has to know beforehand what each mechanism can reach. The cell
// must be one that why_skipped() lets through.
std::optional<std::string> why_not_across(const Cell& cell);

// Whether the mechanism works here at all: asks the mechanism, then tries to create its smallest objects.
Unavailable why_unavailable(const MechanismEntry& entry);

}  // namespace ipcbench
