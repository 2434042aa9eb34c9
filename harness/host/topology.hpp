// Which pairs of CPUs this machine offers, by distance, and pinning to them.
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

// The CPUs that the calling thread may run on, ascending. Throws KernelError if the kernel does not
// say.
std::vector<int> allowed_cpus();

// One placement for every class that a pair of the allowed CPUs is in, in the order of the axis; `free`
// always.
//
// Every pair of CPUs is in exactly one class. One CPU: same. Siblings of a core: smt. CPUs of different NUMA
// nodes or packages: node, even where they share a cache. Of the rest, those that share the last-level data
// cache: llc, the others: socket.
// What sysfs does not tell is taken as: a core of its own for each CPU, one package, one node, and a
// last-level cache shared by the whole package (virtual machines and boards without cache description). CPUs
// that are offline are left out.
//
// Of a class's pairs, that of the fastest CPUs of equal speed is taken (a mixed pair of a big and a little
// core would measure the difference of the two), for node one across packages if there is one, and then the
// lowest numbers. CPU 0 is not avoided: it is where `taskset -c 0` measures, and a machine whose CPU 0 is
// kept for housekeeping says so by the affinity mask.
std::vector<Placement> find_placements(const std::vector<int>& allowed = allowed_cpus(),
                                       const std::filesystem::path& sysfs_root = "/sys");

// The allowed CPUs whose pair with `cpu` is of that class, ascending; for `same` that one alone, for `free`
// none.
std::vector<int> cpus_at_distance(Cpus distance, int cpu, const std::vector<int>& allowed = allowed_cpus(),
                                  const std::filesystem::path& sysfs_root = "/sys");

// Pins the calling thread. Throws KernelError that names the CPU and those that are allowed.
void pin_to(int cpu);

// Whether the kernel takes an affinity mask at all, found out by setting the one that is in force; empty: it
// does. Otherwise the reason and the remedy, in one line. Throws as allowed_cpus() does.
std::optional<std::string> why_unpinnable();

// The CPU that the calling thread is pinned to, read back from the kernel; empty if it may run on several.
std::optional<int> pinned_cpu();

}  // namespace ipcbench
