// How much a pipe holds: it depends on how it is filled, since each write of up to a page takes at least one
// of its buffers (of a page each) unless it fits behind the last one.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "bench/study/experiments/channel.hpp"

namespace ipcbench {

struct CapacityAt {
  std::size_t write_bytes = 0;
  std::size_t writes = 0;  // that were taken whole
  std::size_t bytes = 0;   // taken in all, a last partial write included
  bool fills_up = false;   // false: it took 16 MiB or a million writes, and would have taken more
};

// Writes to a fresh channel until it takes no more, for each size.
std::vector<CapacityAt> capacity_by_write_size(std::span<const std::size_t> write_sizes_bytes,
                                               const OpenChannel& open = open_pipe_channel);

}  // namespace ipcbench
