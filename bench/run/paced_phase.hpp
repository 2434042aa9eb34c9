// How long the timed phase of a paced cell is: long enough for a thousand messages, if there is time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/run/rounds_options.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/facts.hpp"

namespace ipcbench {

// So many have ten samples beyond the 99th percentile, without which it is not reported.
inline constexpr std::uint64_t kWantedMessages = 1'000;

// The longest timed phase of a paced cell: the share of the budget that each of so many cells' planned
// launches has, less the warm-up; without a budget 6 s. Never shorter than the phase of other cells.
std::chrono::nanoseconds longest_timed(const RoundsOptions& options, std::size_t cells);

// The phases of a launch of the cell. At an absolute rate the timed phase lasts for kWantedMessages, but no
// longer than options.longest_timed: of a mix, for as many of its slowest stream. Every other cell, and one
// of options.brief, has options.phases.
LaunchPhases phases_for(const Cell& cell, const RoundsOptions& options);

// A warning for each rate at which the phase is too short for kWantedMessages: the first cell with its number
// of messages, how many more there are, and what to give.
std::vector<Doubt> short_phase_doubts(const std::vector<PlannedCell>& cells, const RoundsOptions& options);

}  // namespace ipcbench
