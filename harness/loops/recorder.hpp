// Records one sample per message: into the histogram, and into the exact extremes and sum.
#pragma once

#include <algorithm>
#include <cstdint>

#include "harness/loops/control_block.hpp"

namespace ipcbench {

// Keeps the extremes and the sum in registers, and writes them back at the end.
class Recorder {
 public:
  explicit Recorder(Samples& samples) : samples_(samples) {}
  ~Recorder() {
    samples_.min_ns = min_ns_;
    samples_.max_ns = max_ns_;
    samples_.sum_ns = sum_ns_;
    samples_.clamped_ns = clamped_ns_;
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void record(std::uint64_t ns) {
    samples_.histogram.record(ns);
    min_ns_ = std::min(min_ns_, ns);
    max_ns_ = std::max(max_ns_, ns);
    sum_ns_ += ns;
  }
  // Records 0 if two clocks disagree so much that `later_ns` seems to come first, and keeps the difference,
  // so that the samples can still be checked by their sum.
  void record_between(std::uint64_t earlier_ns, std::uint64_t later_ns) {
    const bool in_order = later_ns >= earlier_ns;
    if (!in_order) [[unlikely]] {
      clamped_ns_ += earlier_ns - later_ns;
    }
    record(in_order ? later_ns - earlier_ns : 0);
  }

 private:
  Samples& samples_;
  std::uint64_t min_ns_ = UINT64_MAX;
  std::uint64_t max_ns_ = 0;
  std::uint64_t sum_ns_ = 0;
  std::uint64_t clamped_ns_ = 0;
};

// Begins a window. If there are kWindows already, the last one grows.
inline void begin_window(ControlBlock& control) {
  if (control.window_count < kWindows) control.windows[control.window_count++] = {};
}
inline void add_to_window(ControlBlock& control, Window part) {
  Window& last = control.windows[control.window_count - 1];
  last.messages += part.messages;
  last.elapsed_ns += part.elapsed_ns;
}
inline void add_window(ControlBlock& control, Window window) {
  begin_window(control);
  add_to_window(control, window);
}

}  // namespace ipcbench
