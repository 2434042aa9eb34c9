// The values of each axis in a sweep, their product, and the profiles, which are sweeps.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/host/topology.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// The values of each axis by name, as CellAxis::text writes them. An absent axis has only its default.
using AxisValues = std::map<std::string, std::vector<std::string>, std::less<>>;

// {{"size", "64,4KiB"}, {"wait", "block"}}: lists as the command line takes them.
// Throws std::invalid_argument.
AxisValues parse_axes(std::initializer_list<std::pair<std::string_view, std::string_view>> lists);

// The subset of a profile's values that one mechanism supports on this machine. The rest is dropped silently:
// `ipcbench list` and `ipcbench doctor` show it. A mechanism that cannot block spins instead, and one that
// works between threads only has threads instead of related processes. A mechanism whose longest message is
// shorter than the profile's sizes is also measured with that length.
AxisValues feasible_values(AxisValues values, const MechanismEntry& entry,
                           const std::vector<Placement>& placements);

// The number of combinations, computed without making them.
double count_cells(const AxisValues& values, std::size_t parameter_sets);

// Every combination in a fixed order: the pattern varies slowest, then the axes that only some patterns have,
// then the other ones in the table's order, then the parameters; the size varies fastest.
std::vector<Cell> product(const AxisValues& values, std::string_view mechanism,
                          const std::vector<Settings>& parameter_sets);

// The cells that are measured by default, and how long that may take.
struct Profile {
  // The values of the parameter that decides how much can be under way (Parameter::tuned): the mechanism's
  // default, the tuned value, or a sweep from a 64th of that to four times it. Without such a parameter a
  // mechanism has a part only in blocks of defaults.
  enum class Buffers { defaults, tuned, swept };
  // distinct: without variants of another mechanism (Traits::variant_of). without_libraries: without those of
  // libraries as well. The ones that the user names have a part in every block.
  enum class Mechanisms { all, distinct, without_libraries };
  struct Block {
    AxisValues values;  // their product, as far as the mechanism can serve it
    Buffers buffers = Buffers::defaults;
    // The block makes sense for its own patterns, ways of waiting and placements only. The user's values
    // narrow these instead of replacing them.
    bool narrow = false;
    Mechanisms which = Mechanisms::all;
  };

  std::string_view name;
  std::string_view summary;
  std::vector<Block> blocks;
  std::uint32_t launches = 1;  // of each cell, as far as the budget allows: see run_rounds()
  std::chrono::nanoseconds warm_up{};
  std::chrono::nanoseconds timed{};
  std::optional<std::chrono::nanoseconds> budget;  // for all launches; empty: unbounded
};

// quick, standard, full: sized for 60 s, 10 minutes and an hour on two CPUs, charts included.
std::span<const Profile> profiles();

}  // namespace ipcbench
