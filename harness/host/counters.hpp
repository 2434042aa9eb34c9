// Counts what a thread does: system calls, and what its CPU counts.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <string>

#include "harness/base/fd.hpp"
#include "harness/base/measurement.hpp"

struct perf_event_attr;

namespace ipcbench {

// Opens a counter for the calling thread alone. Returns its descriptor, or the negative errno.
using OpenCounter = std::function<int(perf_event_attr&)>;
int open_counter(perf_event_attr& event);  // by perf_event_open(2)

struct Counted {
  SideCounts counts;
  std::array<std::string, kCounters.size()> missing;  // by kCounters: why it is missing, with the remedy
};

// The counters of the thread that makes this object; only that thread may use it. A count is of the thread's
// work in the kernel and outside it: where the kernel counts only the part outside (perf_event_paranoid), it
// is missing, because most of the work of passing messages is in the kernel.
class Counters {
 public:
  // Opens what can be opened; the counters stand still. In tests, `open` replaces the system call and `root`
  // replaces "/".
  explicit Counters(const OpenCounter& open = open_counter, const std::filesystem::path& root = "/");

  // Between these two, all of them count. Call each once.
  static void start() noexcept;
  static void stop() noexcept;

  // What was counted, without the call that stopped it.
  [[nodiscard]] Counted counted() const;

 private:
  // `fd`: the event of kCounters[i], or a negative errno.
  void add(std::size_t i, int fd, const std::filesystem::path& root);

  std::array<Fd, kCounters.size()> events_;
  std::array<std::string, kCounters.size()> missing_;
};

}  // namespace ipcbench
