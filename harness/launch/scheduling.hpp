// The scheduling policy of the ends (sched(7)).
#pragma once

#include <fmt/format.h>
#include <sched.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

#include "harness/base/axes.hpp"

namespace ipcbench {

// Puts the calling thread under the policy. Returns 0 or errno. The real-time policies run at their lowest
// priority: the ends need to be ahead of ordinary processes, not of the kernel's own threads.
inline int schedule_under(Policy policy) noexcept {
  constexpr int kKernelNames[] = {SCHED_OTHER, SCHED_BATCH, SCHED_FIFO, SCHED_RR};  // in the order of Policy
  const int name = kKernelNames[static_cast<std::size_t>(policy)];
  const sched_param priority{.sched_priority = sched_get_priority_min(name)};
  return sched_setscheduler(0, name, &priority) == 0 ? 0 : errno;
}

// Empty: the ends can be put under it. Otherwise the reason and the remedy. Tries it on a thread of its own.
inline std::optional<std::string> why_unschedulable(Policy policy) {
  if (policy == Policy::other) return std::nullopt;  // every process starts here
  int error = 0;
  std::thread([&] { error = schedule_under(policy); }).join();
  if (error == 0) return std::nullopt;
  return fmt::format(
      "the scheduling policy {} is refused ({}); run as root, give the program CAP_SYS_NICE, or raise ulimit "
      "-r to 1",
      name_of(policy), strerror(error));
}

}  // namespace ipcbench
