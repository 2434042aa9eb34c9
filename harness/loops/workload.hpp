// The phases of one end: a verified pass, a warm-up, the timed loop, for a ping-pong the rest of the verified
// pass. One instance runs in each end, and all go through the phases in step.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/contract/abilities.hpp"
#include "harness/host/counters.hpp"
#include "harness/host/run_delay.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/paced_times.hpp"
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
  // The measured loops, for one phase. It begins at the same `start_ns` for all producers. Return how many
  // messages this end sent or received, and store the time of the last in state().end_ns.
  virtual std::uint64_t produce(Pattern pattern, StopSigns& signs, std::uint64_t start_ns,
                                std::uint64_t duration_ns) = 0;
  virtual std::uint64_t consume(Pattern pattern, StopSigns& signs) = 0;
  // Discards what has arrived over a lossy mechanism.
  virtual void drain() = 0;

  [[nodiscard]] ControlBlock& control() { return control_; }
  [[nodiscard]] EndState& state() { return state_; }
  // paced.
  [[nodiscard]] const PacedTimes& times() const { return times_->get(); }

 private:
  [[nodiscard]] bool is_producer() const { return end_.side == Side::producer; }
  void run_phases();
  std::uint64_t enter(Phase phase);
  std::uint64_t enter_together(Phase phase);
  void verify();
  void verify_more();
  void check_clocks();
  std::uint64_t produce_phase(Pattern pattern, StopSigns& signs, std::uint64_t start_ns,
                              std::uint64_t duration_ns);
  void run_phase(Pattern pattern, StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns);
  [[nodiscard]] bool finds_capacity() const;
  std::uint64_t enter_warm_up();
  void warm_up(std::uint64_t start_ns);
  void warm_up_more(std::uint64_t start_ns);
  void drain_both();
  void forget_warm_up();
  [[nodiscard]] SideCost spent_so_far() const;
  [[nodiscard]] SideCost spent_since(const SideCost& start) const;
  [[nodiscard]] double measure_line();
  std::uint64_t enter_timed();
  [[nodiscard]] std::uint64_t timed_duration_ns() const;
  void run_timed();
  void report_counts();
  [[nodiscard]] NumberOrder number_order() const;
  void check_last_message();
  void check_numbers();

  // paced: the rate, which is known once the warm-up is over if it is a share of the capacity; what is done
  // before a phase, after the barrier at its start, and after it.
  [[nodiscard]] double offered_per_second() const;
  [[nodiscard]] LinkSchedule schedule() const;
  void prepare_schedule(std::uint64_t duration_ns);
  std::uint64_t enter_schedule(Phase phase);
  void evaluate_schedule();

  ControlBlock& control_;
  const Job& job_;
  EndState& state_;
  EndId end_;
  Messenger& messenger_;
  Delivery delivery_;
  Payload payload_;
  RunDelay run_delay_;
  std::optional<Counters> counters_;  // in a counted launch
  std::optional<SharedTimes> times_;  // paced
  std::uint64_t next_to_verify_ = 0;  // by verify_more()
  std::uint64_t ns_per_message_ = 0;  // in the last part of the warm-up
};

}  // namespace ipcbench
