// From the job's waiting strategy and payload to the loops compiled for them, for ends of one type.
//
// Mechanisms whose ends are of one type share these loops: the header of such ends declares them `extern
// template`, and the file of one mechanism instantiates them. So they are compiled once, and their results
// do not differ by what the compiler inlined where.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "harness/contract/abilities.hpp"
#include "harness/contract/feasibility.hpp"
#include "harness/loops/batched_loops.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/loops.hpp"
#include "harness/loops/own_link_loops.hpp"
#include "harness/registry/watched_ends.hpp"

namespace ipcbench {

// What of a mechanism's traits its loops depend on.
struct LoopTraits {
  WaitSet waits = kAllWaits;
  Delivery delivery = Delivery::reliable;
  bool carries_payload = true;
  bool fans = false;    // several ends can share a side
  bool direct = false;  // the ends have payload `direct`
};

constexpr LoopTraits loop_traits(const Traits& traits) {
  return {.waits = traits.waits,
          .delivery = traits.delivery,
          .carries_payload = carries_bytes(traits),
          .fans = can_run(traits, Pattern::fanin) || can_run(traits, Pattern::fanout),
          .direct = traits.direct};
}

template <LoopTraits kTraits, class Sender, class Receiver>
class EndLoops {
  static_assert(kTraits.delivery != Delivery::lossy || Finishes<Sender, Receiver>,
                "a lossy mechanism must say when it has finished");

 public:
  // Runs one end's part of control's job with its attached ends; null: this side has no such end. Throws what
  // Workload::run() throws, and std::logic_error if the mechanism cannot wait like this.
  static void run(EndId end, ControlBlock& control, Sender* sender, Receiver* receiver);

  // The same where each producer has a link of its own, of all of which the consumer has the receivers; none:
  // this end is a producer.
  [[gnu::noinline, gnu::cold]] static void run_in_turn(EndId end, ControlBlock& control, Sender* sender,
                                                       std::span<Receiver* const> receivers);

  // The same as run(), by that strategy whatever the job says. A token has no payload.
  template <Wait W>
  static void run_by(EndId end, ControlBlock& control, Sender* sender, Receiver* receiver) {
    if constexpr (!kTraits.waits.contains(W)) {
      throw_infeasible(control.job.mechanism.str(), name_of(W));
    } else if constexpr (!kTraits.carries_payload) {
      run_workload<W, Payload::untouched>(end, control, sender, receiver);
    } else {
      switch (control.job.payload) {
        case Payload::copy:
          return run_workload<W, Payload::copy>(end, control, sender, receiver);
        case Payload::scan:
          return run_workload<W, Payload::scan>(end, control, sender, receiver);
        case Payload::untouched:
          return run_workload<W, Payload::untouched>(end, control, sender, receiver);
        case Payload::checked:
          return run_workload<W, Payload::checked>(end, control, sender, receiver);
        case Payload::direct:
          if constexpr (kTraits.direct)
            return run_workload<W, Payload::direct>(end, control, sender, receiver);
          throw_infeasible(control.job.mechanism.str(), name_of(Payload::direct));
      }
    }
  }

 private:
  static constexpr bool kCanWatch =
      kTraits.waits.contains(Wait::poll) && Pollable<Receiver> && !Flushes<Sender>;

  // By epoll, or by poll beside idle descriptors.
  [[gnu::noinline, gnu::cold]] static void run_watching(EndId end, ControlBlock& control, Sender* sender,
                                                        Receiver* receiver) requires(kCanWatch) {
    DescriptorSet set(control.job.wait, receiver == nullptr ? -1 : receiver->pollable_fd(),
                      end.side == Side::consumer ? control.job.watched : 0, &control.end(end).phase);
    std::optional<WatchedSenderOf<Sender>> sends;
    std::optional<WatchedReceiverOf<Receiver>> receives;
    if (sender != nullptr) sends.emplace(*sender);
    if (receiver != nullptr) receives.emplace(*receiver, set);
    run_watched(kTraits.delivery, end, control, sends ? &*sends : nullptr, receives ? &*receives : nullptr);
  }

  [[gnu::noinline, gnu::cold]] static void run_watching_in_turn(
      EndId end, ControlBlock& control, Sender* sender,
      std::span<Receiver* const> receivers) requires(kCanWatch) {
    std::optional<WatchedSenderOf<Sender>> sends;
    if (sender != nullptr) sends.emplace(*sender);
    std::deque<DescriptorSet> sets;
    std::deque<WatchedReceiverOf<Receiver>> watched;
    std::vector<WatchedReceiver*> links;
    for (Receiver* each : receivers) {
      DescriptorSet& own = sets.emplace_back(Wait::poll, each->pollable_fd(), 0);
      links.push_back(&watched.emplace_back(*each, own));
    }
    run_watched_in_turn(end, control, sends ? &*sends : nullptr, links);
  }

  template <Wait W, Payload P>
  static void run_workload(EndId end, ControlBlock& control, Sender* sender, Receiver* receiver) {
    const Job& job = control.job;
    const Waiter<W> waiter(job.shares_cpu, job.spin_ns);
    if constexpr (TakesTurns<Receiver>) {
      using T = Transfer<W, Sender, Receiver>;
      T transfer(sender, receiver, job.message_bytes, waiter);
      OwnLinkLoops<P, T>(control, end, transfer).run();
    } else if constexpr (Flushes<Sender>) {
      using T = BatchedTransfer<W, Sender, Receiver>;
      T transfer(sender, receiver, job.message_bytes, waiter, job.batch);
      BatchedLoops<kTraits.delivery, P, T>(control, end, transfer).run();
    } else {
      using T = Transfer<W, Sender, Receiver>;
      T transfer(sender, receiver, job.message_bytes, waiter);
      if constexpr (P == Payload::direct) transfer.verify_directly();
      Loops<kTraits.delivery, P, kTraits.fans, T>(control, end, transfer).run();
    }
  }
};

// Out of the class, where it is not `inline`: an inline function is compiled wherever it is called, `extern
// template` or not.
template <LoopTraits kTraits, class Sender, class Receiver>
void EndLoops<kTraits, Sender, Receiver>::run(EndId end, ControlBlock& control, Sender* sender,
                                              Receiver* receiver) {
  switch (control.job.wait) {
    case Wait::block:
      return run_by<Wait::block>(end, control, sender, receiver);
    case Wait::spin:
      return run_by<Wait::spin>(end, control, sender, receiver);
    case Wait::epoll:  // the traits keep it from those that cannot
    case Wait::poll:
      if constexpr (kCanWatch) {
        if (control.job.wait == Wait::epoll || control.job.watched != 0)
          return run_watching(end, control, sender, receiver);
      }
      return run_by<Wait::poll>(end, control, sender, receiver);
    case Wait::adaptive:
      return run_by<Wait::adaptive>(end, control, sender, receiver);
  }
}

template <LoopTraits kTraits, class Sender, class Receiver>
void EndLoops<kTraits, Sender, Receiver>::run_in_turn(EndId end, ControlBlock& control, Sender* sender,
                                                      std::span<Receiver* const> receivers) {
  if constexpr (kTraits.delivery == Delivery::reliable && !Flushes<Sender>) {
    const Wait wait = control.job.wait;
    if constexpr (kTraits.waits.contains(Wait::spin)) {
      constexpr LoopTraits kSpinning{.waits = {Wait::spin}, .carries_payload = kTraits.carries_payload};
      InTurn<Receiver> in_turn(receivers);
      InTurn<Receiver>* const all = receivers.empty() ? nullptr : &in_turn;
      if (wait == Wait::spin)
        return EndLoops<kSpinning, Sender, InTurn<Receiver>>::template run_by<Wait::spin>(end, control,
                                                                                          sender, all);
    }
    if constexpr (kCanWatch) {
      if (wait == Wait::poll || wait == Wait::epoll)
        return run_watching_in_turn(end, control, sender, receivers);
    }
  }
  throw_infeasible(control.job.mechanism.str(), name_of(Links::each));
}

}  // namespace ipcbench
