// Whether a shared memory segment that has been marked for removal can be attached again (shmctl(2),
// IPC_RMID).
#pragma once

#include <memory>

namespace ipcbench {

// A segment as any process sees it. attach() gives null and leaves errno if it is refused.
class RemovableSegment {
 public:
  virtual ~RemovableSegment() = default;
  virtual char* attach() = 0;
  virtual void detach(char* memory) = 0;
  virtual void mark_for_removal() = 0;
  // 0 if a process that only knows its key or name finds it, otherwise the errno.
  virtual int look_up() = 0;
};

struct ShmRemoval {
  int attach_again = 0;         // after the mark, while it is attached: 0, or errno; as the next three
  int attach_elsewhere = 0;     // by another process
  int look_up = 0;              // by its key
  int attach_after_detach = 0;  // after the last process has detached
  bool is_the_same = false;     // what is written through the new attachment shows in the old one
};

// Attaches, marks, attaches again, detaches and attaches once more. Throws KernelError if not even the
// first attachment succeeds.
ShmRemoval shm_removal(RemovableSegment& segment);

// One page, private to this user. Throw KernelError with the remedy if there can be none.
std::unique_ptr<RemovableSegment> make_sysv_segment();
std::unique_ptr<RemovableSegment> make_posix_segment();  // shm_open, shm_unlink

}  // namespace ipcbench
