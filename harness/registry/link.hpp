// A link with its types erased once per run, not per message. (In a prototype, virtual calls per message cost
// 50 to 70 ns of a 600 ns round trip over a ring.)
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/contract/abilities.hpp"
#include "harness/contract/feasibility.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/registry/end_loops.hpp"

namespace ipcbench {

// Which objects a link has.
struct Ways {
  // How many hops a message makes until it is back at the producer, with an object for each, but one for both
  // ways of a duplex mechanism: 2 there and back, more around a chain; 1: it stays at the consumer.
  std::uint32_t hops = 1;
  // How many producers have an object of their own, from which messages make one hop; 0: none has.
  std::uint32_t own = 0;
};

Ways ways_of(const Cell& cell, Delivery delivery);
Ways ways_of(const Job& job, Delivery delivery);

// Everything an end in another program needs to take part.
struct Handout {
  // Of an object that the end uses, as the side that it takes there.
  struct Address {
    std::size_t object = 0;
    Side side = Side::producer;
    std::string text;
  };
  std::vector<Address> addresses;
  std::vector<InheritedFd> inherited;
};

// The text of the address of that object for an end that takes that side.
using AddressOf = std::function<std::string(std::size_t object, Side side)>;

// "5,1": the numbers under which an end in another program will have the descriptors.
std::string format_numbers(const std::vector<InheritedFd>& descriptors);
// The reverse. Throws std::invalid_argument for any other text.
std::vector<int> parse_numbers(const std::string& text);

// What one of a link's objects is made by: what the link is, with a name of its own.
LinkSpec spec_of_object(LinkSpec of_link, std::size_t object);

// Carries messages from end to end over the objects that Ways describes.
class Link {
 public:
  virtual ~Link() = default;

  [[nodiscard]] virtual Handout handout(EndId end) const = 0;

  // Attaches one end and runs its part of control's job. Returns when the job is done; throws CheckFailed,
  // KernelError or std::runtime_error.
  virtual void run(EndId end, ControlBlock& control) = 0;
};

// What a consumer holds of an object.
template <Mechanism M>
auto consumer_end(M& object) {
  if constexpr (M::kTraits.flow == Flow::duplex) {
    return object.attach(Side::consumer);
  } else {
    return object.receiver();
  }
}

template <Mechanism M>
class LinkOf final : public Link {
  static constexpr Traits kTraits = M::kTraits;
  static constexpr bool kDuplex = kTraits.flow == Flow::duplex;

 public:
  // Creates the kernel objects.
  LinkOf(const LinkSpec& spec, const Ways& ways) : objects_(count_of(ways)), own_links_(ways.own != 0) {
    for (std::size_t i = 0; i < objects_.size(); ++i) objects_[i] = M::create(spec_of_object(spec, i));
  }
  // Joins the objects of another process, or takes those that this one inherited, as that end.
  LinkOf(const LinkSpec& spec, const Ways& ways, EndId end,
         const AddressOf& address_of) requires Joinable<M> || Inheritable<M> : objects_(count_of(ways)),
                                                                               own_links_(ways.own != 0) {
    for (const auto& [object, side] : used_by(end))
      objects_[object] = taken(spec_of_object(spec, object), side, address_of(object, side));
  }

  [[nodiscard]] Handout handout(EndId end) const override {
    Handout handout;
    for (const Use& use : used_by(end)) add_to(handout, use);
    return handout;
  }

  void run(EndId end, ControlBlock& control) override {
    if (!own_links_ && !can_run(kTraits, control.job.pattern))
      throw_infeasible(kTraits.name, name_of(control.job.pattern));
    control.end(end).phase.store(Phase::attaching, std::memory_order_relaxed);
    const bool producer = end.side == Side::producer;
    if (own_links_) return producer ? run_own_link(end, control) : run_all_links(end, control);
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
  using Timed = EndLoops<loop_traits(kTraits), Sender, Receiver>;

  struct Use {
    std::size_t object;
    Side side;  // of this object: the producer of the first hop is the consumer of the last
  };

  static std::size_t count_of(const Ways& ways) {
    if (ways.own != 0) return ways.own;
    return kDuplex && ways.hops <= 2 ? 1 : ways.hops;
  }

  // An end attaches its own side of its first object and the other side of its second: the one on which the
  // producer receives, or a consumer sends. Where there is one object only, both are that one.
  [[nodiscard]] std::size_t first_of(EndId end) const {
    return end.side == Side::producer || objects_.size() == 1 ? 0 : end.index;
  }
  [[nodiscard]] std::size_t second_of(EndId end) const {
    return end.side == Side::producer ? objects_.size() - 1 : (first_of(end) + 1) % objects_.size();
  }

  [[nodiscard]] std::vector<Use> used_by(EndId end) const {
    std::vector<Use> uses;
    if (!own_links_) {
      uses.push_back({first_of(end), end.side});
      if (second_of(end) != first_of(end)) uses.push_back({second_of(end), other(end.side)});
    } else if (end.side == Side::producer) {
      uses.push_back({end.index, end.side});
    } else {
      for (std::size_t i = 0; i < objects_.size(); ++i) uses.push_back({i, end.side});
    }
    return uses;
  }

  static Side other(Side side) { return side == Side::producer ? Side::consumer : Side::producer; }

  static std::unique_ptr<M> taken(const LinkSpec& spec, Side side, const std::string& address) {
    if constexpr (Joinable<M>) {
      return M::join(spec, address);
    } else {
      return M::inherit(spec, side, parse_numbers(address));
    }
  }
  void add_to(Handout& handout, const Use& use) const {
    const M& object = *objects_[use.object];
    if constexpr (Joinable<M>) {
      handout.addresses.push_back({use.object, use.side, object.address()});
    } else if constexpr (Inheritable<M>) {
      const std::vector<InheritedFd> descriptors = object.descriptors(use.side);
      handout.addresses.push_back({use.object, use.side, format_numbers(descriptors)});
      handout.inherited.insert(handout.inherited.end(), descriptors.begin(), descriptors.end());
    }
  }

  void run_own_link(EndId end, ControlBlock& control) {
    const auto run_with = [&](Sender& sender) {
      enter_attached(end, control);
      Timed::run_in_turn(end, control, &sender, {});
    };
    M& own = *objects_[end.index];
    if constexpr (kDuplex) {
      auto ends = own.attach(end.side);
      run_with(ends.sender);
    } else {
      auto sender = own.sender();
      run_with(sender);
    }
  }

  // Ends are made in place, because they need not be movable.
  struct Held {
    explicit Held(M& object) : end(consumer_end(object)) {}
    Receiver& receiver() {
      if constexpr (kDuplex) {
        return end.receiver;
      } else {
        return end;
      }
    }
    decltype(consumer_end(std::declval<M&>())) end;
  };

  void run_all_links(EndId end, ControlBlock& control) {
    std::deque<Held> held;
    std::vector<Receiver*> receivers;
    receivers.reserve(objects_.size());
    for (const auto& object : objects_) receivers.push_back(&held.emplace_back(*object).receiver());
    enter_attached(end, control);
    Timed::run_in_turn(end, control, nullptr, receivers);
  }

  void run_attached(EndId end, ControlBlock& control, Sender* sender, Receiver* receiver) {
    enter_attached(end, control);
    Timed::run(end, control, sender, receiver);
  }

  // Once all ends are attached.
  void enter_attached(EndId end, ControlBlock& control) {
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
  }

  // By hop, or by the producer whose it is; null: another end's, in a process that joined its own.
  std::vector<std::unique_ptr<M>> objects_;
  bool own_links_;
};

}  // namespace ipcbench
