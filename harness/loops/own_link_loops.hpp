// The measured loops of a fan-in in which each producer has a link of its own.
#pragma once

#include "harness/loops/in_turn.hpp"
#include "harness/loops/streaming.hpp"
#include "harness/loops/workload.hpp"

namespace ipcbench {

// T: a Transfer whose receiver takes turns.
template <Payload P, class T, class Clock = MonotonicClock>
class OwnLinkLoops final : public Workload {
 public:
  OwnLinkLoops(ControlBlock& control_block, EndId end, T& transfer)
      : Workload(control_block, end, transfer, Delivery::reliable, P), streaming_(control_block, transfer) {}

 protected:
  std::uint64_t produce(Pattern, StopSigns& signs, std::uint64_t, std::uint64_t duration_ns) override {
    return streaming_.send_with_others(signs, duration_ns);
  }
  std::uint64_t consume(Pattern, StopSigns& signs) override {
    return streaming_.receive_all(signs, state().end_ns);
  }
  void drain() override {}

 private:
  Streaming<Delivery::reliable, P, T, Clock> streaming_;
};

}  // namespace ipcbench
