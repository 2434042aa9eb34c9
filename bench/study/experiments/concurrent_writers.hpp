// Whether the writes of several processes to one channel stay whole (pipe(7), PIPE_BUF).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "bench/study/experiments/channel.hpp"

namespace ipcbench {

struct ConcurrentWriters {
  std::size_t write_bytes = 0;
  unsigned writers = 0;
  std::uint64_t writes = 0;  // that were looked at
  std::uint64_t mixed = 0;   // stretches of one writer's bytes that are not a whole number of writes
};

// Several processes write blocks of `write_bytes`, each of its own letter, as fast as the reader lets them.
// Ends at the first mixture, after `most_writes` or after `limit`.
ConcurrentWriters concurrent_writers(std::size_t write_bytes, const OpenChannel& open = open_pipe_channel,
                                     std::uint64_t most_writes = 20'000,
                                     std::chrono::milliseconds limit = std::chrono::milliseconds(300));

}  // namespace ipcbench
