// Runs the harness's own loops between two threads of this process, each pinned to a CPU of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "harness/loops/control_block.hpp"
#include "harness/loops/loops.hpp"

namespace ipcbench::core {

// What all blocks have in common.
struct Setting {
  int near_cpu = 0;  // of the producer, and of everything that runs on one CPU
  int far_cpu = 0;
  std::chrono::nanoseconds warm_up{};
  std::chrono::nanoseconds timed{};

  [[nodiscard]] bool shares_cpu() const { return near_cpu == far_cpu; }
};

// Runs the two at the same time, on the near and on the far CPU. Ends the program if one throws, since the
// other would wait for it forever.
void run_pinned(const Setting& setting, const std::function<void()>& near, const std::function<void()>& far);

// One end's part of a launch in these threads.
using EndWork = std::function<void(ControlBlock&)>;

// A whole launch (verified pass, warm-up, timed phase). Returns the nanoseconds per message, or per round
// trip for Pattern::latency.
double run_launch(const Setting& setting, Pattern pattern, std::size_t message_bytes, const EndWork& producer,
                  const EndWork& consumer);

// Exchanges `count` messages, of which the first has that number; numbers begin at 1.
using Exchange = std::function<void(std::uint64_t first, std::uint64_t count)>;

// Nanoseconds per message of the near part. The far part repeats batches of messages until the near part,
// which looks at the clock between batches, says that the last one has begun.
double run_batches(const Setting& setting, const Exchange& near, const Exchange& far);

// The pause between two looks, as the harness's waiting strategy takes it.
template <class Changed>
void spin_until(const Waiter<Wait::spin>& waiter, Changed changed) {
  while (!changed()) waiter.relax();
}

// The part of an end whose messages `transfer` carries, by the loops of every mechanism.
template <Payload P, Delivery D = Delivery::reliable, class T>
void run_loops(ControlBlock& control, Side side, T& transfer) {
  Loops<D, P, false, T>(control, {side, 0}, transfer).run();
}

}  // namespace ipcbench::core
