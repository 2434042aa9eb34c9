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

namespace ipcbench {

// Messages of one length at a mean rate.
struct MessageStream {
  std::size_t size_bytes = 0;
  std::uint64_t per_second = 0;

  friend bool operator==(const MessageStream&, const MessageStream&) = default;
};

struct Requirement {
  std::vector<MessageStream> streams;  // one at least
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
};

// "4KiB@200", "128@50k", "64@200Hz". Throws UsageError.
MessageStream parse_stream(const std::string& text);

// Where nothing is given: related processes; the two nearest CPUs of `here`, the placements of this machine
// or report; ends that sleep, and with --max-cpus also ends that spin for a while, or, above 1, all the time.
// Throws UsageError, which names the argument.
Requirement parse_requirement(const RequirementTexts& texts, std::span<const Cpus> here);

// All streams over one link, as the harness can measure it: the longest length at the sum of the rates. A
// bound of the load from above.
MessageStream together(const Requirement& requirement);

std::size_t longest_bytes(const Requirement& requirement);

std::string text_of(const MessageStream& stream);  // "4 KiB at 200/s"

}  // namespace ipcbench
