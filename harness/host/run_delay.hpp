// How long a thread was ready to run and had no CPU.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "harness/base/fd.hpp"

namespace ipcbench {

// The kernel's own count for the thread that makes this object; only that thread may ask. The file stays
// open, because a reading then takes a microsecond.
class RunDelay {
 public:
  // `root` replaces "/" in tests.
  explicit RunDelay(const std::filesystem::path& root = "/");

  // In nanoseconds since the thread began: the second field of schedstat (Linux,
  // Documentation/scheduler/sched-stats.rst). Empty where the kernel does not count it.
  [[nodiscard]] std::optional<std::uint64_t> so_far_ns() const;

 private:
  Fd file_;
};

}  // namespace ipcbench
