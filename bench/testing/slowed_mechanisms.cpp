// Mechanisms that can be made slower by a known amount, to see whether the gate notices: a pipe and a
// spinning ring like those that are measured, whose receivers do extra work between a message's arrival and
// its use. Linked into a program of its own for bench/testing/prove_gate.py, never into ipcbench. How much is
// said by the environment, so that both sides of a trial are the same program:
//
//   IPCBENCH_SLOW_NS      so many nanoseconds of arithmetic, 2.5 for instance
//   IPCBENCH_SLOW_COPIES  so many copies of the message
//   IPCBENCH_SLOW_CALLS   so many system calls that take the message and throw it away
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "harness/base/clock.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/anonymous_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/ring_sleep.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {

double asked(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? 0 : std::strtod(text, nullptr);
}

// A chain of multiplications: nothing to overlap, no memory, no call.
void compute(std::uint64_t steps) {
  std::uint64_t value = steps;
  for (std::uint64_t i = 0; i < steps; ++i) {
    value *= 6364136223846793005U;
    asm volatile("" : "+r"(value));
  }
}

// What follows begins only when what went before has ended; without it a CPU fetches the message's cache
// lines while it still computes, and hides the work behind their way. Both sides of a trial pay for it, so
// that the work alone is what differs.
void wait_for_results() {
#if defined(__x86_64__)
  __builtin_ia32_lfence();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

// The fastest of several tries: what the chain takes when nothing gets in between.
double ns_per_step() {
  constexpr std::uint64_t kSteps = 20'000;
  std::uint64_t fastest = UINT64_MAX;
  for (int attempt = 0; attempt < 50; ++attempt) {
    const std::uint64_t start = now_ns();
    compute(kSteps);
    fastest = std::min(fastest, now_ns() - start);
  }
  return static_cast<double>(fastest) / kSteps;
}

class ExtraWork {
 public:
  explicit ExtraWork(std::size_t message_bytes)
      : steps_(static_cast<std::uint64_t>(asked("IPCBENCH_SLOW_NS") / ns_per_step())),
        copies_(static_cast<std::uint64_t>(asked("IPCBENCH_SLOW_COPIES"))),
        calls_(static_cast<std::uint64_t>(asked("IPCBENCH_SLOW_CALLS"))),
        scratch_(message_bytes),
        sink_(open("/dev/null", O_WRONLY | O_CLOEXEC)) {}

  void spend(std::span<const std::byte> message) {
    compute(steps_);
    wait_for_results();
    for (std::uint64_t i = 0; i < copies_; ++i) {
      std::memcpy(scratch_.data(), message.data(), message.size());
      asm volatile("" : : "r"(scratch_.data()) : "memory");
    }
    for (std::uint64_t i = 0; i < calls_; ++i) {
      if (write(sink_.get(), message.data(), message.size()) < 0) throw_errno("write to /dev/null");
    }
  }

 private:
  std::uint64_t steps_;
  std::uint64_t copies_;
  std::uint64_t calls_;
  std::vector<std::byte> scratch_;
  Fd sink_;
};

// The receiver, because at that point nobody else touches the lines of a ring: work in the sender, between
// its first store and the one that publishes, shifts how both ends fight for them, and may even shorten a
// round trip.
template <class Inner>
class SlowedReceiver : public Inner {
 public:
  SlowedReceiver(Inner inner, std::size_t message_bytes) : Inner(std::move(inner)), extra_(message_bytes) {}

  std::span<const std::byte> peek(std::size_t n) {
    const std::span<const std::byte> shown = Inner::peek(n);
    if (!shown.empty()) extra_.spend(shown);
    return shown;
  }

 private:
  ExtraWork extra_;
};

class SlowedPipe {
 public:
  static constexpr Traits kTraits{.name = "slowed_pipe",
                                  .summary = "a pipe whose receiver does extra work, for trials of the gate",
                                  .kind = MechanismKind::pipe,
                                  .made_of = "pipe",
                                  .kinship = Kinship::kin,
                                  .framing = Framing::stream,
                                  .flow = Flow::one_way};
  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<SlowedPipe> create(const LinkSpec& spec) {
    return std::make_unique<SlowedPipe>(spec);
  }

  explicit SlowedPipe(LinkSpec spec) : spec_(std::move(spec)) {
    std::array<int, 2> fds{};
    checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
    ends_ = {Fd(fds[0]), Fd(fds[1])};
  }

  StreamSender sender() {
    if (!spec_.one_process) ends_[0].reset();
    return {take_or_share(ends_[1], spec_.one_process), spec_.message_bytes, spec_.wait};
  }
  SlowedReceiver<StreamReceiver> receiver() {
    if (!spec_.one_process) ends_[1].reset();
    return {StreamReceiver(take_or_share(ends_[0], spec_.one_process), spec_.message_bytes, spec_.wait),
            spec_.message_bytes};
  }

 private:
  LinkSpec spec_;
  std::array<Fd, 2> ends_;  // to read from, to write to
};

struct SlowedRingKind {
  static constexpr Traits kTraits =
      ring_traits({.name = "slowed_ring",
                   .summary = "a spinning ring whose receiver does extra work, for trials of the gate",
                   .made_of = "anonymous mapping",
                   .kinship = Kinship::kin,
                   .waits = {Wait::spin},
                   .lifetime = Lifetime::process});
  using Memory = AnonymousMemory;
  using Sleep = NoSleep;
};

class SlowedRing {
 public:
  static constexpr Traits kTraits = SlowedRingKind::kTraits;
  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<SlowedRing> create(const LinkSpec& spec) {
    return std::make_unique<SlowedRing>(spec);
  }

  explicit SlowedRing(const LinkSpec& spec)
      : ring_(RingMechanism<SlowedRingKind>::create(spec)), message_bytes_(spec.message_bytes) {}

  RingSender<NoSleep> sender() { return ring_->sender(); }
  SlowedReceiver<RingReceiver<NoSleep>> receiver() { return {ring_->receiver(), message_bytes_}; }

 private:
  std::unique_ptr<RingMechanism<SlowedRingKind>> ring_;
  std::size_t message_bytes_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SlowedPipe);
IPCBENCH_REGISTER_MECHANISM(SlowedRing);
}  // namespace ipcbench
