// A transfer and a clock that play out a script: a test works out by hand what a loop has to record.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "harness/loops/control_block.hpp"
#include "harness/loops/payload.hpp"

namespace ipcbench {

// In place of MonotonicClock. Time passes when the script says so, and `reading_ns` before each reading.
struct ScriptedClock {
  static inline std::uint64_t time_ns = 0;
  static inline std::uint64_t reading_ns = 0;

  static std::uint64_t now_ns() { return time_ns += reading_ns; }
  static std::uint64_t thread_cpu_ns() { return time_ns; }
  static void sleep_until(std::uint64_t ns) { time_ns = std::max(time_ns, ns); }
  static void start_at(std::uint64_t ns) {
    time_ns = ns;
    reading_ns = 0;
  }
};

// [messages, nanoseconds] of each window.
inline std::vector<std::pair<std::uint64_t, std::uint64_t>> windows_of(const ControlBlock& control) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> windows;
  for (std::uint32_t i = 0; i < control.window_count; ++i) {
    windows.emplace_back(control.windows[i].messages, control.windows[i].elapsed_ns);
  }
  return windows;
}

// In place of Transfer. A send takes 5 ns; the n-th message comes after the n-th of `waits_ns`.
template <Wait W>
class ScriptedTransferOf {
 public:
  static constexpr Wait kWait = W;
  static constexpr bool kBatches = false;
  static constexpr std::uint64_t kSendNs = 5;

  explicit ScriptedTransferOf(std::vector<std::uint64_t> waits_ns) : waits_ns_(std::move(waits_ns)) {}

  template <Payload P>
  void send() {
    if (on_send) on_send();
    ++sent_;
    ScriptedClock::time_ns += kSendNs;
  }
  template <Payload P>
  void receive() {
    ScriptedClock::time_ns += waits_ns_.at(received_++);
    if (on_receive) on_receive();
  }
  [[nodiscard]] Buffers& buffers() { return buffers_; }
  [[nodiscard]] std::size_t sent() const { return sent_; }

  std::function<void()> on_send;     // as a send begins
  std::function<void()> on_receive;  // as a message has come

 private:
  std::vector<std::uint64_t> waits_ns_;
  Buffers buffers_{8};
  std::size_t sent_ = 0;
  std::size_t received_ = 0;
};

using ScriptedTransfer = ScriptedTransferOf<Wait::spin>;

}  // namespace ipcbench
