// A pipe as in a shell pipeline: the sender's end is its standard output, the receiver's its standard input.
// A file of its own keeps pipe.cpp to the pipe, which authors read first.
#pragma once

#include <sys/stat.h>

#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

inline constexpr Parameter kStandardStreams{
    .name = "standard_streams",
    .default_text = "0",
    .what =
        "1: as a shell joins two programs, the sender's end is its standard output and the receiver's its "
        "standard input; 0: descriptors of any number",
    .min = 0,
    .max = 1};

inline bool uses_standard_streams(const Settings& parameters) {
  const auto asked = parameters.find(kStandardStreams.name);
  return asked != parameters.end() && asked->second == 1;
}

inline Unavailable refuse_shared_standard_streams(const Cell& cell) {
  if (!uses_standard_streams(cell.parameters)) return std::nullopt;
  if (has_own_links(cell) && cell.fan > 1)
    return "a consumer has one standard input; leave standard_streams at 0";
  if (cell.peers != Peers::thread) return std::nullopt;
  return "two threads have one standard input and output between them; leave standard_streams at 0";
}

inline int standard_number(Side side) { return side == Side::producer ? STDOUT_FILENO : STDIN_FILENO; }

// As a shell does in a forked child before it starts the program.
inline Fd moved_to(int number, Fd fd) {
  if (fd.get() == number) return fd;
  checked(dup2(fd.get(), number), "dup2");
  return Fd(number);
}

// Identifies a pipe among all that exist at the same time; 0: not a pipe.
inline ino_t pipe_inode(int fd) {
  struct stat found {};
  return fstat(fd, &found) == 0 && S_ISFIFO(found.st_mode) ? found.st_ino : 0;
}

}  // namespace ipcbench
