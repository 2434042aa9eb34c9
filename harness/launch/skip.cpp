#include "harness/launch/skip.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/launch/scheduling.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

std::optional<std::string> bad_parameter(const MechanismEntry& entry, const Settings& parameters) {
  for (const auto& [name, value] : parameters) {
    const auto known = std::ranges::find(entry.parameters, name, &Parameter::name);
    if (known == entry.parameters.end())
      return fmt::format("{} has no parameter {}", entry.traits.name, name);
    if (value < known->min || value > known->max) {
      return fmt::format("{} must be from {} to {}", name, known->min, known->max);
    }
  }
  return std::nullopt;
}

std::optional<std::string> bad_size(const MechanismEntry& entry, const Cell& cell) {
  const Traits& traits = entry.traits;
  if (cell.size_bytes < traits.min_message_bytes) {
    return fmt::format("a message has at least {} byte", traits.min_message_bytes);
  }
  if (cell.size_bytes > traits.max_message_bytes) {
    return traits.max_message_bytes == 0
               ? "it passes tokens: there is no payload (size 0)"
               : fmt::format("it carries {} bytes at most", traits.max_message_bytes);
  }
  const MessageLimit limit = entry.message_limit(cell.parameters);
  if (cell.size_bytes <= limit.bytes) return std::nullopt;
  return fmt::format("longer than the {} bytes that a message may have; {}", limit.bytes, limit.remedy);
}

// Of several producers, each message has to say whose it is.
constexpr std::size_t kNumberBytes = 8;

std::optional<std::string> no_fan(const Traits& traits, const Cell& cell) {
  const bool in = cell.pattern == Pattern::fanin;
  const Sharing& sharing = traits.sharing;
  const bool shared = in ? sharing.senders : sharing.receivers;
  if (!shared || traits.flow == Flow::duplex || traits.delivery != Delivery::reliable) {
    return fmt::format("one object has one {} only", in ? "sender" : "receiver");
  }
  if (cell.fan == 0 || cell.fan > kMaxFan) return fmt::format("there can be 1 to {} of them", kMaxFan);
  if (cell.size_bytes > sharing.whole_bytes) {
    return fmt::format("messages of more than {} bytes are not kept whole among several ends",
                       sharing.whole_bytes);
  }
  if (cell.size_bytes > 0 && cell.size_bytes < kNumberBytes) {
    return fmt::format("a message of less than {} bytes cannot say whose it is", kNumberBytes);
  }
  return std::nullopt;
}

std::optional<std::string> unfit_for_pacing(const Traits& traits, const Cell& cell) {
  const OfferedLoad& load = cell.load;
  if (load.per_second == 0 && load.percent == 0) return "a paced cell needs a rate";
  if (traits.delivery != Delivery::lossy) return std::nullopt;
  // Which message one is cannot be found out by counting.
  if (cell.size_bytes >= kNumberBytes && cell.payload == Payload::copy) return std::nullopt;
  return fmt::format("where messages get lost, each has to say which it is: at least {} bytes, copied",
                     kNumberBytes);
}

std::optional<std::string> unfit_pattern(const Traits& traits, const Cell& cell) {
  const bool plain = cell.pattern == Pattern::latency || cell.pattern == Pattern::throughput;
  if (!plain && is_floor(traits)) return "a floor has no other end";
  if (is_fan(cell.pattern)) return no_fan(traits, cell);
  if (cell.pattern == Pattern::paced) return unfit_for_pacing(traits, cell);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> why_skipped(const Cell& cell) {
  const MechanismEntry* entry = find_mechanism(cell.mechanism);
  if (entry == nullptr) return "there is no such mechanism";
  if (auto reason = ask_whether_available(*entry)) return reason;
  if (!entry->traits.waits.contains(cell.wait)) {
    return fmt::format("it cannot wait by {}", name_of(cell.wait));
  }
  if (cell.peers == Peers::exec && entry->join == nullptr) {
    return "it has no name by which unrelated processes could join it, nor a descriptor to inherit";
  }
  if (auto reason = why_unschedulable(cell.policy)) return reason;
  if (auto reason = bad_parameter(*entry, cell.parameters)) return reason;
  if (auto reason = unfit_pattern(entry->traits, cell)) return reason;
  if (auto reason = bad_size(*entry, cell)) return reason;
  return entry->refuses == nullptr ? std::nullopt : entry->refuses(cell);
}

}  // namespace ipcbench
