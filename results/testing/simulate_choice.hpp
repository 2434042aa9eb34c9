// Simulates the choice of the cells that a duet runs again.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ipcbench::testing {

// Prints how often a doubled cell among many that are hardly slower is chosen, and how often everything is
// chosen although nothing has changed. Suite i has seed `seed` + i.
void print_choice(std::size_t suites, std::uint64_t seed);

}  // namespace ipcbench::testing
