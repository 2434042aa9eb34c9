#include "harness/base/shortage.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

std::optional<Shortage> of_address_space() {
  constexpr std::size_t kEnough = 256 * kMiB;
  void* const taken = mmap(nullptr, kEnough, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (taken == MAP_FAILED)
    return Shortage{fmt::format("no further {} MiB of address space can be had here", kEnough / kMiB),
                    "raise ulimit -v"};
  munmap(taken, kEnough);
  return std::nullopt;
}

std::optional<Shortage> of_file_length() {
  constexpr std::size_t kEnough = 64 * kMiB;
  rlimit allowed{};
  if (getrlimit(RLIMIT_FSIZE, &allowed) != 0 || allowed.rlim_cur >= kEnough) return std::nullopt;
  return Shortage{fmt::format("a file may have only {} bytes here", allowed.rlim_cur), usual_remedy(EFBIG)};
}

std::optional<Shortage> of_descriptors() {
  constexpr std::size_t kEnough = 64;
  std::vector<Fd> taken;
  taken.reserve(kEnough);
  while (taken.size() < kEnough) {
    Fd one(open("/", O_PATH | O_CLOEXEC));
    if (!one) break;
    taken.push_back(std::move(one));
  }
  const int error = errno;
  if (taken.size() == kEnough || (error != EMFILE && error != ENFILE)) return std::nullopt;
  return Shortage{fmt::format("only {} further descriptors can be had here", taken.size()),
                  usual_remedy(error)};
}

// Threads that do nothing until this is destroyed. Not joined: pthread_join(3) waits as for another process,
// and ends this one where a filter forbids that.
class IdleThreads {
 public:
  IdleThreads() = default;
  ~IdleThreads() {
    may_end_ = true;
    may_end_.notify_all();
    for (std::size_t left = running_; left != 0; left = running_) running_.wait(left);
  }
  IdleThreads(const IdleThreads&) = delete;
  IdleThreads& operator=(const IdleThreads&) = delete;

  // Returns an errno, 0 for success.
  int start_one() {
    constexpr std::size_t kStackBytes = std::size_t{256} << 10;  // address space is another shortage
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    ++running_;
    pthread_t started{};
    const int error = pthread_create(&started, &attributes, &IdleThreads::idle, this);
    pthread_attr_destroy(&attributes);
    if (error != 0) --running_;
    return error;
  }
  [[nodiscard]] std::size_t count() const { return running_; }

 private:
  static void* idle(void* own) {
    auto& all = *static_cast<IdleThreads*>(own);
    all.may_end_.wait(false);
    std::atomic<std::size_t>& running = all.running_;
    --running;
    running.notify_all();  // does not look at the memory, which may be gone
    return nullptr;
  }

  std::atomic<bool> may_end_{false};
  std::atomic<std::size_t> running_{0};
};

std::optional<Shortage> of_threads() {
  constexpr std::size_t kEnough = 32;
  return too_few_threads(kEnough);
}

struct Call {
  const char* name;
  int (*make)();  // returns a descriptor
};
// What libraries wake and wait with, and reach each other by.
constexpr std::array kCalls{
    Call{"eventfd2", [] { return eventfd(0, EFD_CLOEXEC); }},
    Call{"epoll_create", [] { return epoll_create1(EPOLL_CLOEXEC); }},
    Call{"memfd_create", [] { return memfd_create("ipcbench-trial", MFD_CLOEXEC); }},
    Call{"a UNIX socket", [] { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }},
};

std::optional<Shortage> of_calls() {
  for (const Call& call : kCalls) {
    const Fd made(call.make());
    const int error = made ? 0 : errno;
    if (error == EPERM || error == EACCES || error == ENOSYS)
      return Shortage{fmt::format("{} cannot be had here", call.name), usual_remedy(error)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Shortage> too_few_threads(std::size_t needed) {
  IdleThreads threads;
  int error = 0;
  while (error == 0 && threads.count() < needed) error = threads.start_one();
  if (error == 0) return std::nullopt;
  return Shortage{fmt::format("only {} further threads can be started here", threads.count()),
                  usual_remedy(error, kAllowMoreProcesses)};
}

std::optional<Shortage> what_is_short() {
  for (const auto find : {of_address_space, of_file_length, of_descriptors, of_threads, of_calls}) {
    if (auto shortage = find()) return shortage;
  }
  return std::nullopt;
}

std::string with_shortage(std::string_view text) {
  const std::optional<Shortage> shortage = what_is_short();
  std::string line = one_line_of(std::string(text));
  if (!shortage || line.find(shortage->remedy) != std::string::npos) return line;
  return Error(fmt::format("{}; {}", line, shortage->cause), shortage->remedy).what();
}

}  // namespace ipcbench
