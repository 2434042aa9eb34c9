// The measured loops of one mechanism, for one waiting strategy and one kind of payload.
#pragma once

#include "harness/loops/fan_pass.hpp"
#include "harness/loops/ping_pong.hpp"
#include "harness/loops/streaming.hpp"
#include "harness/loops/workload.hpp"

namespace ipcbench {

// D: the mechanism's delivery. Fans: whether several ends can share a side. T: a Transfer.
template <Delivery D, Payload P, bool Fans, class T, class Clock = MonotonicClock>
class Loops final : public Workload {
 public:
  Loops(ControlBlock& control_block, EndId end, T& transfer)
      : Workload(control_block, end, transfer, D, P),
        transfer_(transfer),
        ping_pong_(control_block, transfer),
        streaming_(control_block, transfer) {}

 protected:
  std::uint64_t produce(Pattern pattern, StopSigns& signs, std::uint64_t start_ns,
                        std::uint64_t duration_ns) override {
    std::uint64_t& end_ns = state().end_ns;
    if (pattern == Pattern::latency) {
      return ping_pong_.ping(signs, start_ns, duration_ns, end_ns);
    }
    if (pattern == Pattern::throughput) {
      const std::uint64_t sent = streaming_.send_all(signs, duration_ns);
      end_ns = Clock::now_ns();  // counts only for a floor, which has no consumer to report the time
      return sent;
    }
    if constexpr (D != Delivery::none) {
      if (pattern == Pattern::oneway) return ping_pong_.ping_oneway(signs, start_ns, duration_ns, end_ns);
      if (pattern == Pattern::paced) {
        return streaming_.send_paced(signs, times(), start_ns, duration_ns);
      }
    }
    if constexpr (Fans) {
      if (pattern == Pattern::fanin) return streaming_.send_with_others(signs, duration_ns);
      const std::uint64_t sent = streaming_.send_for(duration_ns);
      mark_as_last(transfer_.buffers().source());
      end_ns = dismiss_consumers(
          control(), signs, sent, [this] { transfer_.template send<P>(); },
          [this] { transfer_.waiter().relax(); });
      return sent;
    }
    return 0;  // not reached: LinkOf::run() throws first. A throw here would change the inlining.
  }

  std::uint64_t consume(Pattern pattern, StopSigns& signs) override {
    if (pattern == Pattern::latency) return ping_pong_.pong(signs);
    if constexpr (D != Delivery::none) {
      if (pattern == Pattern::oneway) return ping_pong_.pong_oneway(signs);
      if (pattern == Pattern::paced) {
        return streaming_.receive_paced(signs, times(), state().end_ns);
      }
    }
    if constexpr (Fans) {
      if (pattern == Pattern::fanout) {
        return receive_share(
            state(), signs, [this] { transfer_.template receive<P>(); }, [] {});
      }
    }
    return streaming_.receive_all(signs, state().end_ns);
  }

  void drain() override {
    if constexpr (D == Delivery::lossy) transfer_.receiver().drain();
  }

 private:
  T& transfer_;
  PingPong<D, P, T, Clock> ping_pong_;
  Streaming<D, P, T, Clock> streaming_;
};

}  // namespace ipcbench
