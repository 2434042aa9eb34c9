// The pipe and the spinning ring, slowed down by a known amount to see whether the gate notices: their
// receivers do extra work between a message's arrival and its use. They are linked into a separate program
// for bench/testing/prove_gate.py, never into ipcbench. The environment sets the amount of work, so that both
// sides of a trial are the same program:
//
//   IPCBENCH_SLOW_NS      nanoseconds of arithmetic, for instance 2.5
//   IPCBENCH_SLOW_COPIES  number of copies of the message
//   IPCBENCH_SLOW_CALLS   number of system calls that take the message and discard it
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "harness/base/clock.hpp"
#include "mechanisms/testing/faulty.hpp"

// Defines the measured mechanisms' classes without registering them a second time.
#pragma push_macro("IPCBENCH_REGISTER_MECHANISM")
#undef IPCBENCH_REGISTER_MECHANISM
#define IPCBENCH_REGISTER_MECHANISM(Class) static_assert(ipcbench::Mechanism<Class>)
#include "mechanisms/pipe.cpp"
#include "mechanisms/ring_spin.cpp"
#pragma pop_macro("IPCBENCH_REGISTER_MECHANISM")

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

// Nothing after it starts before everything before it has finished. Otherwise a CPU fetches the message's
// cache lines while it still computes, which hides the work behind their transfer. Both sides of a trial pay
// for it, so they differ by the work alone.
void wait_for_results() {
#if defined(__x86_64__)
  __builtin_ia32_lfence();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

// The fastest of several attempts: the chain's time when nothing interferes.
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

// The receiver does the work, because then nobody else touches the lines of a ring. Work in the sender,
// between its first store and the one that publishes, changes how both ends compete for the lines, and may
// even shorten a round trip.
class ExtraWork {
 public:
  ExtraWork(const LinkSpec& spec, EndRole role)
      : steps_(role.receives ? static_cast<std::uint64_t>(asked("IPCBENCH_SLOW_NS") / ns_per_step()) : 0),
        copies_(static_cast<std::uint64_t>(asked("IPCBENCH_SLOW_COPIES"))),
        calls_(static_cast<std::uint64_t>(asked("IPCBENCH_SLOW_CALLS"))),
        scratch_(spec.message_bytes),
        sink_(open("/dev/null", O_WRONLY | O_CLOEXEC)) {}

  template <class Receiver>
  std::span<const std::byte> peek(Receiver& inner, std::size_t n) {
    const std::span<const std::byte> shown = inner.peek(n);
    if (!shown.empty()) spend(shown);
    return shown;
  }

 private:
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

  std::uint64_t steps_;
  std::uint64_t copies_;
  std::uint64_t calls_;
  std::vector<std::byte> scratch_;
  Fd sink_;
};

constexpr std::string_view kSlowedPipe = "slowed_pipe";
using SlowedPipe = Faulty<Pipe, Named<kSlowedPipe, ExtraWork>>;

constexpr std::string_view kSlowedRing = "slowed_ring";
using SlowedRing = Faulty<RingSpin, Named<kSlowedRing, ExtraWork>>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SlowedPipe);
IPCBENCH_REGISTER_MECHANISM(SlowedRing);
}  // namespace ipcbench
