// The locks that Linux processes can share, and what happens to one whose holder is killed.
#pragma once

#include <functional>
#include <span>
#include <string_view>

namespace ipcbench {

// Tries to take a lock that forked children share, for the process that calls it. 0: it was free; EBUSY or
// EAGAIN: somebody holds it; EOWNERDEAD: taken, its previous holder died. It is held until the process ends.
using SharedLock = std::function<int()>;

// A forked child takes the lock and is killed; then another one tries it, and finds it "freed" as if the
// holder had released it, "freed and told" of the death (EOWNERDEAD) or "held for ever". Throws Error if the
// first did not get it.
std::string_view crash_of_holder(const SharedLock& lock);

SharedLock make_sysv_semaphore(bool undo);  // SEM_UNDO, semop(2)

struct LockKind {
  std::string_view object;  // as in Traits::locks
  std::string_view what;    // "System V semaphore with SEM_UNDO"
  // Throws KernelError, with the remedy if a limit is in the way.
  SharedLock (*make)();
};
std::span<const LockKind> lock_kinds();

}  // namespace ipcbench
