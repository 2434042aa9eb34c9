// The threads that a library starts in this process for an end: their CPU time belongs to the end, and no
// thread's own clock has it.
#pragma once

#include <dirent.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <ctime>
#include <memory>
#include <mutex>
#include <set>
#include <string_view>

namespace ipcbench {

// CPU time so far of a process or of a thread of this one; 0 if it is gone.
inline std::uint64_t cpu_ns_of(clockid_t clock) {
  timespec spent{};
  if (clock_gettime(clock, &spent) != 0) return 0;
  return static_cast<std::uint64_t>(spent.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(spent.tv_nsec);
}

// The kernel's encoding (include/linux/posix-timers.h), which clock_getcpuclockid(3) and
// pthread_getcpuclockid(3) make too. The latter takes no thread that another library started.
inline clockid_t cpu_clock_of_thread(pid_t thread) {
  constexpr unsigned kPerThread = 4;
  constexpr unsigned kRunTime = 2;
  return static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3U) | kPerThread | kRunTime);
}
inline clockid_t cpu_clock_of_process(pid_t process) {
  constexpr unsigned kRunTime = 2;
  return static_cast<clockid_t>((~static_cast<unsigned>(process) << 3U) | kRunTime);
}

class LibraryThreads {
 public:
  LibraryThreads() = default;

  // Calls make(), and takes the threads that it started for the library's. A thread that the library starts
  // later, for a connection, say, is found by another call. Two ends may be threads of one process, so one
  // end at a time is made.
  template <class Make>
  decltype(auto) started_by(Make make) {
    static std::mutex one_at_a_time;
    const std::scoped_lock lock(one_at_a_time);
    const std::set<pid_t> before = threads_here();
    const Look look{*this, before};
    return make();
  }

  [[nodiscard]] std::uint64_t cpu_ns() const {
    std::uint64_t sum = 0;
    for (const pid_t thread : threads_) sum += cpu_ns_of(cpu_clock_of_thread(thread));
    return sum;
  }

 private:
  struct Look {
    LibraryThreads& found;
    const std::set<pid_t>& before;
    ~Look() {
      for (const pid_t thread : threads_here()) {
        if (!before.contains(thread)) found.threads_.insert(thread);
      }
    }
  };

  static std::set<pid_t> threads_here() {
    std::set<pid_t> found;
    const std::unique_ptr<DIR, decltype([](DIR* open) { closedir(open); })> tasks(opendir("/proc/self/task"));
    if (!tasks) return found;
    while (const dirent* const task = readdir(tasks.get())) {
      const std::string_view number(task->d_name);
      pid_t thread = 0;
      if (std::from_chars(number.data(), number.data() + number.size(), thread).ec == std::errc{})
        found.insert(thread);
    }
    return found;
  }

  std::set<pid_t> threads_;
};

}  // namespace ipcbench
