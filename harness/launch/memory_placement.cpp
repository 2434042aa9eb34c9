#include "harness/launch/memory_placement.hpp"

#include <fmt/format.h>
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <limits>

#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kNodesPerWord = std::numeric_limits<unsigned long>::digits;

using NodeMask = std::array<unsigned long, 64>;
// The kernel leaves out the last bit that it is told of.
constexpr unsigned long kNodeMaskBits = std::tuple_size_v<NodeMask> * kNodesPerWord + 1;

NodeMask mask_of(const std::vector<int>& nodes) {
  NodeMask mask{};
  for (const int node : nodes) {
    const auto bit = static_cast<std::size_t>(node);
    mask.at(bit / kNodesPerWord) |= 1UL << bit % kNodesPerWord;
  }
  return mask;
}

}  // namespace

std::vector<int> nodes_for(MemoryNode memory, const Placement& placement,
                           const std::filesystem::path& sysfs_root) {
  std::vector<int> nodes = memory_nodes(sysfs_root);
  if (nodes.size() < 2) return {};
  if (memory == MemoryNode::interleave) return nodes;
  const auto cpu = memory == MemoryNode::producer ? placement.producer_cpu : placement.consumer_cpu;
  const auto node = cpu ? node_of_cpu(*cpu, sysfs_root) : std::nullopt;
  return node ? std::vector{*node} : std::vector<int>();
}

MemoryPlacement::MemoryPlacement(MemoryNode memory, const Placement& placement) {
  const std::vector<int> nodes = nodes_for(memory, placement);
  if (nodes.empty()) return;
  const NodeMask mask = mask_of(nodes);
  const int mode = memory == MemoryNode::interleave ? MPOL_INTERLEAVE : MPOL_PREFERRED;
  changed_ =
      syscall(SYS_get_mempolicy, &mode_before_, nodes_before_.data(), kNodeMaskBits, nullptr, 0UL) == 0 &&
      syscall(SYS_set_mempolicy, mode, mask.data(), kNodeMaskBits) == 0;
  if (!changed_ && memory != MemoryNode::consumer) throw_errno("cannot choose a NUMA node (set_mempolicy)");
}

MemoryPlacement::~MemoryPlacement() {
  if (changed_) syscall(SYS_set_mempolicy, mode_before_, nodes_before_.data(), kNodeMaskBits);
}

std::optional<std::string> why_unplaceable(const Cell& cell, const Traits& traits) {
  if (cell.memory == MemoryNode::consumer) return std::nullopt;
  if (!traits.in_memory) return fmt::format("{} has no shared memory to place", traits.name);
  if (memory_nodes().size() < 2) return "this machine has one NUMA node";
  if (cell.memory == MemoryNode::producer && cell.cpus == Cpus::free)
    return "the producer is not pinned, so no NUMA node is its own";
  return std::nullopt;
}

}  // namespace ipcbench
