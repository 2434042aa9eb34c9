#include "harness/loops/cost_meter.hpp"

#include <sys/resource.h>

#include "harness/base/clock.hpp"

namespace ipcbench {
namespace {

// For the calling thread only, so that two ends in one process are kept apart. CPU time comes from the
// thread's clock, because getrusage counts in microseconds, and on some kernels in scheduler ticks.
SideCost spent_so_far() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  SideCost cost;
  cost.cpu_ns = thread_cpu_ns();
  cost.voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw);
  cost.involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw);
  cost.minor_faults = static_cast<std::uint64_t>(usage.ru_minflt);
  return cost;
}

}  // namespace

void CostMeter::start() { at_start_ = spent_so_far(); }

SideCost CostMeter::stop() const {
  SideCost cost = spent_so_far();
  cost.cpu_ns -= at_start_.cpu_ns;
  cost.voluntary_switches -= at_start_.voluntary_switches;
  cost.involuntary_switches -= at_start_.involuntary_switches;
  cost.minor_faults -= at_start_.minor_faults;
  return cost;
}

}  // namespace ipcbench
