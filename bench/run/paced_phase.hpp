// How long the timed phase of a cell is whose messages are sent now and then: long enough for a thousand
// paced messages, or a hundred after pauses, if there is time.
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

// After pauses (Cell::idle_ns): so many have ten samples beyond the 90th percentile of one launch. The median
// has as many with the least, whatever the budget is.
inline constexpr std::uint64_t kWantedAfterPauses = 100;
inline constexpr std::uint64_t kLeastAfterPauses = 20;

// The longest timed phase of such a cell: the share of the budget that each of so many cells' planned
// launches has, less the warm-up; without a budget 6 s. Never shorter than the phase of other cells.
std::chrono::nanoseconds longest_timed(const RoundsOptions& options, std::size_t cells);

// The phases of a launch of the cell. At an absolute rate the timed phase lasts for kWantedMessages, but no
// longer than options.longest_timed: of a mix, for as many of its slowest stream. With pauses it lasts for
// kWantedAfterPauses within that time, and for kLeastAfterPauses in any case. Every other cell, and one of
// options.brief, has options.phases, as all have where options.longest_timed is empty.
LaunchPhases phases_for(const Cell& cell, const RoundsOptions& options);

// A warning for each rate at which the phase is too short for kWantedMessages: the first cell with its number
// of messages, how many more there are, and what to give. One more for the longest pause, if the phase that
// was given is too short for kLeastAfterPauses.
std::vector<Doubt> short_phase_doubts(const std::vector<PlannedCell>& cells, const RoundsOptions& options);

}  // namespace ipcbench
