// How much memory a segment whose size is no multiple of a page really gives (shmget(2)).
#pragma once

#include <cstddef>

namespace ipcbench {

struct SegmentPages {
  std::size_t asked_bytes = 0;
  std::size_t reported_bytes = 0;  // shm_segsz
  std::size_t page_bytes = 0;
  std::size_t accessible_bytes = 0;  // until the first page that kills whoever touches it
  bool rest_is_shared = false;       // what one process writes behind the reported bytes, another reads

  [[nodiscard]] std::size_t pages() const { return accessible_bytes / page_bytes; }
};

// Writes to every page from the start of `memory` on, each in a child process, up to `limit_bytes` and until
// one dies.
std::size_t accessible_bytes(char* memory, std::size_t limit_bytes);

// Throws KernelError with the remedy if there can be no such segment.
SegmentPages segment_pages(std::size_t bytes = 4097);

}  // namespace ipcbench
