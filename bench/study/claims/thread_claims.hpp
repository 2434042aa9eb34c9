// The claims about threads, and their experiments.
#pragma once

#include <sys/mman.h>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/channel.hpp"

namespace ipcbench {

// flags: of mmap(2), for the memory that two processes use.
Steps threads_avoid_kernel(int flags = MAP_SHARED);

}  // namespace ipcbench
