// The claims about files and mapped files, and their experiments.
#pragma once

#include <sys/mman.h>

#include <functional>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/channel.hpp"

namespace ipcbench {

// Each experiment tries the textbook's object unless it is given another: flags of mmap(2), or a call. It
// throws KernelError if the object cannot be had.

// A file that this process maps with these flags and another one with MAP_SHARED.
Steps private_mapping(int flags = MAP_PRIVATE);
Steps pages_at_first_touch(int flags = MAP_SHARED);
Steps mapping_reaches_file(int flags = MAP_SHARED);
// Memory that parent and child of a fork() both use.
Steps unshared_after_fork(volatile char& byte);
// As mmap(2) of a page, readable, writable and shared.
using MapPage = std::function<void*(int fd, off_t offset)>;
void* map_page(int fd, off_t offset);
Steps offset_and_close(const MapPage& map = map_page);
// copy: of 4096 bytes from one file to the other.
using CopyFile = std::function<void(const Fd& from, const Fd& to)>;
void read_and_write(const Fd& from, const Fd& to);
Steps copies_of_a_file(const CopyFile& copy = read_and_write);
Fd inherited(int fd);
// childs: the child's descriptor for the parent's open file.
Steps shared_file_offset(const std::function<Fd(int fd)>& childs = inherited);
PipeEnds open_file_channel();  // two open files of one regular file, each with its own offset
Steps unsynchronised_file(const OpenChannel& open = open_file_channel);

}  // namespace ipcbench
