#include "bench/study/experiments/attempt.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <optional>
#include <stdexcept>

#include "harness/base/child.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/shared_mapping.hpp"
#include "harness/host/host_files.hpp"
#include "harness/loops/control_block.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// What the child of an attempt leaves behind.
struct Report {
  std::atomic<bool> done{false};
  std::atomic<bool> threw{false};
  long value = 0;
  int error = 0;
  std::uint64_t took_ns = 0;
  SharedText<400> problem;
};

// How the child ended; empty: it had to be given up, and still runs.
std::optional<ExitStatus> end_of(Child& child, milliseconds patience, milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  pollfd watched{.fd = child.pidfd(), .events = POLLIN, .revents = 0};
  while (poll(&watched, 1, static_cast<int>(patience.count())) <= 0) {
    if (Clock::now() >= deadline || (patience < limit && is_asleep(child.pid()))) return std::nullopt;
  }
  return child.reap();
}

void make_call(Report& report, const std::function<long()>& call) {
  const std::uint64_t begin_ns = now_ns();
  report.value = call();
  report.error = errno;
  report.took_ns = now_ns() - begin_ns;
  report.done.store(true, std::memory_order_release);
}

}  // namespace

bool is_asleep(int pid) {
  const auto stat = read_text(fmt::format("/proc/{}/stat", pid));
  if (!stat) return false;
  // The state stands behind the name in parentheses, which may itself have some (proc(5)).
  const std::size_t name_end = stat->rfind(')');
  return name_end != std::string::npos && stat->compare(name_end, 3, ") S") == 0;
}

Attempt attempt(const std::function<long()>& call) {
  const SharedMapping memory(-1, sizeof(Report));
  Report& report = *new (memory.data()) Report;
  Child child = fork_child(0, [&] { make_call(report, call); });
  const auto status = end_of(child, kPatience, kAttemptLimit);
  Attempt result;
  if (status && status->signal) {
    result.how = Attempt::How::killed;
    result.signal = *status->signal;
  } else if (!status || !report.done.load(std::memory_order_acquire)) {
    result.how = Attempt::How::blocked;
  } else {
    result.how = report.value < 0 ? Attempt::How::failed : Attempt::How::returned;
    result.value = report.value;
    result.error = report.value < 0 ? report.error : 0;
    result.took =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::nanoseconds(report.took_ns));
  }
  return result;
}

std::string error_name(int error) {
  const char* const name = strerrorname_np(error);
  return name == nullptr ? fmt::format("error {}", error) : name;
}

std::string signal_name(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

std::string describe(const Attempt& attempt) {
  switch (attempt.how) {
    case Attempt::How::returned:
      return fmt::format("returned {}", attempt.value);
    case Attempt::How::failed:
      return fmt::format("failed with {}", error_name(attempt.error));
    case Attempt::How::blocked:
      return "was blocked";
    case Attempt::How::killed:
      return fmt::format("was killed by {}", signal_name(attempt.signal));
  }
  return "?";
}

void run_in_child(const std::function<void(void*)>& body, void* result, std::size_t size,
                  milliseconds limit) {
  constexpr std::size_t kAlignment = alignof(std::max_align_t);
  constexpr std::size_t kResultAt = (sizeof(Report) + kAlignment - 1) / kAlignment * kAlignment;
  const SharedMapping memory(-1, kResultAt + size);
  Report& report = *new (memory.data()) Report;
  auto* const out = static_cast<std::byte*>(memory.data()) + kResultAt;
  Child child = fork_child(0, [&] {
    try {
      body(out);
      report.done.store(true, std::memory_order_release);
    } catch (const std::exception& error) {
      report.problem.assign(error.what());
      report.threw.store(true, std::memory_order_release);
    }
  });
  const auto status = end_of(child, limit, limit);
  if (report.threw.load(std::memory_order_acquire)) throw std::runtime_error(report.problem.str());
  if (!status) throw std::runtime_error(fmt::format("not through after {} ms", limit.count()));
  if (status->signal) throw std::runtime_error(fmt::format("killed by {}", signal_name(*status->signal)));
  if (!report.done.load(std::memory_order_acquire)) throw std::runtime_error("left without a result");
  std::memcpy(result, out, size);
}

}  // namespace ipcbench
