// The cells of a run: a profile's blocks, in which the user's values replace the profile's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/run/sweep.hpp"
#include "harness/host/topology.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// The values of a swept parameter; an empty one is the mechanism's default.
using Sweep = std::vector<std::optional<std::uint64_t>>;

using Sweeps = std::map<std::string, Sweep, std::less<>>;  // by the parameter's name

// The user's choice. An absent axis keeps the profile's values, an absent mechanism means all of them.
struct Selection {
  AxisValues axes;
  Sweeps parameters;
  std::optional<std::regex> filter;  // searched for in the cell's name
};

// Parses the argument of --param: "pipe_bytes=4096,64KiB,default". Throws UsageError.
std::pair<std::string, Sweep> parse_sweep(std::string_view argument, const std::string& text);

// The mechanisms with these names, in the registry's order; all of them if there is no name.
std::vector<const MechanismEntry*> mechanisms_named(const std::vector<std::string>& names,
                                                    std::span<const MechanismEntry> all = mechanisms());

// The cells, each once, in a fixed order. A value that the user named is kept even where the mechanism or the
// machine lacks it, so that it is reported as skipped.
// Throws UsageError if no selected mechanism has a swept parameter, if no cell is left, if there are more
// than 100,000, or if a choice concerns none of them (a rate without paced cells).
std::vector<Cell> select_cells(const Profile& profile, const Selection& selection,
                               std::span<const MechanismEntry> mechanisms,
                               const std::vector<Placement>& placements);

}  // namespace ipcbench
