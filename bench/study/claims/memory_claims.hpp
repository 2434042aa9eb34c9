// Claims about shared memory segments, mapped files and ftok().
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "bench/study/claims/claim.hpp"

namespace ipcbench {

// Whether a segment that is marked for removal can be attached again (shmctl(2), IPC_RMID).
class RemovableSegment {
 public:
  virtual ~RemovableSegment() = default;
  virtual char* attach() = 0;  // null if refused, with errno
  virtual void detach(char* memory) = 0;
  virtual void mark_for_removal() = 0;
  // For a process that knows only its key or name: 0 if it is found, otherwise the errno.
  virtual int look_up() = 0;
};
// One page. Throws KernelError with the remedy if there can be none.
std::unique_ptr<RemovableSegment> make_sysv_segment();

// The first four are 0 or an errno.
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

// How much memory a segment really gives if its size is no multiple of a page (shmget(2)).
struct SegmentPages {
  std::size_t asked_bytes = 0;
  std::size_t reported_bytes = 0;  // shm_segsz
  std::size_t page_bytes = 0;
  std::size_t accessible_bytes = 0;  // up to the first page whose access is fatal
  bool rest_is_shared = false;       // a store behind the reported bytes is seen by another process

  [[nodiscard]] std::size_t pages() const { return accessible_bytes / page_bytes; }
};
// Writes to each page from `memory` on in a child process, up to `limit_bytes` and until one is killed.
std::size_t accessible_bytes(char* memory, std::size_t limit_bytes);
// Throws KernelError with the remedy if there can be no such segment.
SegmentPages segment_pages(std::size_t bytes = 4097);
Answer judge_segment_pages(const SegmentPages& pages);

// Who sees what of a file that one process maps with `flag` and another with MAP_SHARED.
struct PrivateMapping {
  bool sees_others_before_writing = false;  // the other's store shows in the mapping
  bool own_write_seen_by_others = false;    // a store through the mapping shows in the file
  bool sees_others_after_writing = false;   // as the first, on the page that was written
  bool other_page_sees_others = false;      // as the first, on another page
};
// `flag`: MAP_PRIVATE or MAP_SHARED. Throws KernelError if there can be no such file.
PrivateMapping private_mapping(int flag);
Answer judge_private_mapping(const PrivateMapping& mapping);

// Whether ftok(3) gives another key for a file that was deleted and created again.
struct FtokOfRecreatedFile {
  std::string file_system;  // "tmpfs"; the magic number if the name is not known
  unsigned tries = 0;
  unsigned other_inode = 0;  // how often the new file had another inode
  unsigned other_key = 0;    // how often it had another key
};
using Recreate = std::function<void(const std::filesystem::path& file)>;  // throws KernelError
void delete_and_create(const std::filesystem::path& file);
// Uses a file of its own in `directory`. Throws KernelError if it cannot write there.
FtokOfRecreatedFile ftok_of_recreated_file(const std::filesystem::path& directory,
                                           const Recreate& recreate = delete_and_create, unsigned tries = 16);
// The trials are named by their directory.
Answer judge_ftok(const Trials<FtokOfRecreatedFile>& trials);

// The claims, tried here.
Answer marked_segments_cannot_be_attached();
Answer segment_gives_what_was_asked();
Answer private_mappings_share_nothing();
Answer ftok_gives_another_key();

}  // namespace ipcbench
