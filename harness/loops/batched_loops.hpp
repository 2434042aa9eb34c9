// The measured loops of a mechanism that hands over several messages at once: those of Loops without
// ping-pong, in which a message has to leave at once, and without fans.
#pragma once

#include "harness/loops/batched_transfer.hpp"
#include "harness/loops/streaming.hpp"
#include "harness/loops/workload.hpp"

namespace ipcbench {

template <Delivery D, Payload P, class T, class Clock = MonotonicClock>
class BatchedLoops final : public Workload {
 public:
  BatchedLoops(ControlBlock& control_block, EndId end, T& transfer)
      : Workload(control_block, end, transfer, D, P),
        transfer_(transfer),
        streaming_(control_block, transfer) {}

 protected:
  std::uint64_t produce(Pattern pattern, StopSigns& signs, std::uint64_t start_ns,
                        std::uint64_t duration_ns) override {
    if (pattern == Pattern::paced) return streaming_.send_paced(signs, times(), start_ns, duration_ns);
    return streaming_.send_all(signs, duration_ns);
  }

  std::uint64_t consume(Pattern pattern, StopSigns& signs) override {
    if (pattern == Pattern::paced) return streaming_.receive_paced(signs, times(), state().end_ns);
    return streaming_.receive_all(signs, state().end_ns);
  }

  void drain() override {
    if constexpr (D == Delivery::lossy) transfer_.receiver().drain();
  }

 private:
  T& transfer_;
  Streaming<D, P, T, Clock> streaming_;
};

}  // namespace ipcbench
