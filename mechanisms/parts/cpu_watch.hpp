// A pause that a store ends: the CPU watches a cache line, and executes nothing until somebody writes there.
// The thread keeps its CPU, so this is a way to spin, with less power and more left for the other hardware
// thread of the core. Both families of x86 have instructions for it that need no kernel.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "harness/contract/abilities.hpp"
#include "mechanisms/parts/atomics.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace ipcbench {

// Way:
//   static void arm(const void* address)  begins to watch the line of that address
//   static void pause()                   until a store since then, or for a bounded time; may return early
template <class Way>
struct WatchBy {
  // Armed before it looks, so that a store in between is not missed.
  template <class Ready>
  static void watch(const Atomic<std::uint64_t>& counter, Ready ready) {
    Way::arm(&counter);
    if (!ready()) Way::pause();
  }
};

#if defined(__x86_64__)

// In ticks of the CPU's clock, 20 to 30 us. Linux allows user space 100,000 by default
// (/sys/devices/system/cpu/umwait_control/max_time).
inline constexpr std::uint32_t kMostWatchTicks = 65'536;

inline bool cpu_shows(unsigned leaf, unsigned bit_of_ecx) {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid_count(leaf, 0, &eax, &ebx, &ecx, &edx) != 0 && (ecx >> bit_of_ecx & 1U) != 0;
}

// Intel's WAITPKG: Software Developer's Manual, volume 2, UMONITOR and UMWAIT.
struct Umwait {
  static bool available() { return cpu_shows(7, 5); }

  [[gnu::target("waitpkg")]] static void arm(const void* address) { _umonitor(const_cast<void*>(address)); }
  [[gnu::target("waitpkg")]] static void pause() {
    constexpr unsigned kStateC01 = 1;  // wakes up sooner than C0.2
    _umwait(kStateC01, __rdtsc() + kMostWatchTicks);
  }
};

// AMD's MONITORX: Architecture Programmer's Manual, volume 3, MONITORX and MWAITX.
struct Mwaitx {
  static bool available() { return cpu_shows(0x8000'0001, 29); }

  [[gnu::target("mwaitx")]] static void arm(const void* address) {
    _mm_monitorx(const_cast<void*>(address), 0, 0);
  }
  [[gnu::target("mwaitx")]] static void pause() {
    constexpr unsigned kWithTimer = 2;
    constexpr unsigned kStayInC0 = 0xf0;  // wakes up soonest
    _mm_mwaitx(kWithTimer, kStayInC0, kMostWatchTicks);
  }
};

#endif

// By what this CPU has. Not to be used where available() says that it has neither.
struct CpuWatch {
  static Unavailable available() {
#if defined(__x86_64__)
    if (kHasUmwait || Mwaitx::available()) return std::nullopt;
#endif
    return Error(
               "this CPU has neither umwait (Intel: WAITPKG) nor mwaitx (AMD: MONITORX)",
               "take one that has (Intel from Alder Lake and Sapphire Rapids on, AMD from Zen on); a virtual "
               "machine must be shown it (qemu: -cpu host -overcommit cpu-pm=on)")
        .what();
  }

  template <class Ready>
  static void watch([[maybe_unused]] const Atomic<std::uint64_t>& counter, [[maybe_unused]] Ready ready) {
#if defined(__x86_64__)
    if (kHasUmwait) return WatchBy<Umwait>::watch(counter, ready);
    WatchBy<Mwaitx>::watch(counter, ready);
#endif
  }

 private:
#if defined(__x86_64__)
  static inline const bool kHasUmwait = Umwait::available();
#endif
};

}  // namespace ipcbench
