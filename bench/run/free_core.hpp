// Launches whose ends share a CPU run where nobody else uses the core.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <vector>

#include "bench/run/rounds_options.hpp"
#include "harness/host/topology.hpp"

namespace ipcbench {

// Chooses the CPU of each launch of the placement `same` among those that are alike. On a virtual machine,
// the neighbours of some cores stay for minutes: on one of two CPUs, 79 % of a session's launches had to be
// left out of the summary (OwnCore). The fixed work decides, as there, and not the messages' times.
class FreeCore {
 public:
  // The time of the fixed work on that CPU, now; infinite if it cannot be had.
  using Work = std::function<double(int cpu)>;
  using Alike = std::function<std::vector<int>(int cpu)>;
  explicit FreeCore(
      Work work_ns = work_ns_on, Alike alike = [](int cpu) { return cpus_like(cpu); })
      : work_ns_(std::move(work_ns)), alike_(std::move(alike)) {}

  // The planned CPU if its core is free, else the first of its like whose core is, else the one that has most
  // of its own. Other placements stay as they are.
  Placement choose(Placement planned);

 private:
  static constexpr std::size_t kMostTried = 8;  // a try takes a tenth of a millisecond
  static double work_ns_on(int cpu);
  int free_one_of(const std::vector<int>& cpus);

  Work work_ns_;
  Alike alike_;
  std::map<int, std::vector<int>> like_;  // by planned CPU
  double least_ns_ = std::numeric_limits<double>::infinity();
};

// The same options, with that choice before each launch.
RoundsOptions on_free_cores(RoundsOptions rounds);

}  // namespace ipcbench
