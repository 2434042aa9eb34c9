// What the lock-free parts take from C++ and from the kernel, under names of their own, so that one test can
// put a model of C++'s memory model in its place and go through all that may happen (testing/ordering/).
// Otherwise these are std::atomic and futex(2), and nothing is between.
#pragma once

#ifdef IPCBENCH_MODELLED_ATOMICS
#include "mechanisms/testing/ordering/model_atomics.hpp"
#else

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace ipcbench {

template <class T>
using Atomic = std::atomic<T>;

// Keeps a store before it and a load behind it from passing each other (and all else). `word`: one that both
// sides know.
inline void full_fence([[maybe_unused]] Atomic<std::uint32_t>& word) {
#ifdef __SANITIZE_THREAD__
  // The thread sanitizer does not know fences. Read-modify-writes of one word order both sides as well.
  word.fetch_add(0, std::memory_order_seq_cst);
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

// futex(2) without a time limit, between processes; -1 and errno. bits: of FUTEX_WAIT_BITSET and
// FUTEX_WAKE_BITSET only.
inline long futex_call(Atomic<std::uint32_t>& word, int operation, std::uint32_t value,
                       std::uint32_t bits = 0) {
  return syscall(SYS_futex, &word, operation, value, nullptr, nullptr, bits);
}

}  // namespace ipcbench

#endif
