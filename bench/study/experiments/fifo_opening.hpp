// The rules for opening a FIFO (fifo(7)).
#pragma once

#include <string>

#include "harness/base/in_child.hpp"

namespace ipcbench {

struct FifoOpening {
  Attempt read_only;  // alone, as all but the last
  Attempt write_only;
  Attempt read_nonblocking;
  Attempt write_nonblocking;
  Attempt read_write;
  Attempt write_with_reader;  // write_only while another process has it open for reading
};

// Opens what stands at `path` in each of these ways; leaves it there.
FifoOpening opening_of(const std::string& path);

// The same of a FIFO of its own. Throws KernelError if there can be none.
FifoOpening fifo_opening();

}  // namespace ipcbench
