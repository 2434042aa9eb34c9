#include "harness/contract/feasibility.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace ipcbench {
namespace {

// A message that names its sender or its own number needs room for it.
constexpr std::size_t kNumberBytes = 8;

// An end that sleeps in a call, or on a word in memory, does so for one link.
std::optional<std::string> why_not_in_turn(const Traits& traits, const Cell& cell) {
  if (cell.payload == Payload::direct)
    return fmt::format(
        "a call that moves no message may have moved part of one, and the consumer would not "
        "know whether to go on to the next link; use --payload {}",
        name_of(Payload::copy));
  const bool spins = traits.waits.contains(Wait::spin);
  const bool is_told = traits.waits.contains(Wait::epoll);
  if (cell.wait == Wait::spin || (is_told && (cell.wait == Wait::poll || cell.wait == Wait::epoll)))
    return std::nullopt;
  return fmt::format("its consumer cannot sleep in several links at once; use --wait {}",
                     !is_told ? "spin"
                     : spins  ? "spin, poll or epoll"
                              : "poll or epoll");
}

std::optional<std::string> why_not_fanned(const Traits& traits, const Cell& cell) {
  if (cell.fan == 0 || cell.fan > kMaxFan) return fmt::format("there can be 1 to {} of them", kMaxFan);
  if (has_own_links(cell)) {
    if (auto reason = why_not_in_turn(traits, cell)) return reason;
  } else if (cell.size_bytes > traits.sharing.whole_bytes) {
    return fmt::format("messages of more than {} bytes are not kept whole among several ends",
                       traits.sharing.whole_bytes);
  }
  if (cell.size_bytes > 0 && cell.size_bytes < kNumberBytes) {
    return fmt::format("a message of less than {} bytes cannot say whose it is", kNumberBytes);
  }
  return std::nullopt;
}

// The shortest message of the cell.
std::size_t shortest_bytes(const Cell& cell) {
  return is_mixed(cell) ? cell.load.mix.shortest_bytes() : cell.size_bytes;
}

std::optional<std::string> why_not_mixed(const Traits& traits, const Cell& cell) {
  const StreamMix& mix = cell.load.mix;
  if (mix.empty()) return std::nullopt;
  if (cell.size_bytes != mix.longest_bytes())
    return fmt::format("its size has to be the longest of its streams, {} bytes", mix.longest_bytes());
  if (traits.delivery == Delivery::lossy)
    return "after a lost message its receiver would not know which of several lengths comes next";
  if (!is_copied(cell.payload) || cell.payload == Payload::direct)
    return fmt::format("streams that share a link are copied; use --payload {} or {}", name_of(Payload::copy),
                       name_of(Payload::checked));
  return std::nullopt;
}

std::optional<std::string> why_not_paced(const Traits& traits, const Cell& cell) {
  if (cell.load.per_second == 0 && cell.load.percent == 0) return "a paced cell needs a rate";
  if (auto reason = why_not_mixed(traits, cell)) return reason;
  if (traits.delivery != Delivery::lossy) return std::nullopt;
  // Counting does not tell which messages are missing.
  if (cell.size_bytes >= kNumberBytes && is_copied(cell.payload)) return std::nullopt;
  return fmt::format("where messages get lost, each has to say which it is: at least {} bytes, copied",
                     kNumberBytes);
}

// Both ends hold a batch in memory of their own.
constexpr std::size_t kLargestBatchBytes = std::size_t{16} << 20;

std::optional<std::string> why_not_batched(const Traits& traits, const Cell& cell) {
  if (!traits.batches) return "it hands over each message by itself; use --batch 1";
  if (is_mixed(cell))
    return "the messages of a batch have one length; use --batch 1 for streams that share a link";
  if (cell.payload == Payload::direct)
    return fmt::format("a batch is collected in a buffer; use --payload {}", name_of(Payload::copy));
  if (cell.wait == Wait::epoll)
    return "its receiver reads ahead, and messages that it has make no descriptor ready; use --batch 1";
  if (cell.batch > kMaxBatch) return fmt::format("a batch has {} messages at most", kMaxBatch);
  if (cell.batch * cell.size_bytes <= kLargestBatchBytes) return std::nullopt;
  return fmt::format("a batch of {} messages of {} bytes is longer than {} bytes", cell.batch,
                     cell.size_bytes, kLargestBatchBytes);
}

std::optional<std::string> why_not_checked(const Traits& traits, const Cell& cell) {
  const bool may_lose = traits.delivery == Delivery::lossy && !is_ping_pong(cell.pattern);
  if (!may_lose || cell.size_bytes == 0 || cell.size_bytes >= kNumberBytes) return std::nullopt;
  return fmt::format("where messages get lost, each has to say which it is: at least {} bytes", kNumberBytes);
}

std::optional<std::string> why_not_after_pauses(const Traits& traits, const Cell& cell) {
  if (is_floor(traits)) return "a floor has no other end that could fall asleep";
  if (is_copied(cell.payload)) return std::nullopt;
  return fmt::format("messages after pauses are copied; use --payload {}, {} or {}", name_of(Payload::copy),
                     name_of(Payload::checked), name_of(Payload::direct));
}

std::optional<std::string> why_not_watching(const Traits& traits, const Cell& cell) {
  if (!traits.waits.contains(Wait::epoll))
    return "its receiver has no descriptor that poll or epoll could watch";
  // poll(2) takes a millisecond for 10,000 descriptors, and tens of thousands of messages may be under way.
  if (!is_ping_pong(cell.pattern))
    return fmt::format("a stream would ask for all descriptors at each message; use --pattern {}",
                       name_of(Pattern::latency));
  if (cell.wait == Wait::poll || cell.wait == Wait::epoll) return std::nullopt;
  return fmt::format("idle descriptors matter to whoever watches them; use --wait {} or {}",
                     name_of(Wait::poll), name_of(Wait::epoll));
}

std::optional<std::string> why_not_chained(const Traits& traits, const Cell& cell) {
  if (cell.chain < 2 || cell.chain > kMaxChain) return fmt::format("a chain has 2 to {} ends", kMaxChain);
  if (!has_chain(cell)) return std::nullopt;
  if (is_floor(traits)) return "a floor has no other end";
  if (cell.pairs > 1) return "a chain is no pair; use --pairs 1";
  if (cell.boundary == Boundary::none) return std::nullopt;
  return fmt::format("only two of its links would cross the boundary; use --boundary {}",
                     name_of(Boundary::none));
}

std::optional<std::string> why_not_this_long(const Traits& traits, const Cell& cell) {
  const bool too_short = shortest_bytes(cell) < traits.min_message_bytes;
  if (!too_short && cell.size_bytes <= traits.max_message_bytes) return std::nullopt;
  if (too_short) {
    return fmt::format("a message has at least {} byte", traits.min_message_bytes);
  }
  if (traits.max_message_bytes == 0) return "it passes tokens: there is no payload (size 0)";
  return fmt::format("it carries {} bytes at most", traits.max_message_bytes);
}

}  // namespace

std::optional<std::string> why_infeasible(const Traits& traits, bool joinable, const Cell& cell) {
  if (!traits.waits.contains(cell.wait)) return fmt::format("it cannot wait by {}", name_of(cell.wait));
  if (traits.kinship == Kinship::one_process && cell.peers != Peers::thread) {
    return fmt::format("its ends are threads of one process; use --peers {}", name_of(Peers::thread));
  }
  if (cell.peers == Peers::exec && !joinable) {
    return "it has no name by which unrelated processes could join it, nor a descriptor to inherit";
  }
  if (!can_run(traits, cell.pattern, cell.links))
    return std::string(why_without(traits, cell.pattern, cell.links));
  if (is_fan(cell.pattern)) {
    if (auto reason = why_not_fanned(traits, cell)) return reason;
  }
  if (cell.pattern == Pattern::paced) {
    if (auto reason = why_not_paced(traits, cell)) return reason;
  }
  if (cell.boundary != Boundary::none && is_floor(traits)) return "a floor has no other end to reach";
  if (cell.pattern == Pattern::latency && cell.idle_ns != 0) {
    if (auto reason = why_not_after_pauses(traits, cell)) return reason;
  }
  if (cell.watched != 0) {
    if (auto reason = why_not_watching(traits, cell)) return reason;
  }
  if (cell.payload == Payload::checked) {
    if (auto reason = why_not_checked(traits, cell)) return reason;
  }
  if (cell.batch != 1) {
    if (auto reason = why_not_batched(traits, cell)) return reason;
  }
  if (cell.chain != 2) {
    if (auto reason = why_not_chained(traits, cell)) return reason;
  }
  if (cell.pairs == 0 || cell.pairs > kMaxPairs) return fmt::format("there can be 1 to {} pairs", kMaxPairs);
  if (cell.payload == Payload::direct && !traits.direct)
    return "its calls do not move a message from and to the ends' own memory";
  return why_not_this_long(traits, cell);
}

void throw_infeasible(std::string_view mechanism, std::string_view value) {
  throw std::logic_error(fmt::format("{} was launched for {}, which it cannot do", mechanism, value));
}

}  // namespace ipcbench
