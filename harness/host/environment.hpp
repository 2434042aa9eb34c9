// Facts about the host that decide what a number means, and the doubts that they raise.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/facts.hpp"
#include "harness/host/topology.hpp"

namespace ipcbench {

// What holds for the whole session: kernel, CPUs, power management, virtual machine, limits of mechanisms and
// of this process, and the build of this program. What cannot be read is left out. `root` stands for "/" in
// tests.
std::vector<Fact> host_facts(const std::filesystem::path& root = "/");

// Judges the facts by their names; a fact that is absent raises no doubt. `invalid`: the numbers mean
// nothing; `warn`: they would be others without it; `info`: worth knowing when comparing with another
// machine.
std::vector<Doubt> host_doubts(const std::vector<Fact>& facts);

// Judges the placements that are measured: whether anything is not pinned.
std::vector<Doubt> placement_doubts(const std::vector<Placement>& measured);

}  // namespace ipcbench
