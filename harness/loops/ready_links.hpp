// The links of a consumer that an event loop finds ready.
#pragma once

#include <poll.h>
#include <sys/epoll.h>

#include <cstddef>
#include <span>
#include <vector>

#include "harness/base/axes.hpp"
#include "harness/base/fd.hpp"

namespace ipcbench {

// One call of poll(2) or epoll_wait(2) shows all links that have something to read, and each of these gets
// its turn before the next call.
class ReadyLinks {
 public:
  // by: epoll; otherwise poll. descriptors: of the links, not owned. Throws KernelError.
  ReadyLinks(Wait by, std::span<const int> descriptors);

  // The link whose turn it is, as its place among the descriptors. Sleeps until one is ready. Throws
  // KernelError.
  std::size_t next();

 private:
  void ask_by_poll();
  void ask_by_epoll();

  std::vector<pollfd> watched_;
  Fd epoll_;  // empty: poll
  std::vector<epoll_event> events_;
  std::vector<std::size_t> ready_;  // by the last call
  std::size_t taken_ = 0;           // of these
};

}  // namespace ipcbench
