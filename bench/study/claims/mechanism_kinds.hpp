// Which mechanisms the textbook's words mean.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace ipcbench {

// "Shared memory": a ring, in whatever memory and whatever its ends sleep on.
inline bool is_memory_ring(std::string_view mechanism) {
  return mechanism.starts_with("ring_") || mechanism.ends_with("_ring");
}

// Neither a ring nor an alternative to shared memory, since what they pass stands in it.
inline constexpr std::array<std::string_view, 8> kInMemory{"atomic_flag", "fd_passing",          "futex",
                                                           "mutex_cond",  "posix_semaphore_shm", "rwlock",
                                                           "spinlock",    "sysv_composite"};

inline constexpr std::array<std::string_view, 6> kSockets{
    "socketpair", "tcp", "udp", "unix_datagram", "unix_seqpacket", "unix_stream"};

// What a kernel's buffer holds between write and read.
inline constexpr std::array<std::string_view, 4> kBufferedByKernel{"fifo", "pipe", "posix_queue",
                                                                   "sysv_queue"};

}  // namespace ipcbench
