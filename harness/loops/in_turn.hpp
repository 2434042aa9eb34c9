// A consumer's receivers of several links, taken for one.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/contract/abilities.hpp"

namespace ipcbench {

// Which of its links the last whole message came over.
template <class R>
concept TakesTurns = requires(const R& receiver) {
  { receiver.link_of_last() } -> std::same_as<std::size_t>;
};

// Asks each link once before it gives up, and after a message goes on with the next link, so that no producer
// holds up another for longer than a message. What has begun to arrive over a link comes to its end first.
template <ReceiverEnd Receiver>
class InTurn {
 public:
  // receivers: one or more; outlives this, as they do.
  explicit InTurn(std::span<Receiver* const> receivers) : receivers_(receivers) {}

  std::span<const std::byte> peek(std::size_t n) {
    for (std::size_t left = is_within_ ? 1 : receivers_.size(); left != 0; --left) {
      const std::span<const std::byte> piece = receivers_[turn_]->peek(n);
      if (piece.data() != nullptr) {
        is_within_ = piece.size() < n;
        return piece;
      }
      if (!is_within_) pass_on();
    }
    return {};
  }
  void release() {
    receivers_[turn_]->release();
    if (!is_within_) pass_on();
  }

  [[nodiscard]] std::size_t link_of_last() const { return (turn_ == 0 ? receivers_.size() : turn_) - 1; }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const requires HasHelper<Receiver> {
    std::uint64_t sum_ns = 0;
    for (const Receiver* each : receivers_) sum_ns += each->helper_cpu_ns();
    return sum_ns;
  }

 private:
  void pass_on() { turn_ = turn_ + 1 == receivers_.size() ? 0 : turn_ + 1; }

  std::span<Receiver* const> receivers_;
  std::size_t turn_ = 0;
  bool is_within_ = false;  // more of a message is to come over this link
};

}  // namespace ipcbench
