// Huge pages for shared memory as it is made by mmap(2), shm_open(3), shmget(2) or memfd_create(2), which is
// a tmpfs in each case. madvise(2) with MADV_COLLAPSE moves it into transparent huge pages at once, from
// Linux 6.1 on. That takes no right and no reserved pages, and whatever the kernel's settings for transparent
// huge pages say, except shmem_enabled=deny.
//
// A file of another file system, mapped to be written to, has none. Neither has secret memory
// (memfd_secret(2)): the kernel takes its pages out of its own view one by one. Reserved huge pages are in
// memfd_huge_ring.cpp: mremap(2) does not map them twice, as a ring without a descriptor needs it.
#pragma once

#include <sys/mman.h>

#include <fstream>

#include "harness/base/error.hpp"
#include "harness/base/mapping.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

inline constexpr Parameter kHugePages{.name = "huge_pages",
                                      .default_text = "0",
                                      .what =
                                          "1: the memory is in transparent huge pages (MADV_COLLAPSE, Linux "
                                          "6.1), and the ring holds one of them at "
                                          "least, 2 MiB on x86-64; 0: usual pages",
                                      .min = 0,
                                      .max = 1};

inline bool uses_huge_pages(const Settings& parameters) {
  const auto asked = parameters.find(kHugePages.name);
  return asked != parameters.end() && asked->second == 1;
}

// Of a transparent huge page; of a usual one if the kernel has none.
inline std::size_t huge_page_bytes() {
  static const std::size_t bytes = [] {
    std::size_t found = page_bytes();
    std::ifstream("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size") >> found;
    return found == 0 ? page_bytes() : found;
  }();
  return bytes;
}

// Moves whole huge pages of shared memory into such, for all processes that have it mapped: at an address and
// from an offset that are multiples of their size. Throws KernelError.
inline void collapse(void* data, std::size_t bytes) {
  constexpr int kCollapse = 25;  // MADV_COLLAPSE, which glibc 2.36 lacks
  constexpr int kTries = 10;     // EAGAIN: another process holds a page for a moment
  for (int i = 0; i < kTries; ++i) {
    if (madvise(data, bytes, kCollapse) == 0) return;
    if (errno != EAGAIN) break;
  }
  throw_errno("no huge pages for the shared memory (MADV_COLLAPSE)",
              {{EINVAL,
                "take Linux 6.1 or later with transparent huge pages, and set "
                "/sys/kernel/mm/transparent_hugepage/shmem_enabled to anything but deny"},
               {ENOMEM, "free memory, or join what is free (sysctl vm.compact_memory=1)"},
               {EBUSY, "raise what the control group may have (memory.max)"}});
}

}  // namespace ipcbench
