// The waiting strategies, as parameters of the loop.
#pragma once

#include <sched.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include "harness/base/axes.hpp"
#include "harness/base/clock.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

// How long `adaptive` spins before it sleeps where nothing else is known: about a wake-up across two CPUs, 20
// to 50 us on the machines that this was developed on.
inline constexpr std::uint64_t kAdaptiveSpinNs = 20'000;

// Whether an end may sleep in user space under this strategy, so that its peer has to wake it.
constexpr bool may_sleep(Wait wait) { return wait != Wait::spin; }

inline void cpu_relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  asm volatile("yield" ::: "memory");
#else
  asm volatile("" ::: "memory");
#endif
}

template <Wait W>
class Waiter {
 public:
  // shares_cpu: both ends run on one CPU. A spinning end then has to yield, or it would hold up its peer for
  // milliseconds, until the scheduler takes the CPU away.
  // spin_ns: how long `adaptive` spins before it sleeps.
  explicit Waiter(bool shares_cpu, std::uint64_t spin_ns = kAdaptiveSpinNs)
      : shares_cpu_(shares_cpu), spin_ns_(spin_ns) {}

  // Repeats `attempt` (which returns a span or a bool) until it succeeds, and waits in between as W says.
  template <class End, class Attempt>
  auto until(End& end, Attempt attempt) {
    if constexpr (W == Wait::poll && ReceiverEnd<End> && Parks<End>)
      end.park();  // an event loop asks before it reads
    auto got = attempt();
    if (succeeded(got)) [[likely]] {
      return got;
    }
    std::uint64_t spin_until_ns = 0;
    unsigned tries = 0;
    do {
      if constexpr (W == Wait::spin) {
        relax_at(end);
      } else if constexpr (W == Wait::adaptive && Parks<End>) {
        spin_then_park(end, spin_until_ns, tries);
      } else if constexpr (Parks<End>) {
        end.park();
      }
      got = attempt();
    } while (!succeeded(got));
    return got;
  }

  // A pause between two attempts.
  void relax() const {
    if (shares_cpu_) {
      sched_yield();
    } else {
      cpu_relax();
    }
  }

 private:
  static bool succeeded(bool done) { return done; }
  template <class Byte>
  static bool succeeded(const std::span<Byte>& bytes) {
    return bytes.data() != nullptr;
  }

  template <class End>
  void relax_at([[maybe_unused]] End& end) const {
    if constexpr (Watches<End>) {
      if (!shares_cpu_) return end.watch();
    }
    relax();
  }

  template <Parks End>
  void spin_then_park(End& end, std::uint64_t& spin_until_ns, unsigned& tries) const {
    // The clock costs as much as several attempts, so it is read at every eighth.
    if (++tries % 8 != 0) {
      relax();
      return;
    }
    const std::uint64_t now = now_ns();
    if (spin_until_ns == 0) spin_until_ns = now + spin_ns_;
    if (now < spin_until_ns) {
      relax();
      return;
    }
    end.park();
    spin_until_ns = 0;
  }

  // The other strategies keep no time, so that their code does not change with it.
  struct NoTime {
    explicit constexpr NoTime(std::uint64_t /*spin_ns*/) {}
  };

  bool shares_cpu_;
  [[no_unique_address]] std::conditional_t<W == Wait::adaptive, std::uint64_t, NoTime> spin_ns_;
};

}  // namespace ipcbench
