// A cell: one point of the sweep. Reports are compared by the names of their cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "harness/base/axes.hpp"

namespace ipcbench {

// Kernel and mechanism settings by name (pipe_bytes, queue_depth, ...). As input: what the user asked
// for; a name that is absent means the default. As output: what the kernel says is in force.
using Settings = std::map<std::string, std::uint64_t, std::less<>>;

// The load of a paced cell: messages a second, or a percentage of the capacity that the same launch reached
// in its warm-up. Exactly one of the two is not 0.
struct OfferedLoad {
  std::uint64_t per_second = 0;
  std::uint32_t percent = 0;
  Arrivals arrivals = Arrivals::constant;

  friend bool operator==(const OfferedLoad&, const OfferedLoad&) = default;
};

// The most producers or consumers of a launch.
inline constexpr std::uint32_t kMaxFan = 64;

struct Cell {
  std::string mechanism;
  Pattern pattern = Pattern::latency;
  std::size_t size_bytes = 1;
  Wait wait = Wait::block;
  Peers peers = Peers::fork;
  Cpus cpus = Cpus::free;
  Payload payload = Payload::copy;
  Policy policy = Policy::other;
  OfferedLoad load = {};  // of paced
  std::uint32_t fan = 1;  // how many producers fanin has, how many consumers fanout
  Settings parameters;    // only those that differ from the mechanism's defaults

  friend bool operator==(const Cell&, const Cell&) = default;
};

// "pipe/latency/size:4096/wait:block/peers:fork/cpus:same": the axes in the order of kCellAxes, then every
// parameter that is not at its default ("/pipe_bytes:4096"). `without` leaves an axis out: the cells of a
// family differ in it.
std::string cell_name(const Cell& cell, std::string_view without = {});

}  // namespace ipcbench
