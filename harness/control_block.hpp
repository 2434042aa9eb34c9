// The shared memory through which the launcher and the two ends of a launch agree and report: the job, a
// barrier, the stop signs of the loops, and what each end found. Plain data at one address per process; the
// ends touch it between phases, and in a loop only the stop sign that it is waiting for.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/axes.hpp"
#include "harness/histogram.hpp"
#include "harness/measurement.hpp"
#include "harness/mechanism.hpp"

namespace ipcbench {

// Text of bounded length in shared memory; longer text is cut.
template <std::size_t N>
class SharedText {
 public:
  void assign(std::string_view text) { length_ = static_cast<std::uint32_t>(text.copy(chars_.data(), N)); }
  [[nodiscard]] std::string str() const { return {chars_.data(), length_}; }

 private:
  std::array<char, N> chars_{};
  std::uint32_t length_ = 0;
};

// What two processes need to know to run one launch.
struct Job {
  SharedText<64> mechanism;
  Pattern pattern = Pattern::latency;
  Wait wait = Wait::block;
  Payload payload = Payload::copy;
  std::uint64_t message_bytes = 0;
  std::uint64_t warm_up_ns = 0;
  std::uint64_t timed_ns = 0;
  std::array<std::int32_t, 2> cpu{-1, -1};  // by Side; -1: not pinned
  bool shares_cpu = false;                  // both ends have one CPU between them

  struct NamedValue {
    SharedText<32> name;
    std::uint64_t value = 0;
  };
  std::array<NamedValue, 16> parameters;
  std::uint32_t parameter_count = 0;

  // For ends that join by name: what LinkSpec and join() take.
  SharedText<128> directory;
  SharedText<64> name;
  std::array<SharedText<256>, 2> address;  // of the link to the consumer, and of the one back
};

// A barrier for the two ends. The launcher's watchdog is its time limit.
class PairBarrier {
 public:
  // Returns when both have arrived: the time at which the second did.
  std::uint64_t arrive_and_wait() noexcept;

 private:
  std::atomic<std::uint32_t> arrived_{0};
  std::atomic<std::uint32_t> generation_{0};
  std::atomic<std::uint64_t> released_ns_{0};
};

enum class Phase : std::uint32_t { starting, attaching, verifying, warming_up, timed, done };
std::string_view name_of(Phase phase);

inline constexpr std::size_t kWindows = 32;

// What one end reports.
struct SideState {
  std::atomic<Phase> phase{Phase::starting};
  std::atomic<bool> has_error{false};
  bool check_failed = false;  // the error is a failed check of the payload
  SharedText<400> error;
  SideCost cost;
  std::uint64_t verified_messages = 0;
  std::uint64_t messages = 0;  // sent or received in the timed phase
  std::uint64_t start_ns = 0;
  std::uint64_t end_ns = 0;
};

// How the loops of one phase end. Each sign is stored once, before the last message is sent, and read by the
// peer after each message that it receives; alone on its line, so that reading it costs a first-level hit.
struct StopSigns {
  alignas(64) std::atomic<bool> last{false};                 // latency: the message to come is the last
  alignas(64) std::atomic<std::uint64_t> limit{UINT64_MAX};  // throughput: how many messages there are in all
  alignas(64) std::atomic<bool> received_all{false};         // throughput, lossy: the consumer is through
};

struct ControlBlock {
  Job job;
  PairBarrier barrier;
  std::array<SideState, 2> sides;  // by Side

  StopSigns warm_up_signs;
  StopSigns timed_signs;

  std::array<Job::NamedValue, 16> settings;  // in force, from the producer
  std::uint32_t setting_count = 0;

  std::uint64_t min_ns = 0;
  std::uint64_t max_ns = 0;
  std::array<Window, kWindows> windows{};
  std::uint32_t window_count = 0;
  Histogram histogram;

  void report_settings(const Settings& in_force);
  [[nodiscard]] SideState& side(Side which) { return sides[static_cast<std::size_t>(which)]; }
};

// A ControlBlock in memory that forked children share and that a program started afresh can map from the
// descriptor (a sealed-size memfd, close-on-exec).
class SharedControl {
 public:
  SharedControl();                           // creates; throws std::system_error
  explicit SharedControl(int inherited_fd);  // maps what another process created; takes the descriptor
  ~SharedControl();
  SharedControl(const SharedControl&) = delete;
  SharedControl& operator=(const SharedControl&) = delete;

  [[nodiscard]] ControlBlock& operator*() const { return *block_; }
  [[nodiscard]] ControlBlock* operator->() const { return block_; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  ControlBlock* block_;
};

}  // namespace ipcbench
