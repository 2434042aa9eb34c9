// futex_waitv(2), which can wait for several words at once, for one word: what the more general call costs.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"
#include "mechanisms/parts/sleeping.hpp"

namespace ipcbench {

inline long futex_waitv_call(futex_waitv* words, unsigned count) {
  return syscall(SYS_futex_waitv, words, count, 0, nullptr, 0);
}

struct FutexWaitvCall {
  // The word is shared with other processes, so the flag for a private one is absent. Throws KernelError.
  static void sleep_while(Atomic<std::uint32_t>& word, std::uint32_t value) {
    futex_waitv watched{};
    watched.val = value;
    watched.uaddr = reinterpret_cast<std::uintptr_t>(&word);
    watched.flags = FUTEX_32;
    if (futex_waitv_call(&watched, 1) < 0 && !try_again(errno)) throw_errno("cannot sleep (futex_waitv)");
  }
};
using FutexWaitvSleep = SleepOnWord<FutexWaitvCall>;

// Asks about no word at all, which a kernel that has the call finds invalid.
inline Unavailable futex_waitv_available() {
  if (futex_waitv_call(nullptr, 0) == 0 || errno == EINVAL) return std::nullopt;
  return KernelError(
             errno, "futex_waitv cannot be used",
             errno == ENOSYS ? "take Linux 5.16 or newer, or allow the call in the seccomp filter" : "")
      .what();
}

}  // namespace ipcbench
