// The axes of a sweep, and their product.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/host/topology.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// How fast a paced cell offers messages; exactly one of the two is not 0.
struct Rate {
  std::uint64_t per_second = 0;
  std::uint32_t percent = 0;  // of what the same launch was able to move in its warm-up
};

// The values of each axis. Rates and arrivals are of paced, fans of fanin and fanout.
struct Axes {
  std::vector<Pattern> patterns = {};
  std::vector<std::uint64_t> sizes_bytes = {};
  std::vector<Wait> waits = {};
  std::vector<Peers> peers = {};
  std::vector<Cpus> cpus = {};
  std::vector<Payload> payloads = {};
  std::vector<Rate> rates = {};
  std::vector<Arrivals> arrivals = {};
  std::vector<std::uint32_t> fans = {};
};

// A profile's axes for one mechanism: what it excludes by design drops out without a word, since it says so
// in `ipcbench list`. One that cannot block spins instead; of messages that are too short for the profile's
// sizes, the longest are taken as well. Classes of placement that the machine lacks drop out too.
Axes fitted(Axes axes, const MechanismEntry& entry, const std::vector<Placement>& placements);

// `axes` with the values of `chosen` in place of its own on each axis on which there are any.
Axes replaced(Axes axes, const Axes& chosen);

// How many combinations there are, without making them.
double count_cells(const Axes& axes, std::size_t parameters);

// Every combination, in a fixed order.
std::vector<Cell> product(const Axes& axes, const std::string& mechanism,
                          const std::vector<Settings>& parameters);

}  // namespace ipcbench
