// The claims about files and mapped files, and their experiments.
#pragma once

#include <sys/mman.h>

#include <functional>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/channel.hpp"

namespace ipcbench {

std::span<const Claim> file_claims();

// A file that this process maps with MAP_PRIVATE or MAP_SHARED and another one with MAP_SHARED.
struct PrivateMapping {
  bool sees_others_before_writing = false;  // the other's store shows in the mapping
  bool own_write_seen_by_others = false;    // a store through the mapping shows in the file
  bool sees_others_after_writing = false;   // the other's later store to the written page shows
  bool other_page_sees_others = false;      // its store to another page shows
};
// `flag`: of this process's mapping. Throws KernelError if there can be no such file.
PrivateMapping private_mapping(int flag);
Answer judge_private_mapping(const PrivateMapping& mapping);

// Each experiment below tries the textbook's object unless it is given another. It throws KernelError if the
// object cannot be had.
Steps pages_at_first_touch(int mmap_flags = MAP_SHARED);
Steps mapping_reaches_file(int mmap_flags = MAP_SHARED);
// map: as mmap(nullptr, a page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset).
using MapPage = std::function<void*(int fd, off_t offset)>;
void* map_page(int fd, off_t offset);
Steps offset_and_close(const MapPage& map = map_page);
Steps private_after_fork(int mmap_flags = MAP_PRIVATE);
Steps stores_after_fork(volatile char& byte);
Steps variables_of_their_own();
// childs: the descriptor that the child uses for the parent's open file.
Fd inherited(int fd);
Steps shared_file_offset(const std::function<Fd(int fd)>& childs = inherited);
PipeEnds open_file_channel();  // both ends of one regular file in memory, each with its own offset
Steps unsynchronised_file(const OpenChannel& open = open_file_channel);

}  // namespace ipcbench
