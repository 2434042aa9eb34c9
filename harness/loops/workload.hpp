// The phases of one end: a verified pass, a warm-up, the timed loop. One instance runs in each end, and all
// go through the phases in step.
#pragma once

#include <cstdint>

#include "harness/contract/abilities.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

class Workload {
 public:
  Workload(ControlBlock& control, EndId end, Messenger& messenger, Delivery delivery, Payload payload)
      : control_(control),
        job_(control.job),
        state_(control.end(end)),
        end_(end),
        messenger_(messenger),
        delivery_(delivery),
        payload_(payload) {}
  virtual ~Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  // Runs this end's part of all phases. Throws CheckFailed, KernelError or std::runtime_error, and stores the
  // time in state().error_ns.
  void run();

 protected:
  // The measured loops, for one phase, which begins at the same `start_ns` for all ends. Return how many
  // messages this end sent or received, and store the time of the last in state().end_ns.
  virtual std::uint64_t produce(Pattern pattern, StopSigns& signs, std::uint64_t start_ns,
                                std::uint64_t duration_ns) = 0;
  virtual std::uint64_t consume(Pattern pattern, StopSigns& signs, std::uint64_t start_ns) = 0;
  // Discards what has arrived over a lossy mechanism.
  virtual void drain() = 0;

  [[nodiscard]] ControlBlock& control() { return control_; }
  [[nodiscard]] EndState& state() { return state_; }
  // paced. If it is a share of the capacity, it is known once the warm-up is over.
  [[nodiscard]] double offered_per_second() const;

 private:
  [[nodiscard]] bool is_producer() const { return end_.side == Side::producer; }
  void run_phases();
  std::uint64_t enter(Phase phase);
  void verify();
  void check_clocks();
  void run_phase(Pattern pattern, StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns);
  void warm_up(std::uint64_t start_ns);
  void drain_both();
  void forget_warm_up();
  void run_timed();
  void check_last_message();

  ControlBlock& control_;
  const Job& job_;
  EndState& state_;
  EndId end_;
  Messenger& messenger_;
  Delivery delivery_;
  Payload payload_;
};

}  // namespace ipcbench
