// The locks that Linux processes can share, and what happens to one whose holder is killed.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "harness/base/axes.hpp"

namespace ipcbench {

// A lock that one process at a time can hold, shared with forked children.
class SharedLock {
 public:
  virtual ~SharedLock() = default;
  // Waits until it is free. Throws KernelError.
  virtual void take() = 0;
  // 0: taken; EBUSY or EAGAIN: held by somebody; EOWNERDEAD: taken, its previous holder died.
  virtual int try_take() = 0;
};

enum class AfterCrash {
  freed,           // as if the holder had released it
  freed_and_told,  // the next holder is told of the death (EOWNERDEAD)
  held_for_ever,
};
template <>
inline constexpr std::array kAxis<AfterCrash>{
    AxisValue{AfterCrash::freed, "freed", "free again"},
    AxisValue{AfterCrash::freed_and_told, "freed and told",
              "free again, and the next holder told (EOWNERDEAD)"},
    AxisValue{AfterCrash::held_for_ever, "held for ever", "held for ever"}};

// A forked child takes the lock and is killed; then this process tries the lock. Throws std::runtime_error if
// the child did not get it.
AfterCrash crash_of_holder(SharedLock& lock);

std::unique_ptr<SharedLock> make_sysv_semaphore(bool undo);  // SEM_UNDO, semop(2)

struct LockKind {
  std::string_view object;  // as in Traits::locks
  std::string_view what;    // "System V semaphore with SEM_UNDO"
  // Throws KernelError, with the remedy if a limit is in the way.
  std::unique_ptr<SharedLock> (*make)();
};
std::span<const LockKind> lock_kinds();

}  // namespace ipcbench
