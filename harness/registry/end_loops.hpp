// From the job's waiting strategy and payload to the loops compiled for them, for ends of one type.
//
// Mechanisms whose ends are of one type share these loops: the header of such ends declares them `extern
// template`, and the file of one mechanism instantiates them. So they are compiled once, and their results
// do not differ by what the compiler inlined where.
#pragma once

#include "harness/contract/abilities.hpp"
#include "harness/contract/feasibility.hpp"
#include "harness/loops/batched_loops.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/loops.hpp"

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

 private:
  // A token has no payload.
  template <Wait W>
  static void with_payload(EndId end, ControlBlock& control, Sender* sender, Receiver* receiver) {
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

  template <Wait W, Payload P>
  static void run_workload(EndId end, ControlBlock& control, Sender* sender, Receiver* receiver) {
    const Job& job = control.job;
    const Waiter<W> waiter(job.shares_cpu, job.spin_ns);
    if constexpr (Flushes<Sender>) {
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
      return with_payload<Wait::block>(end, control, sender, receiver);
    case Wait::spin:
      return with_payload<Wait::spin>(end, control, sender, receiver);
    case Wait::poll:
      return with_payload<Wait::poll>(end, control, sender, receiver);
    case Wait::adaptive:
      return with_payload<Wait::adaptive>(end, control, sender, receiver);
  }
}

}  // namespace ipcbench
