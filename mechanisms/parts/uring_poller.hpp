// The thread of the kernel that takes the submissions of a ring by itself (IORING_SETUP_SQPOLL). It is a
// thread of this process, so its CPU time is known here, but no thread's own clock and no
// getrusage(RUSAGE_THREAD) has it.
#pragma once

#include <dirent.h>
#include <sched.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <ctime>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"

namespace ipcbench {

// While it lives, the calling thread may run where the launcher may. A poller inherits the CPUs of the thread
// that makes its ring; with those of an end that is pinned, the two would share one CPU and wait for each
// other's time slices, 6 to 24 ms for a round trip.
class CpusOfLauncher {
 public:
  // Throws KernelError.
  explicit CpusOfLauncher(bool one_process) {
    cpu_set_t launchers{};
    // The threads of one process are pinned one by one, and its main thread is not.
    const pid_t launcher = one_process ? getpid() : getppid();
    checked(sched_getaffinity(0, sizeof own_, &own_), "sched_getaffinity");
    checked(sched_getaffinity(launcher, sizeof launchers, &launchers), "sched_getaffinity");
    checked(sched_setaffinity(0, sizeof launchers, &launchers), "sched_setaffinity");
  }
  ~CpusOfLauncher() { sched_setaffinity(0, sizeof own_, &own_); }
  CpusOfLauncher(const CpusOfLauncher&) = delete;
  CpusOfLauncher& operator=(const CpusOfLauncher&) = delete;

 private:
  cpu_set_t own_{};
};

class UringPoller {
 public:
  // Calls make(), which makes one ring with a poller of its own, and finds that thread. The kernel does not
  // say which one it is: fdinfo has had the number of the thread that made the ring in some versions, and has
  // that of the first PID namespace in all. Throws Error.
  // one_process: both ends are threads of this process.
  template <class Make>
  static UringPoller started_by(Make make, bool one_process) {
    static std::mutex one_at_a_time;  // two ends may be threads of this process
    const std::scoped_lock lock(one_at_a_time);
    const std::set<pid_t> before = pollers_here();
    {
      const CpusOfLauncher anywhere(one_process);
      make();
    }
    // It gives itself its name when it first runs.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    do {
      for (const pid_t thread : pollers_here()) {
        if (!before.contains(thread)) return UringPoller(thread);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    } while (std::chrono::steady_clock::now() < deadline);
    throw Error("the poller of the submissions is not found among the threads, so its CPU time is unknown",
                "mount /proc and take Linux 5.12 or newer, or leave sqpoll at 0");
  }

  // So far. Throws KernelError.
  [[nodiscard]] std::uint64_t cpu_ns() const {
    timespec spent{};
    checked(clock_gettime(clock_, &spent), "cannot read the CPU time of the submissions' poller");
    return static_cast<std::uint64_t>(spent.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(spent.tv_nsec);
  }

 private:
  explicit UringPoller(pid_t thread) : clock_(clock_of(thread)) {}

  // As pthread_getcpuclockid(3) makes it, which takes no threads of the kernel's.
  static clockid_t clock_of(pid_t thread) {
    constexpr unsigned kCpuTimeOfThread = 6;
    return static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3U) | kCpuTimeOfThread);
  }

  static std::set<pid_t> pollers_here() {
    std::set<pid_t> found;
    const std::unique_ptr<DIR, decltype([](DIR* open) { closedir(open); })> tasks(opendir("/proc/self/task"));
    if (!tasks) return found;
    while (const dirent* const task = readdir(tasks.get())) {
      const std::string_view number(task->d_name);
      pid_t thread = 0;
      if (std::from_chars(number.data(), number.data() + number.size(), thread).ec != std::errc{}) continue;
      std::string name;
      std::getline(std::ifstream("/proc/self/task/" + std::string(number) + "/comm"), name);
      if (name.starts_with("iou-sqp-")) found.insert(thread);
    }
    return found;
  }

  clockid_t clock_;
};

}  // namespace ipcbench
