// For tests: mechanisms that work wrongly, so that a probe has something to find.
#pragma once

#include "mechanisms/testing/packet_pair.hpp"
#include "mechanisms/testing/planted_fault.hpp"

namespace ipcbench::testing {

using FaultyPair = Faulty<PacketPair, PresetFault>;

// A pair that does this until the next call.
inline MechanismEntry faulty_pair(const PlannedDeed& plan) {
  PresetFault::plan = plan;
  return entry_of<FaultyPair>();
}

inline constexpr PlannedDeed kNoFault{};
inline constexpr PlannedDeed kLosesEveryThird{.deed = Deed::lose, .at_message = 2, .every = 3};
inline constexpr PlannedDeed kLosesAll{.deed = Deed::lose, .every = 1};
inline constexpr PlannedDeed kSwapsTheFirstTwo{.deed = Deed::swap};
inline constexpr PlannedDeed kFailsWhenFull{.deed = Deed::throw_when_full, .every = 1};
inline constexpr PlannedDeed kHangsWhenCreated{.deed = Deed::hang, .moment = Moment::creating};
inline constexpr PlannedDeed kAbortsWhenCreated{.deed = Deed::abort, .moment = Moment::creating};
inline constexpr PlannedDeed kCannotBeCreated{.deed = Deed::throws, .moment = Moment::creating};
inline constexpr PlannedDeed kHangsWhenAttached{.deed = Deed::hang, .moment = Moment::attaching};
inline constexpr PlannedDeed kCrashesWhenAttached{.deed = Deed::segfault, .moment = Moment::attaching};

}  // namespace ipcbench::testing
