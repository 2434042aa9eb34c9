// Facts about the host that decide what a number means, and the doubts that they raise.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/host/topology.hpp"

namespace ipcbench {

// A fact as it stands in the report: a name in snake_case and the host's own text or number as text.
struct Fact {
  std::string name;
  std::string value;
};

struct Doubt {
  enum class Level { info, warn, invalid };
  Level level = Level::info;
  std::string what;    // one sentence: what was seen
  std::string advice;  // one sentence: what would remove the doubt
};

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
