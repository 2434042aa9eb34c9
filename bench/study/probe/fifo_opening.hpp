// The rules for opening a FIFO (fifo(7)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/in_child.hpp"

namespace ipcbench {

struct OpenAttempt {
  std::string_view how;  // "O_RDONLY"
  Attempt attempt;
};

// Opens what stands at `path` in five ways while nobody else has it open, and for writing while another
// process has it open for reading.
std::vector<OpenAttempt> try_opening(const std::string& path);

// The same for a FIFO of its own. Throws KernelError if there can be none.
std::vector<OpenAttempt> try_opening_fifo();

}  // namespace ipcbench
