// System V segments as the experiments make them, and what to do when a limit is in the way.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

namespace ipcbench {

// shmget() of a new segment for this user alone. Throws KernelError with the remedy.
int make_segment(key_t key, std::size_t bytes);

}  // namespace ipcbench
