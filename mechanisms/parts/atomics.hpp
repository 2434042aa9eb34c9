// std::atomic, fences and futex(2) under the names that the lock-free parts use. The ordering tests have a
// header of the same name earlier on their include path: a model of C++'s memory, in which they try every
// outcome.
#pragma once

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "harness/base/error.hpp"

namespace ipcbench {

template <class T>
using Atomic = std::atomic<T>;

// Keeps a store before it and a load after it in order. `word`: any word that both sides share.
inline void full_fence([[maybe_unused]] Atomic<std::uint32_t>& word) {
#ifdef __SANITIZE_THREAD__
  // The thread sanitizer does not know fences. Read-modify-writes of one word order both sides too.
  word.fetch_add(0, std::memory_order_seq_cst);
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

// --- A fence that only one side pays for ---------------------------------------------------------------
//
// If one side executes heavy_fence() where the other has light_fence(), both count as full_fence(). The light
// one only stops the compiler. The heavy one is membarrier(2): the kernel interrupts the other CPUs that run
// a registered process, and each of them executes the fence. A CPU that runs anything else has passed one
// when it switched to that. (P1202R5, "Asymmetric fences".)

inline int membarrier_call(int command) { return static_cast<int>(syscall(SYS_membarrier, command, 0, 0)); }

// Whether this kernel has heavy fences between processes (Linux 4.16), and allows them.
inline bool has_heavy_fence() {
  constexpr int kNeeded = MEMBARRIER_CMD_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED;
  const int commands = membarrier_call(MEMBARRIER_CMD_QUERY);
  return commands >= 0 && (commands & kNeeded) == kNeeded;
}

// Called once by a process before its first light_fence(). Throws KernelError.
inline void register_for_heavy_fences() {
  if (membarrier_call(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED) != 0) {
    throw_errno("the creator counts on membarrier(2), which this end cannot use");
  }
}

inline void light_fence() { std::atomic_signal_fence(std::memory_order_seq_cst); }

// Throws KernelError.
inline void heavy_fence() {
  if (membarrier_call(MEMBARRIER_CMD_GLOBAL_EXPEDITED) != 0) throw_errno("membarrier");
}

// A waker changes to light fences after this many hand-overs in a row at which nobody slept, and back to full
// ones when it has to wake somebody. In a ping-pong every hand-over wakes somebody, so it never pays for the
// heavy fence, 1 to 2 us. Between two CPUs a blocking ring of 64 KiB moved 64 B in 37 ns with 16 as with 64,
// in 113 ns with 256, and in 133 ns with full fences only; 16 served 4 KiB better than 64 did.
inline constexpr std::uint32_t kAwakeBeforeLight = 16;

// --- futex(2) ------------------------------------------------------------------------------------------

// Between processes, without a time limit; on failure returns -1 and sets errno. bits: the mask of the BITSET
// operations.
inline long futex_call(Atomic<std::uint32_t>& word, int operation, std::uint32_t value,
                       std::uint32_t bits = 0) {
  return syscall(SYS_futex, &word, operation, value, nullptr, nullptr, bits);
}

}  // namespace ipcbench
