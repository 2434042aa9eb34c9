// The situations of a pipe that textbooks list (pipe(7)): full, empty, no writer left, no reader left.
#pragma once

#include <cstddef>

#include "bench/study/experiments/channel.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

struct PipeSituations {
  std::size_t capacity_bytes = 0;  // taken in writes of 4096 bytes until it was full
  bool fills_up = false;           // false: it took more than 16 MiB
  Attempt write_when_full;
  Attempt write_when_full_nonblocking;
  Attempt read_when_empty;
  Attempt read_when_empty_nonblocking;
  Attempt read_rest_without_writer;  // what was left in it
  Attempt read_without_writer;
  Attempt write_without_reader;          // with the signal ignored
  Attempt write_without_reader_default;  // with the signal's default action
};

// Each situation on a channel of its own. Throws KernelError if `open` does.
PipeSituations pipe_situations(const OpenChannel& open = open_pipe_channel);

}  // namespace ipcbench
