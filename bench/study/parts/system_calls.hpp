// Counts what a function asks of the kernel, as strace(1) does: ptrace(2).
#pragma once

#include <cstddef>
#include <functional>

namespace ipcbench {

struct SystemCalls {
  std::size_t made = 0;
  // Between the memory of the process and the kernel: by read, write, send, recv and their kind, msgsnd,
  // msgrcv, mq_send and mq_receive. splice(2) and its kind copy none.
  std::size_t copied_bytes = 0;
};

// The system calls that `body` makes in a forked child. It must not wait for another process. Throws Error if
// the child may not be traced, or ends or waits for more than a second.
SystemCalls system_calls_of(const std::function<void()>& body);

}  // namespace ipcbench
