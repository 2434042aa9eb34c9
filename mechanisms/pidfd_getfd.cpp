// pidfd_getfd(2): the messages of fd_passing.cpp, whose descriptors are taken and not sent. The sender only
// says which number a message has in its own table; the receiver takes it out of there, as a debugger may. So
// what a dead sender had under way is lost, while fd_passing.cpp still delivers it.
#include <sys/syscall.h>

#include <deque>

#include "harness/base/mapping.hpp"
#include "mechanisms/parts/atomics.hpp"
#include "mechanisms/parts/process_access.hpp"
#include "mechanisms/parts/sealed_ends.hpp"
#include "mechanisms/parts/unix_connection.hpp"

namespace ipcbench {
namespace {

pid_t peer_of(const Fd& socket) {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  checked(getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &bytes), "getsockopt(SO_PEERCRED)");
  return peer.pid;
}

Fd open_process(pid_t process) {
  return Fd(checked(static_cast<int>(syscall(SYS_pidfd_open, process, 0)), "pidfd_open (Linux 5.3)"));
}

// A duplicate of that process's descriptor, close-on-exec.
Fd take_descriptor(const Fd& process, int number) {
  constexpr const char* kGone = "its process has ended, or closed it";
  constexpr const char* kCall = "take Linux 5.6 or newer, or allow the call in the seccomp filter";
  Fd taken(static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), number, 0)));
  if (!taken) throw_errno("pidfd_getfd", {{EBADF, kGone}, {ESRCH, kGone}, {ENOSYS, kCall}});
  return taken;
}

// The number of descriptors that the receiver has taken, the one of this memory included. The sender keeps a
// descriptor open until it has been taken.
class TakenCount {
 public:
  explicit TakenCount(int fd) : memory_(fd, kBytes) {}

  static Fd create() {
    Fd fd(checked(memfd_create("ipcbench-taken", MFD_CLOEXEC), "memfd_create"));
    size_memory_file(fd.get(), kBytes, "free memory, or raise what the container may have");
    return fd;
  }
  // Throws Error if the descriptor is not of such memory.
  static TakenCount of(const Fd& fd) {
    require_file_size(fd.get(), kBytes);
    return TakenCount(fd.get());
  }
  void add_one() const { count().fetch_add(1, std::memory_order_release); }
  [[nodiscard]] std::uint64_t get() const { return count().load(std::memory_order_acquire); }

 private:
  static constexpr std::size_t kBytes = sizeof(std::uint64_t);

  [[nodiscard]] Atomic<std::uint64_t>& count() const {
    return *static_cast<Atomic<std::uint64_t>*>(memory_.data());
  }

  SharedMapping memory_;
};

// Lends the count first, then message after message.
class LendsDescriptors {
 public:
  explicit LendsDescriptors(const Fd& socket) : LendsDescriptors(socket, TakenCount::create()) {}

  bool give(const Fd& socket, Fd& sealed) {
    for (const std::uint64_t taken = taken_.get(); closed_ < taken; ++closed_) lent_.pop_front();
    const int number = sealed.get();
    while (send(socket.get(), &number, sizeof number, MSG_NOSIGNAL) < 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("send");
    }
    lent_.push_back(std::move(sealed));
    return true;
  }

 private:
  LendsDescriptors(const Fd& socket, Fd count) : taken_(count.get()) {
    permit_access(peer_of(socket));
    give(socket, count);
  }

  TakenCount taken_;
  std::uint64_t closed_ = 0;
  std::deque<Fd> lent_;
};

class TakesDescriptors {
 public:
  explicit TakesDescriptors(const Fd& socket)
      : process_(open_process(peer_of(socket))), taken_(count(socket)) {
    taken_.add_one();
  }

  Fd take(const Fd& socket) {
    int number = -1;
    ssize_t got = -1;
    while ((got = recv(socket.get(), &number, sizeof number, 0)) < 0) {
      if (errno == EAGAIN) return {};
      if (errno != EINTR) throw_errno("recv");
    }
    if (got == 0) throw std::runtime_error("end of file: the other end is gone");
    Fd taken = take_descriptor(process_, number);
    taken_.add_one();
    return taken;
  }

 private:
  // The sender of this process may have set the socket to return at once.
  [[nodiscard]] TakenCount count(const Fd& socket) const {
    int number = -1;
    while (recv(socket.get(), &number, sizeof number, 0) < 0) {
      if (!try_again(errno)) throw_errno("recv");
      wait_for(socket.get(), POLLIN);
    }
    return TakenCount::of(take_descriptor(process_, number));
  }

  Fd process_;
  TakenCount taken_;
};

struct PidfdGetfdKind : SealedMessages {
  static constexpr Traits kTraits{
      .name = "pidfd_getfd",
      .summary = "descriptor of a sealed memfd for each message, taken out of the sender (pidfd_getfd)",
      .kind = MechanismKind::descriptor,
      .made_of = "pidfd_getfd, memfd, UNIX socket",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .in_memory = true,
      .lifetime = Lifetime::file_system};
  using Sender = SealingSender<LendsDescriptors>;
  using Receiver = MappingReceiver<TakesDescriptors>;

  static Unavailable available() {
    if (auto reason = SealedMessages::available()) return reason;
    const Fd inherited = TakenCount::create();
    return why_no_access("pidfd_getfd", [&](pid_t child) {
      static_cast<void>(take_descriptor(open_process(child), inherited.get()));
    });
  }
};
using PidfdGetfd = UnixConnection<PidfdGetfdKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(PidfdGetfd);
}  // namespace ipcbench
