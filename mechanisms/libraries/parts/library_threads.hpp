// The threads that a library starts in this process for an end: their CPU time belongs to the end, and no
// thread's own clock has it.
#pragma once

#include <dirent.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <set>
#include <string>
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

// The threads of this process.
inline std::set<pid_t> threads_here() {
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

inline std::string name_of_this_thread() {
  constexpr std::size_t kNameBytes = 16;  // prctl(2)
  std::array<char, kNameBytes> name{};
  prctl(PR_GET_NAME, name.data());
  return name.data();
}

// Empty if there is no such thread.
inline std::string name_of_thread(pid_t thread) {
  std::string name;
  std::getline(std::ifstream("/proc/self/task/" + std::to_string(thread) + "/comm"), name);
  return name;
}

class LibraryThreads {
 public:
  LibraryThreads() = default;

  // Calls make(), and takes the threads that it started for the library's. A thread that the library starts
  // later, for a connection, say, is found by another call. Two ends may be threads of one process, so one
  // end at a time is made. make() must not wait for the other one.
  template <class Make>
  decltype(auto) started_by(Make make) {
    const std::scoped_lock lock(one_at_a_time());
    const Look look(*this);
    return make();
  }

  [[nodiscard]] std::uint64_t cpu_ns() const {
    std::uint64_t sum = 0;
    for (const pid_t thread : threads_) sum += cpu_ns_of(cpu_clock_of_thread(thread));
    return sum;
  }

 private:
  // Threads of other ends may start meanwhile. They have the name of this thread, since the same thread
  // started them. Those that this one starts inherit the name that it has here, or are named by the library.
  class Look {
   public:
    explicit Look(LibraryThreads& found)
        : found_(found), before_(threads_here()), name_(name_of_this_thread()) {
      prctl(PR_SET_NAME, "ipcbench-lib");
    }
    ~Look() {
      prctl(PR_SET_NAME, name_.c_str());
      for (const pid_t thread : threads_here()) {
        if (!before_.contains(thread) && name_of_thread(thread) != name_) found_.threads_.insert(thread);
      }
    }
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;

   private:
    LibraryThreads& found_;
    std::set<pid_t> before_;
    std::string name_;
  };

  static std::mutex& one_at_a_time() {
    static std::mutex mutex;
    return mutex;
  }

  std::set<pid_t> threads_;
};

// The threads of a library that serve every end in the process, and that it starts and ends as it likes. They
// name themselves; the harness's do not, and keep the program's name. One end in the process reports them:
// the first that was made and is still there.
class NamedThreads {
 public:
  NamedThreads() : reports_(!is_reported_.exchange(true)) {}
  ~NamedThreads() {
    if (reports_) is_reported_ = false;
  }
  NamedThreads(const NamedThreads&) = delete;
  NamedThreads& operator=(const NamedThreads&) = delete;

  // Of a thread that has ended, what it had at the call before.
  [[nodiscard]] std::uint64_t cpu_ns() const {
    if (!reports_) return 0;
    const std::string own = name_of_this_thread();
    for (const pid_t thread : threads_here()) {
      const std::string name = name_of_thread(thread);
      if (name.empty() || name == own) continue;
      std::uint64_t& spent = spent_[thread];
      spent = std::max(spent, cpu_ns_of(cpu_clock_of_thread(thread)));
    }
    return std::accumulate(spent_.begin(), spent_.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& each) { return sum + each.second; });
  }

 private:
  static inline std::atomic<bool> is_reported_{false};
  bool reports_;
  mutable std::map<pid_t, std::uint64_t> spent_;
};

}  // namespace ipcbench
