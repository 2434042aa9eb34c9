// Facts about the host that affect what a number means, and the warnings that follow from them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/facts.hpp"
#include "harness/host/topology.hpp"

namespace ipcbench {

// The facts of a whole session: kernel, CPUs, power management, virtual machine, limits of mechanisms and of
// this process, and build_facts(). Omits what cannot be read. `root` replaces "/" in tests.
std::vector<Fact> host_facts(const std::filesystem::path& root = "/");

// How this program was built, as far as that affects the numbers: build_type (release, debug),
// build_sanitizers (absent: none), compiler, libc (the one that is loaded now).
std::vector<Fact> build_facts();

// Judges the facts by their names; an absent fact gives no warning. `invalid`: the numbers mean nothing;
// `warn`: they would be different without it; `info`: worth knowing when comparing machines.
std::vector<Doubt> host_doubts(const std::vector<Fact>& facts);

// Warns if a measured placement is not pinned.
std::vector<Doubt> placement_doubts(const std::vector<Placement>& measured);

}  // namespace ipcbench
