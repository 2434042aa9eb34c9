// The NUMA node on which a mechanism's memory is made (numa(7)).
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/contract/traits.hpp"
#include "harness/host/topology.hpp"

namespace ipcbench {

// The nodes on which to make it; none: leave it to the kernel, because there is one node only or the end is
// not pinned.
std::vector<int> nodes_for(MemoryNode memory, const Placement& placement,
                           const std::filesystem::path& sysfs_root = "/sys");

// Until the end of this object's life, what this thread allocates goes to the nodes of nodes_for() as long as
// they have room. If the kernel refuses, the default (the consumer's node) remains a wish, and anything else
// is an error: throws KernelError.
class MemoryPlacement {
 public:
  MemoryPlacement(MemoryNode memory, const Placement& placement);
  ~MemoryPlacement();
  MemoryPlacement(const MemoryPlacement&) = delete;
  MemoryPlacement& operator=(const MemoryPlacement&) = delete;

 private:
  bool changed_ = false;
  int mode_before_ = 0;
  std::array<unsigned long, 64> nodes_before_{};
};

// Empty: the memory can be made there. Otherwise the reason.
std::optional<std::string> why_unplaceable(const Cell& cell, const Traits& traits);

}  // namespace ipcbench
