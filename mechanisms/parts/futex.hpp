// futex(2) with its errors: without them a mechanism on a kernel that refuses the call would poll and call it
// sleeping.
#pragma once

#include <linux/futex.h>

#include <cstdint>

#include "harness/base/fd.hpp"
#include "mechanisms/parts/atomics.hpp"

namespace ipcbench {

// Sleeps while the word has that value; may return early. Throws KernelError. operation: FUTEX_WAIT, or with
// `bits` FUTEX_WAIT_BITSET.
inline void sleep_while(Atomic<std::uint32_t>& word, std::uint32_t value, int operation = FUTEX_WAIT,
                        std::uint32_t bits = 0) {
  if (futex_call(word, operation, value, bits) < 0 && !try_again(errno)) throw_errno("cannot sleep (futex)");
}

struct FutexWait {
  static void sleep_while(Atomic<std::uint32_t>& word, std::uint32_t value) {
    ipcbench::sleep_while(word, value);
  }
};

// Wakes one sleeper. Throws KernelError. operation: FUTEX_WAKE, or with `bits` FUTEX_WAKE_BITSET.
inline void wake_one(Atomic<std::uint32_t>& word, int operation = FUTEX_WAKE, std::uint32_t bits = 0) {
  if (futex_call(word, operation, 1, bits) < 0) throw_errno("cannot wake a sleeper (futex)");
}

}  // namespace ipcbench
