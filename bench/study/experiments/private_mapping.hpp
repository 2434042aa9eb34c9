// Who sees what of a mapped file (mmap(2), MAP_PRIVATE and MAP_SHARED).
#pragma once

namespace ipcbench {

struct PrivateMapping {
  bool sees_others_before_writing = false;  // what another process writes to the file shows in the mapping
  bool own_write_seen_by_others = false;    // what is written through the mapping shows in the file
  bool sees_others_after_writing = false;   // the first again, on the page that was written
  bool other_page_sees_others = false;      // and on one that was not
};

// Maps a file without a name with MAP_PRIVATE or MAP_SHARED (`flag`), while a child process has it mapped
// with MAP_SHARED. Throws KernelError if there can be no such file.
PrivateMapping private_mapping(int flag);

}  // namespace ipcbench
