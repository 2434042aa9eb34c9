// The load beside a launch (Cell::beside): processes that compete with the ends for CPUs or for memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/child.hpp"
#include "harness/base/mapping.hpp"
#include "harness/loops/control_block.hpp"

namespace ipcbench {

// The CPUs on which the load runs, a process on each, if the ends run on `used` (ascending; empty: not
// pinned) of `allowed`. cpu: on those of the ends. memory: on up to four that no end uses, or on those of the
// ends if there is no other. A few processes fill the memory's bandwidth, and each has its own megabytes.
std::vector<int> cpus_for_load(Beside load, const std::vector<int>& used, const std::vector<int>& allowed);

// Runs from its construction until its end. The processes are children of this one: they die with it, and
// once they have been waited for, their CPU time counts as ours and not as other programs' (HostActivity).
class LoadBeside {
 public:
  // Starts the load, normal processes (SCHED_OTHER), and waits until all of them work. Nothing for
  // Beside::none. Throws KernelError, and Error if one ends before it works.
  LoadBeside(Beside load, const std::vector<int>& cpus);

  // Throws Error if part of it has ended: the launch had less load than its cell says.
  void require_alive();

 private:
  struct Shared {
    std::atomic<std::uint32_t> working{0};
    SharedText<400> error;
  };

  void start(Beside load, int cpu);

  SharedMapping memory_;
  Shared* shared_;
  std::vector<Child> children_;
};

}  // namespace ipcbench
