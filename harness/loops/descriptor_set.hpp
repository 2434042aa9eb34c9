// The descriptors that an end waits on at once, as the event loop of a server does: that of its link, and
// others on which nothing happens (Cell::watched).
#pragma once

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <vector>

#include "harness/base/axes.hpp"
#include "harness/base/fd.hpp"
#include "harness/loops/control_block.hpp"

namespace ipcbench {

// Also an end's way to wait by epoll for its link alone. epoll is level-triggered, as poll is.
class DescriptorSet {
 public:
  // by: epoll; otherwise poll. fd: the link's, not owned; -1: none, then nobody may wait. idle: how many
  // others, eventfd objects of this process, for which it raises its soft limit of open files. Throws
  // KernelError.
  // phase: the end's, outlives this. While it verifies, poll leaves the others out: a buffer full of short
  // messages would take tens of seconds. null: never.
  DescriptorSet(Wait by, int fd, std::uint32_t idle, const std::atomic<Phase>* phase = nullptr);

  // Sleeps until the link's descriptor is readable; may return early. Throws KernelError.
  void wait();

 private:
  void register_all();
  void wait_by_poll();
  [[nodiscard]] bool is_verifying() const;

  std::vector<Fd> idle_;
  std::vector<pollfd>
      watched_;  // the link's descriptor is the last, as that of a peer who came last would be
  Fd epoll_;     // empty: poll
  const std::atomic<Phase>* phase_;
};

}  // namespace ipcbench
