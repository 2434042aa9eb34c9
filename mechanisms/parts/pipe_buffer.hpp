// Common to pipes and FIFOs: the capacity as a parameter, and how far they can be shared.
#pragma once

#include <climits>
#include <cstdint>

#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

inline constexpr Parameter kPipeBytes{
    .name = "pipe_bytes",
    .default_text = "the kernel's: 65536, less once a user holds more than fs.pipe-user-pages-soft",
    .what =
        "capacity of the pipe (F_SETPIPE_SZ), rounded up by the kernel to a power of two of pages; up to "
        "fs.pipe-max-size without privilege",
    .min = 1,
    .max = std::uint64_t{1} << 31,
    .tuned = std::uint64_t{1} << 20};  // as much as fs.pipe-max-size allows everybody

// A write of up to PIPE_BUF bytes stays in one piece in the pipe (pipe(7)). All messages of a link have one
// length, so a read of that length finds whole messages too.
inline constexpr Sharing kPipeSharing{.senders = true, .receivers = true, .whole_bytes = PIPE_BUF};

inline std::uint64_t pipe_bytes(int fd) {
  return static_cast<std::uint64_t>(checked(fcntl(fd, F_GETPIPE_SZ), "fcntl(F_GETPIPE_SZ)"));
}

inline void set_pipe_bytes(int fd, const LinkSpec& spec) {
  if (const auto bytes = spec.parameter(kPipeBytes.name)) {
    checked(fcntl(fd, F_SETPIPE_SZ, static_cast<int>(*bytes)), "cannot set pipe_bytes (fcntl(F_SETPIPE_SZ))",
            "lower it, or raise fs.pipe-max-size or fs.pipe-user-pages-soft (sysctl)");
  }
}

}  // namespace ipcbench
