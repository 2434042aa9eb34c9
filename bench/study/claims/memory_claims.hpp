// The claims about shared memory, and their experiments.
#pragma once

#include <memory>

#include "bench/study/claims/claim.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

std::span<const Claim> memory_claims();

// A segment of one page. Its name or key stops being valid before the segment itself goes away.
class RemovableSegment {
 public:
  virtual ~RemovableSegment() = default;
  virtual char* attach() = 0;  // null if refused, with errno
  virtual void detach(char* memory) = 0;
  virtual void mark_for_removal() = 0;
  // Looks it up as a process that knows only its key or name: 0 if it is found, otherwise the errno.
  virtual int look_up() = 0;
};
// Throws KernelError with the remedy if no segment can be created.
std::unique_ptr<RemovableSegment> make_sysv_segment();

// Whether a segment that is marked for removal can be attached again (shmctl(2), IPC_RMID). The first four
// are 0 or an errno.
struct ShmRemoval {
  int attach_again = 0;         // after the mark, while it is attached
  int attach_elsewhere = 0;     // the same by another process
  int look_up = 0;              // after the mark, by its key
  int attach_after_detach = 0;  // after the last process has detached
  bool is_the_same = false;     // a store through the new attachment shows in the old one
};
// Throws KernelError if not even the first attachment succeeds.
ShmRemoval shm_removal(RemovableSegment& segment);
Answer judge_shm_removal(const ShmRemoval& removal);

// How much memory a segment provides if its size is not a multiple of a page (shmget(2)).
struct SegmentPages {
  std::size_t asked_bytes = 0;
  std::size_t reported_bytes = 0;  // shm_segsz
  std::size_t page_bytes = 0;
  std::size_t accessible_bytes = 0;  // up to the first page whose access is fatal
  bool rest_is_shared = false;       // another process sees a store beyond the reported bytes

  [[nodiscard]] std::size_t pages() const { return accessible_bytes / page_bytes; }
};
// Child processes write to one page after another from `memory` on, until one is killed or `limit_bytes` is
// reached.
std::size_t accessible_bytes(char* memory, std::size_t limit_bytes);
// Throws KernelError with the remedy if no such segment can be created.
SegmentPages segment_pages(std::size_t bytes = 4097);
Answer judge_segment_pages(const SegmentPages& pages);

}  // namespace ipcbench
