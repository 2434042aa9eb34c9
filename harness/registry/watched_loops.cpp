// The loops of ends that wait on a set of descriptors.
#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "harness/loops/ready_links.hpp"
#include "harness/registry/end_loops.hpp"
#include "harness/registry/watched_ends.hpp"

namespace ipcbench {
namespace {

constexpr LoopTraits watched_loops(Delivery delivery) {
  return {.waits = {Wait::poll}, .delivery = delivery, .fans = true, .direct = true};
}

template <Delivery kDelivery>
void run(EndId end, ControlBlock& control, WatchedSender* sender, WatchedReceiver* receiver) {
  EndLoops<watched_loops(kDelivery), WatchedSender, WatchedReceiver>::template run_by<Wait::poll>(
      end, control, sender, receiver);
}

std::vector<int> descriptors_of(std::span<WatchedReceiver* const> links) {
  std::vector<int> descriptors;
  std::ranges::transform(links, std::back_inserter(descriptors),
                         [](const WatchedReceiver* link) { return link->pollable_fd(); });
  return descriptors;
}

// The links of a consumer, of which it reads the one that is ready. Once a message has begun to arrive over
// one, it waits for that one alone.
class ReadyInTurn {
 public:
  ReadyInTurn(Wait by, std::span<WatchedReceiver* const> links)
      : links_(links), ready_(by, descriptors_of(links)) {}

  void park() {
    if (is_within_) return links_[turn_]->park();
    turn_ = ready_.next();
  }
  std::span<const std::byte> peek(std::size_t n) {
    const std::span<const std::byte> piece = links_[turn_]->peek(n);
    if (piece.data() != nullptr) is_within_ = piece.size() < n;
    return piece;
  }
  void release() { links_[turn_]->release(); }
  [[nodiscard]] std::size_t link_of_last() const { return turn_; }

 private:
  std::span<WatchedReceiver* const> links_;
  ReadyLinks ready_;
  std::size_t turn_ = 0;
  bool is_within_ = false;
};

}  // namespace

void run_watched_in_turn(EndId end, ControlBlock& control, WatchedSender* sender,
                         std::span<WatchedReceiver* const> links) {
  std::optional<ReadyInTurn> in_turn;
  if (!links.empty()) in_turn.emplace(control.job.wait, links);
  constexpr LoopTraits kPolling{.waits = {Wait::poll}};
  EndLoops<kPolling, WatchedSender, ReadyInTurn>::run_by<Wait::poll>(end, control, sender,
                                                                     in_turn ? &*in_turn : nullptr);
}

void run_watched(Delivery delivery, EndId end, ControlBlock& control, WatchedSender* sender,
                 WatchedReceiver* receiver) {
  delivery == Delivery::lossy ? run<Delivery::lossy>(end, control, sender, receiver)
                              : run<Delivery::reliable>(end, control, sender, receiver);
}

}  // namespace ipcbench
