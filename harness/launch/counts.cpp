#include "harness/launch/counts.hpp"

#include "harness/launch/sums.hpp"

namespace ipcbench {
namespace {

SideCounts counts_of(const ControlBlock& control, Side side) {
  SideCounts sum = control.ends[place_of({side, 0})].counts;
  for (std::uint32_t i = 1; i < control.job.ends_of(side); ++i) {
    add(sum, control.ends[place_of({side, i})].counts);
  }
  return sum;
}

// The first end's reason stands for those of the others.
std::vector<MissingCounter> missing_counters(const ControlBlock& control) {
  std::vector<MissingCounter> missing;
  for (std::size_t i = 0; i < kCounters.size(); ++i) {
    for (const EndId end : ends_of(control.job)) {
      const std::string reason = control.ends[place_of(end)].uncounted[i].str();
      if (reason.empty()) continue;
      missing.push_back({std::string(kCounters[i].name), reason});
      break;
    }
  }
  return missing;
}

}  // namespace

LaunchCounts counts_of(const ControlBlock& control) {
  return {.producer = counts_of(control, Side::producer),
          .consumer = counts_of(control, Side::consumer),
          .missing = missing_counters(control)};
}

}  // namespace ipcbench
