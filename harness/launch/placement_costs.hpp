// What a placement costs before any mechanism: moving a cache line, and waking a sleeper.
#pragma once

#include <chrono>
#include <optional>

#include "harness/host/topology.hpp"

namespace ipcbench {

struct PlacementCosts {
  std::optional<double> line_rtt_ns;  // median; empty unless pinned to two CPUs
  std::optional<double> wake_ns;      // median; empty if no thread could be started there
};

// Measured between two threads on these CPUs at the first call for them (20 to 40 ms), and remembered.
const PlacementCosts& placement_costs(const Placement& placement);

// How long `adaptive` spins there before it sleeps: as long as a wake-up takes, but 1 us to 1 ms. Then it
// costs at most twice as much as the best choice in hindsight (Karlin et al., SOSP 1991). 20 us if the
// wake-up is unknown.
std::chrono::microseconds adaptive_spin(const PlacementCosts& costs);

}  // namespace ipcbench
