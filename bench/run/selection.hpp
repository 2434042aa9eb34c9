// Which cells a run is about: a profile's blocks, with the axes that the user chose in place of theirs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/run/profile.hpp"
#include "bench/run/sweep.hpp"
#include "harness/base/cell.hpp"
#include "harness/host/topology.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// "5000" (messages a second) or "50%" (of what the mechanism was able to move). Throws UsageError.
Rate parse_rate(std::string_view argument, const std::string& text);

// The values of a swept parameter; empty: the mechanism's default.
using Sweep = std::vector<std::optional<std::uint64_t>>;

// What the user chose. An empty list leaves the profile's choice as it is.
struct Selection {
  std::vector<std::string> mechanisms;
  Axes axes;
  std::map<std::string, Sweep, std::less<>> parameters;  // by name
  std::optional<std::regex> filter;                      // searched for in the cell's name
};

// "pipe_bytes=4096,64KiB,default" as the argument of --param. Throws UsageError.
std::pair<std::string, Sweep> parse_sweep(std::string_view argument, const std::string& text);

// The cells, each once, in a fixed order. What the user named is kept even where the mechanism or the machine
// lacks it, so that it can be reported as skipped.
// Throws UsageError: no selected mechanism has a swept parameter, nothing is left, or it is more than a
// million.
std::vector<Cell> select_cells(const Profile& profile, const Selection& selection,
                               std::span<const MechanismEntry> mechanisms,
                               const std::vector<Placement>& placements);

}  // namespace ipcbench
