#include "harness/host/run_delay.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace ipcbench {

RunDelay::RunDelay(const std::filesystem::path& root)
    : file_(open((root / "proc/thread-self/schedstat").c_str(), O_RDONLY | O_CLOEXEC)) {}

std::optional<std::uint64_t> RunDelay::so_far_ns() const {
  std::array<char, 128> text{};
  if (!file_ || pread(file_.get(), text.data(), text.size() - 1, 0) <= 0) return std::nullopt;
  char* rest = text.data();
  strtoull(rest, &rest, 10);  // the time on a CPU
  const std::uint64_t delay_ns = strtoull(rest, &rest, 10);
  const std::uint64_t times_on_a_cpu = strtoull(rest, &rest, 10);
  // A running thread was put on a CPU at least once, unless the kernel counts nothing.
  return times_on_a_cpu == 0 ? std::nullopt : std::optional(delay_ns);
}

}  // namespace ipcbench
