// How this program was built, as far as that changes the numbers.
#pragma once

#include <string>

namespace ipcbench {

struct BuildInfo {
  std::string type;        // "release" (optimised), "debug" (not optimised)
  std::string sanitizers;  // "address", "thread", "undefined", several with commas; empty: none
  std::string compiler;    // "g++ 12.2.0"
  std::string libc;        // "glibc 2.36", the one that is loaded now
};

BuildInfo build_info();

}  // namespace ipcbench
