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

// The directions that a pattern needs: from the producer to the consumer only, or back as well.
enum class Ways { there, both };

// A lossy mechanism is verified in ping-pong, whatever pattern is timed.
constexpr Ways ways_of(Pattern pattern, Delivery delivery) {
  return is_ping_pong(pattern) || delivery != Delivery::reliable ? Ways::both : Ways::there;
}

// Everything an end in another program needs to take part.
struct Handout {
  std::array<std::string, 2> addresses;  // of the way there, and of the way back if there is one
  std::vector<InheritedFd> inherited;
};

// "5,1": the numbers under which an end in another program will have the descriptors.
std::string format_numbers(const std::vector<InheritedFd>& descriptors);
// The reverse. Throws std::invalid_argument for any other text.
std::vector<int> parse_numbers(const std::string& text);

// Carries messages there and back: one object of a duplex mechanism, one or two of a one-way mechanism.
class Link {
 public:
  virtual ~Link() = default;

  // For the ends of `side`.
  [[nodiscard]] virtual Handout handout(Side side) const = 0;

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
  LinkOf(const LinkSpec& spec, Ways ways) : forward_(M::create(named(spec, "-0"))) {
    if (!kDuplex && ways == Ways::both) back_ = M::create(named(spec, "-1"));
  }
  // Joins the objects of another process, or takes those that this one inherited, as an end of `side`.
  LinkOf(const LinkSpec& spec, Ways ways, Side side,
         const std::array<std::string, 2>& addresses) requires Joinable<M> || Inheritable<M>
      : forward_(taken(named(spec, "-0"), side, addresses[0])) {
    if (!kDuplex && ways == Ways::both) back_ = taken(named(spec, "-1"), other(side), addresses[1]);
  }

  [[nodiscard]] Handout handout(Side side) const override {
    Handout handout;
    add_to(handout, 0, *forward_, side);
    if (back_) add_to(handout, 1, *back_, other(side));
    return handout;
  }

  void run(EndId end, ControlBlock& control) override {
    if (!can_run(kTraits, control.job.pattern)) throw_infeasible(kTraits.name, name_of(control.job.pattern));
    control.end(end).phase.store(Phase::attaching, std::memory_order_relaxed);
    const bool producer = end.side == Side::producer;
    if constexpr (kDuplex) {
      auto ends = forward_->attach(end.side);
      run_attached(end, control, &ends.sender, &ends.receiver);
    } else if (back_) {
      M& out = producer ? *forward_ : *back_;
      M& in = producer ? *back_ : *forward_;
      // Opening some objects waits for the other side (a FIFO), so both sides open them in the same order.
      if (producer) {
        auto sender = out.sender();
        auto receiver = in.receiver();
        run_attached(end, control, &sender, &receiver);
      } else {
        auto receiver = in.receiver();
        auto sender = out.sender();
        run_attached(end, control, &sender, &receiver);
      }
    } else if (producer) {
      auto sender = forward_->sender();
      run_attached(end, control, &sender, static_cast<Receiver*>(nullptr));
    } else {
      auto receiver = forward_->receiver();
      run_attached(end, control, static_cast<Sender*>(nullptr), &receiver);
    }
  }

 private:
  using Sender = SenderOf<M>;
  using Receiver = ReceiverOf<M>;

  static LinkSpec named(LinkSpec spec, const char* suffix) {
    spec.name += suffix;
    return spec;
  }
  static Side other(Side side) { return side == Side::producer ? Side::consumer : Side::producer; }

  // `side` refers to this object: the producer of the way there is the consumer of the way back.
  static std::unique_ptr<M> taken(const LinkSpec& spec, Side side, const std::string& address) {
    if constexpr (Joinable<M>) {
      return M::join(spec, address);
    } else {
      return M::inherit(spec, side, parse_numbers(address));
    }
  }
  static void add_to(Handout& handout, std::size_t way, const M& object, Side side) {
    if constexpr (Joinable<M>) {
      handout.addresses[way] = object.address();
    } else if constexpr (Inheritable<M>) {
      const std::vector<InheritedFd> descriptors = object.descriptors(side);
      handout.addresses[way] = format_numbers(descriptors);
      handout.inherited.insert(handout.inherited.end(), descriptors.begin(), descriptors.end());
    }
  }

  void run_attached(EndId end, ControlBlock& control, Sender* sender, Receiver* receiver) {
    const std::uint64_t attached_ns = control.barrier.arrive_and_wait();
    if (end == EndId{}) control.attached_ns = attached_ns;
    if constexpr (Unlinks<M>) {
      forward_->unlink();
      if (back_) back_->unlink();
    }
    if constexpr (ReportsSettings<M>) {
      if (end == EndId{Side::producer, 0}) control.report_settings(forward_->settings());
    }
    if constexpr (HasMemory<M>) {
      if (end == EndId{Side::producer, 0}) control.report_memory(forward_->memory());
    }
    EndLoops<loop_traits(kTraits), Sender, Receiver>::run(end, control, sender, receiver);
  }

  std::unique_ptr<M> forward_;
  std::unique_ptr<M> back_;  // for a one-way mechanism, if the pattern needs it
};

}  // namespace ipcbench
