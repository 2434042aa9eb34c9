// The claims about threads, and their experiments.
#pragma once

#include <sys/mman.h>

#include "bench/study/claims/steps.hpp"

namespace ipcbench {

std::span<const Claim> thread_claims();

// Each experiment below tries the textbook's object unless it is given another. It throws KernelError if the
// object cannot be had.
Steps kernel_entries(int mmap_flags = MAP_SHARED);

}  // namespace ipcbench
