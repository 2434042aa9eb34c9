// The pairs of CPUs on this machine, by distance, and pinning to CPUs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/axes.hpp"
#include "harness/host/host_files.hpp"

namespace ipcbench {

struct Placement {
  Cpus cpus = Cpus::free;
  std::optional<int> producer_cpu;  // empty: not pinned
  std::optional<int> consumer_cpu;

  friend bool operator==(const Placement&, const Placement&) = default;
};

// The CPUs that the calling thread may run on, ascending. Throws KernelError.
std::vector<int> allowed_cpus();

// One placement for each class that some pair of allowed CPUs belongs to, in the order of the axis, and
// always `free`.
//
// Every pair of CPUs belongs to exactly one class. same: one CPU. smt: siblings of a core. node: different
// NUMA nodes or packages, even with a shared cache. llc: other pairs that share the last-level data cache.
// socket: the rest. If sysfs says nothing (virtual machines, boards without a cache description), each CPU
// counts as a core of its own, and all of them as one package and one node with one last-level cache. Offline
// CPUs are excluded.
//
// A class is represented by its pair of the fastest CPUs of equal speed (a big and a little core would
// measure the difference between the two), for node preferably across packages, then by the lowest numbers.
// CPU 0 is not avoided: `taskset -c 0` measures there, and a machine that reserves CPU 0 for housekeeping
// excludes it from the affinity mask.
std::vector<Placement> find_placements(const std::vector<int>& allowed = allowed_cpus(),
                                       const std::filesystem::path& sysfs_root = "/sys");

// The allowed CPUs that form a pair of that class with `cpu`, ascending; only `cpu` for `same`, none for
// `free`.
std::vector<int> cpus_at_distance(Cpus distance, int cpu, const std::vector<int>& allowed = allowed_cpus(),
                                  const std::filesystem::path& sysfs_root = "/sys");

// The CPUs of a chain of ends, of which each is as far from the one before it as the placement's two CPUs are
// from each other: one that none of them has yet while there is one, then the same again. Empty for `free`.
std::vector<int> cpus_of_chain(const Placement& placement, std::size_t ends,
                               const std::vector<int>& allowed = allowed_cpus(),
                               const std::filesystem::path& sysfs_root = "/sys");

// Where `pairs` pairs run at once: the first as given, each further one on two CPUs of that class and of the
// same speeds that the others use least, if possible on cores of its own. With more pairs than CPUs, they
// share CPUs. All alike for `free`.
std::vector<Placement> placements_of_pairs(const Placement& first, std::size_t pairs,
                                           const std::vector<int>& allowed = allowed_cpus(),
                                           const std::filesystem::path& sysfs_root = "/sys");

// One CPU of each core that is as fast as that CPU's and on the same NUMA node and package: `cpu` itself
// first, then the others, ascending.
std::vector<int> cpus_like(int cpu, const std::vector<int>& allowed = allowed_cpus(),
                           const std::filesystem::path& sysfs_root = "/sys");

// The NUMA nodes that have memory, by the kernel's numbers, ascending; none if sysfs says nothing.
std::vector<int> memory_nodes(const std::filesystem::path& sysfs_root = "/sys");

// The NUMA node of that CPU, by the kernel's number; empty if sysfs says nothing.
std::optional<int> node_of_cpu(int cpu, const std::filesystem::path& sysfs_root = "/sys");

// Pins the calling thread. Throws KernelError that names the CPU and those that are allowed.
void pin_to(int cpu);

// Tries whether the kernel accepts an affinity mask, by setting the present one again. Empty if it does,
// otherwise the reason and the remedy in one line. Throws as allowed_cpus() does.
std::optional<std::string> why_unpinnable();

// The CPU that the calling thread is pinned to, read back from the kernel; empty if it may run on several.
std::optional<int> pinned_cpu();

}  // namespace ipcbench
