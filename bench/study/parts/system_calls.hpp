// Counts what a function asks of the kernel, as strace(1) does: ptrace(2).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace ipcbench {

struct SystemCall {
  std::uint64_t number = 0;  // SYS_read
  std::array<std::uint64_t, 6> arguments{};
  std::int64_t result = 0;  // negative: -errno
};

// The system calls that `body` makes in a forked child. It must not wait for another process. Throws Error if
// the child may not be traced, or ends or waits for more than a second.
std::vector<SystemCall> system_calls_of(const std::function<void()>& body);

// The bytes that these calls copy between the memory of the process and the kernel: of read, write, send,
// recv and their kind, msgsnd, msgrcv, mq_send and mq_receive. splice(2) and its kind copy none.
std::size_t copied_bytes(const std::vector<SystemCall>& calls);

}  // namespace ipcbench
