// What an engineer asks for, as the command line says it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/study/advise/needs.hpp"
#include "harness/base/axes.hpp"
#include "harness/base/streams.hpp"

namespace ipcbench {

struct Requirement {
  std::vector<MessageStream> streams;  // one at least
  // Where several streams share a link: these streams. Empty: each has a link of its own.
  StreamMix mix = {};
  Peers peers = Peers::fork;
  std::vector<const Need*> needs;
  std::optional<double> max_p99_ns;  // of every stream
  std::optional<double> max_cpus;    // that all ends together keep busy
  Cpus cpus = Cpus::same;
  std::vector<Wait> waits;  // one at least
};

// As texts; empty: not given.
struct RequirementTexts {
  std::vector<std::string> streams;
  std::vector<std::string> needs;
  std::vector<std::string> waits;
  std::string peers;
  std::string max_p99;
  std::string max_cpus;
  std::string cpus;
  std::string links;
};

// Where nothing is given: one link for all streams; related processes; the two nearest CPUs of `here`, the
// placements of this machine or report; ends that sleep, and with --max-cpus also ends that spin for a while,
// or, above 1, all the time. Throws UsageError, which names the argument.
Requirement parse_requirement(const RequirementTexts& texts, std::span<const Cpus> here);

std::size_t longest_bytes(const Requirement& requirement);

}  // namespace ipcbench
