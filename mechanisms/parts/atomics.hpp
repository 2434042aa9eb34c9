// std::atomic and futex(2) under the names that the lock-free parts use. The ordering tests have a header of
// the same name earlier on their include path: a model of C++'s memory, in which they try every outcome.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

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

// futex(2) between processes, without a time limit; on failure returns -1 and sets errno. bits: the mask of
// the BITSET operations.
inline long futex_call(Atomic<std::uint32_t>& word, int operation, std::uint32_t value,
                       std::uint32_t bits = 0) {
  return syscall(SYS_futex, &word, operation, value, nullptr, nullptr, bits);
}

}  // namespace ipcbench
