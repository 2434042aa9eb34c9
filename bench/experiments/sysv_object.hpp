// System V objects as the experiments make them: a random key, and what to do when a limit is in the way.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

namespace ipcbench {

// A key that nobody else has chosen, as far as 31 random bits can promise; never IPC_PRIVATE.
key_t random_key();

// shmget() of a new segment for this user alone. Throws std::system_error with the remedy.
int make_segment(key_t key, std::size_t bytes);

}  // namespace ipcbench
