#include "harness/host/counters.hpp"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>

#include "harness/host/host_files.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// The type and the number of an event, in the order of kCounters. The tracepoint's number is the kernel's.
struct Event {
  std::uint32_t type;
  std::uint64_t config;
};
constexpr std::array<Event, kCounters.size()> kEvents{{{PERF_TYPE_TRACEPOINT, 0},
                                                       {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
                                                       {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
                                                       {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES}}};

constexpr const char* kTracefs = "sys/kernel/tracing";
constexpr const char* kTracefsOfOld = "sys/kernel/debug/tracing";  // before Linux 4.1
constexpr const char* kSystemCallId = "events/raw_syscalls/sys_enter/id";

std::optional<std::int64_t> system_call_id(const fs::path& root) {
  const auto id = read_integer(root / kTracefs / kSystemCallId);
  return id ? id : read_integer(root / kTracefsOfOld / kSystemCallId);
}

std::string why_no_system_calls(const fs::path& root) {
  std::error_code error;
  const bool mounted = fs::exists(root / kTracefs / "events", error);
  if (error || (mounted && geteuid() != 0)) {
    return "only root may read the number of the tracepoint raw_syscalls:sys_enter in tracefs; run as root";
  }
  if (mounted) return "the kernel has no tracepoint raw_syscalls:sys_enter (CONFIG_FTRACE_SYSCALLS)";
  return "tracefs is not mounted; as root: mount -t tracefs nodev /sys/kernel/tracing";
}

std::string why_refused(int error, const fs::path& root) {
  const std::string text = strerror(error);
  switch (error) {
    case EACCES:
    case EPERM: {
      const auto level = read_integer(root / "proc/sys/kernel/perf_event_paranoid");
      return fmt::format(
          "not permitted (perf_event_paranoid is {}): run as root, or sysctl kernel.perf_event_paranoid=1; "
          "in "
          "a container also --cap-add PERFMON",
          level ? std::to_string(*level) : "unknown");
    }
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
      return fmt::format(
          "the CPU offers the kernel no such counter ({}), as in most virtual machines; measure "
          "on bare metal, or give the guest a PMU",
          text);
    case ENOSYS:
      return "the kernel has no perf_event_open (CONFIG_PERF_EVENTS)";
    default:
      return fmt::format("perf_event_open: {}", text);
  }
}

perf_event_attr attributes_of(const Event& event) {
  perf_event_attr attributes{};
  attributes.type = event.type;
  attributes.size = sizeof attributes;
  attributes.config = event.config;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  attributes.disabled = 1;
  attributes.exclude_hv = 1;
  return attributes;
}

// As read(2) gives it with the read_format above.
struct Reading {
  std::uint64_t value;
  std::uint64_t enabled_ns;
  std::uint64_t running_ns;
};

// A counter that shared the CPU's few registers with others saw only part of the phase. Its count is not
// extrapolated, because nobody knows whether the rest was alike.
std::string why_incomplete(const Reading& reading) {
  if (reading.enabled_ns == 0) return "the kernel never switched the counter on";
  if (reading.running_ns >= reading.enabled_ns) return {};
  return fmt::format(
      "counted for {:.0f} % of the time only, since others use the CPU's counters too; stop them (perf, "
      "sysctl "
      "kernel.nmi_watchdog=0)",
      100 * static_cast<double>(reading.running_ns) / static_cast<double>(reading.enabled_ns));
}

}  // namespace

int open_counter(perf_event_attr& event) {
  constexpr pid_t kThisThread = 0;
  constexpr int kAnyCpu = -1;
  constexpr int kNoGroup = -1;
  const auto fd = static_cast<int>(
      syscall(SYS_perf_event_open, &event, kThisThread, kAnyCpu, kNoGroup, PERF_FLAG_FD_CLOEXEC));
  return fd < 0 ? -errno : fd;
}

Counters::Counters(const OpenCounter& open, const fs::path& root) {
  const auto system_calls = system_call_id(root);
  for (std::size_t i = 0; i < kCounters.size(); ++i) {
    perf_event_attr attributes = attributes_of(kEvents[i]);
    if (attributes.type == PERF_TYPE_TRACEPOINT) {
      if (!system_calls) missing_[i] = why_no_system_calls(root);
      attributes.config = static_cast<std::uint64_t>(system_calls.value_or(0));
    }
    if (missing_[i].empty()) add(i, open(attributes), root);
  }
}

void Counters::add(std::size_t i, int fd, const fs::path& root) {
  if (fd < 0) {
    missing_[i] = why_refused(-fd, root);
  } else {
    events_[i] = Fd(fd);
  }
}

// One call for all counters that the thread has opened, so that they count the same.
void Counters::start() noexcept { prctl(PR_TASK_PERF_EVENTS_ENABLE, 0, 0, 0, 0); }
void Counters::stop() noexcept { prctl(PR_TASK_PERF_EVENTS_DISABLE, 0, 0, 0, 0); }

Counted Counters::counted() const {
  Counted counted{.counts = {}, .missing = missing_};
  for (std::size_t i = 0; i < kCounters.size(); ++i) {
    Reading reading{};
    if (!events_[i]) continue;
    if (read(events_[i].get(), &reading, sizeof reading) != sizeof reading) {
      counted.missing[i] = fmt::format("the counter cannot be read: {}", strerror(errno));
      continue;
    }
    counted.missing[i] = why_incomplete(reading);
    if (!counted.missing[i].empty()) continue;
    // The tracepoint is passed on the way into a call, so the call of stop() is among them.
    const bool has_stop = kEvents[i].type == PERF_TYPE_TRACEPOINT && reading.value > 0;
    counted.counts.*kCounters[i].count = reading.value - (has_stop ? 1 : 0);
  }
  return counted;
}

}  // namespace ipcbench
