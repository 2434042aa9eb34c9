// A link with its types erased once per run, not per message. (In a prototype, virtual calls per message cost
// 50 to 70 ns of a 600 ns round trip over a ring.)
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "harness/contract/abilities.hpp"
#include "harness/contract/feasibility.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/registry/end_loops.hpp"

namespace ipcbench {

// How many hops a message makes until it is back at the producer: 2 there and back, more around a chain; 1:
// it stays at the consumer. A lossy mechanism is verified in ping-pong, whatever pattern is timed.
constexpr std::uint32_t hops_of(Pattern pattern, Delivery delivery, std::uint32_t chain) {
  if (pattern == Pattern::latency) return chain;
  return is_ping_pong(pattern) || delivery != Delivery::reliable ? 2 : 1;
}

// Everything an end in another program needs to take part.
struct Handout {
  std::array<std::string, 2> addresses;  // of the end's first object, and of its second if it has two
  std::vector<InheritedFd> inherited;
};

// "5,1": the numbers under which an end in another program will have the descriptors.
std::string format_numbers(const std::vector<InheritedFd>& descriptors);
// The reverse. Throws std::invalid_argument for any other text.
std::vector<int> parse_numbers(const std::string& text);

// What the object of a hop is made by: the link's, with a name of its own.
LinkSpec spec_of_hop(LinkSpec of_link, std::size_t hop);

// Carries messages from end to end: an object for each hop, but one for both ways of a duplex mechanism.
class Link {
 public:
  virtual ~Link() = default;

  [[nodiscard]] virtual Handout handout(EndId end) const = 0;

  // Attaches one end and runs its part of control's job. Returns when the job is done; throws CheckFailed,
  // KernelError or std::runtime_error.
  virtual void run(EndId end, ControlBlock& control) = 0;
};

template <Mechanism M>
class LinkOf final : public Link {
  static constexpr Traits kTraits = M::kTraits;
  static constexpr bool kDuplex = kTraits.flow == Flow::duplex;

 public:
  // Creates the kernel objects.
  LinkOf(const LinkSpec& spec, std::uint32_t hops) : objects_(count_of(hops)) {
    for (std::size_t hop = 0; hop < objects_.size(); ++hop) objects_[hop] = M::create(spec_of_hop(spec, hop));
  }
  // Joins the objects of another process, or takes those that this one inherited, as that end.
  LinkOf(const LinkSpec& spec, std::uint32_t hops, EndId end,
         const std::array<std::string, 2>& addresses) requires Joinable<M> || Inheritable<M>
      : objects_(count_of(hops)) {
    const std::size_t first = first_of(end);
    const std::size_t second = second_of(end);
    objects_[first] = taken(spec_of_hop(spec, first), end.side, addresses[0]);
    if (second != first) objects_[second] = taken(spec_of_hop(spec, second), other(end.side), addresses[1]);
  }

  [[nodiscard]] Handout handout(EndId end) const override {
    Handout handout;
    const std::size_t first = first_of(end);
    const std::size_t second = second_of(end);
    add_to(handout, 0, *objects_[first], end.side);
    if (second != first) add_to(handout, 1, *objects_[second], other(end.side));
    return handout;
  }

  void run(EndId end, ControlBlock& control) override {
    if (!can_run(kTraits, control.job.pattern)) throw_infeasible(kTraits.name, name_of(control.job.pattern));
    control.end(end).phase.store(Phase::attaching, std::memory_order_relaxed);
    const bool producer = end.side == Side::producer;
    M& first = *objects_[first_of(end)];
    M& second = *objects_[second_of(end)];
    const bool two = &first != &second;
    // Opening some objects waits for the other side (a FIFO), so both sides open them in the same order.
    if constexpr (kDuplex) {
      auto ends = first.attach(end.side);
      if (!two) return run_attached(end, control, &ends.sender, &ends.receiver);
      auto others = second.attach(other(end.side));
      run_attached(end, control, producer ? &ends.sender : &others.sender,
                   producer ? &others.receiver : &ends.receiver);
    } else if (two && producer) {
      auto sender = first.sender();
      auto receiver = second.receiver();
      run_attached(end, control, &sender, &receiver);
    } else if (two) {
      auto receiver = first.receiver();
      auto sender = second.sender();
      run_attached(end, control, &sender, &receiver);
    } else if (producer) {
      auto sender = first.sender();
      run_attached(end, control, &sender, static_cast<Receiver*>(nullptr));
    } else {
      auto receiver = first.receiver();
      run_attached(end, control, static_cast<Sender*>(nullptr), &receiver);
    }
  }

 private:
  using Sender = SenderOf<M>;
  using Receiver = ReceiverOf<M>;

  static std::size_t count_of(std::uint32_t hops) { return kDuplex && hops <= 2 ? 1 : hops; }

  // An end attaches its own side of its first object and the other side of its second: the one on which the
  // producer receives, or a consumer sends. Where there is one object only, both are that one.
  [[nodiscard]] std::size_t first_of(EndId end) const {
    return end.side == Side::producer || objects_.size() == 1 ? 0 : end.index;
  }
  [[nodiscard]] std::size_t second_of(EndId end) const {
    return end.side == Side::producer ? objects_.size() - 1 : (first_of(end) + 1) % objects_.size();
  }

  static Side other(Side side) { return side == Side::producer ? Side::consumer : Side::producer; }

  // `side` refers to this object: the producer of the first hop is the consumer of the last.
  static std::unique_ptr<M> taken(const LinkSpec& spec, Side side, const std::string& address) {
    if constexpr (Joinable<M>) {
      return M::join(spec, address);
    } else {
      return M::inherit(spec, side, parse_numbers(address));
    }
  }
  static void add_to(Handout& handout, std::size_t which, const M& object, Side side) {
    if constexpr (Joinable<M>) {
      handout.addresses[which] = object.address();
    } else if constexpr (Inheritable<M>) {
      const std::vector<InheritedFd> descriptors = object.descriptors(side);
      handout.addresses[which] = format_numbers(descriptors);
      handout.inherited.insert(handout.inherited.end(), descriptors.begin(), descriptors.end());
    }
  }

  void run_attached(EndId end, ControlBlock& control, Sender* sender, Receiver* receiver) {
    const std::uint64_t attached_ns = control.barrier.arrive_and_wait();
    if (end == EndId{}) control.attached_ns = attached_ns;
    if constexpr (Unlinks<M>) {
      for (const auto& object : objects_)
        if (object) object->unlink();
    }
    if constexpr (ReportsSettings<M>) {
      if (end == EndId{Side::producer, 0}) control.report_settings(objects_[0]->settings());
    }
    if constexpr (HasMemory<M>) {
      if (end == EndId{Side::producer, 0}) control.report_memory(objects_[0]->memory());
    }
    EndLoops<loop_traits(kTraits), Sender, Receiver>::run(end, control, sender, receiver);
  }

  std::vector<std::unique_ptr<M>> objects_;  // by hop; null: another end's, in a process that joined its own
};

}  // namespace ipcbench
