// Signals as messages (signal(7)): the receiver blocks them and takes the pending ones one by one.
#pragma once

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>

#include "harness/base/fd.hpp"
#include "harness/contract/bare.hpp"
#include "mechanisms/parts/pthread_shared.hpp"
#include "mechanisms/parts/token.hpp"

namespace ipcbench {

struct SignalTarget {
  pid_t pid = 0;
  pid_t tid = 0;
};

// The place where the receiver publishes its identity.
class SignalAddress {
 public:
  void publish() { packed_.store(pack({.pid = getpid(), .tid = gettid()}), std::memory_order_release); }

  // A pid of 0: the receiver has not published yet.
  [[nodiscard]] SignalTarget now() const {
    const std::uint64_t packed = packed_.load(std::memory_order_acquire);
    return {.pid = static_cast<pid_t>(packed >> 32), .tid = static_cast<pid_t>(packed & UINT32_MAX)};
  }
  // Returns when the receiver has published. The launch's time limit deals with one that never does.
  [[nodiscard]] SignalTarget wait() const {
    while (now().pid == 0) nap();
    return now();
  }

 private:
  static std::uint64_t pack(SignalTarget target) {
    return std::uint64_t{static_cast<std::uint32_t>(target.pid)} << 32 |
           static_cast<std::uint32_t>(target.tid);
  }
  std::atomic<std::uint64_t> packed_{0};
};

// The signals that this thread takes. Blocked for its lifetime, because a late one would end the process.
class BlockedSignals {
 public:
  BlockedSignals(std::initializer_list<int> signals, Wait wait) : permit_(wait) {
    sigemptyset(&set_);
    for (const int signal : signals) sigaddset(&set_, signal);
    check_pthread(pthread_sigmask(SIG_BLOCK, &set_, nullptr), "pthread_sigmask");
  }

  // Takes the next pending signal: lowest number first, then in order. False: none is pending.
  bool take(siginfo_t& info) { return take(info, permit_.take()); }
  void sleep_next() { permit_.sleep_next(); }
  void discard() {
    siginfo_t ignored;
    while (take(ignored, false)) {
    }
  }

 private:
  bool take(siginfo_t& info, bool may_sleep) const {
    constexpr timespec kAtOnce{};
    while ((may_sleep ? sigwaitinfo(&set_, &info) : sigtimedwait(&set_, &info, &kAtOnce)) < 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("sigwaitinfo");
    }
    return true;
  }

  sigset_t set_{};
  SleepPermit permit_;
};

// A thread of a process with several gets only signals sent to its own thread ID.
class SignalSender {
 public:
  SignalSender(const SignalAddress& address, bool one_process)
      : target_(address.wait()), to_thread_(one_process) {}

  std::span<std::byte> loan(std::size_t) { return token_if(true); }
  bool commit(std::size_t) {
    send(kMessage);
    return true;
  }
  void finish() { send(kFinish); }

  // The lower number of two pending signals is taken first.
  static constexpr int kMessage = SIGUSR1;
  static constexpr int kFinish = SIGUSR2;
  static_assert(kMessage < kFinish);

 private:
  void send(int signal) {
    const int sent = to_thread_ ? tgkill(target_.pid, target_.tid, signal) : kill(target_.pid, signal);
    if (sent != 0) throw_errno("kill");
  }

  SignalTarget target_;
  bool to_thread_;
};

class SignalReceiver {
 public:
  SignalReceiver(SignalAddress& address, Wait wait)
      : signals_({SignalSender::kMessage, SignalSender::kFinish}, wait) {
    address.publish();
  }

  std::span<const std::byte> peek(std::size_t) {
    siginfo_t info;
    const bool taken = signals_.take(info);
    finished_ = taken && info.si_signo == SignalSender::kFinish;
    return token_if(taken && !finished_);
  }
  void release() {}
  void park() { signals_.sleep_next(); }

  [[nodiscard]] bool finished() const { return finished_; }
  void drain() { signals_.discard(); }

 private:
  BlockedSignals signals_;
  bool finished_ = false;
};

// --- Real-time signals: queued in order, each with a value the size of a pointer --------------------------

// The value's bytes are the payload.
using SignalValue = std::array<std::byte, sizeof(sigval)>;

class RtSignalSender {
 public:
  RtSignalSender(const SignalAddress& address, bool one_process)
      : target_(address.wait()), to_thread_(one_process) {}

  std::span<std::byte> loan(std::size_t n) { return std::span(payload_).first(n); }
  bool commit(std::size_t) {
    sigval value{};
    std::memcpy(&value, payload_.data(), sizeof value);
    if (send(value) == 0) return true;
    if (errno != EAGAIN) throw_errno("sigqueue");
    return false;  // this user has RLIMIT_SIGPENDING pending signals
  }
  // The kernel does not wake a sender that waits for room.
  void park() { nap(); }

 private:
  long send(sigval value) {
    if (!to_thread_) return sigqueue(target_.pid, SIGRTMIN, value);
    siginfo_t info{};
    info.si_signo = SIGRTMIN;
    info.si_code = SI_QUEUE;
    info.si_pid = target_.pid;
    info.si_uid = getuid();
    info.si_value = value;
    return syscall(SYS_rt_tgsigqueueinfo, target_.pid, target_.tid, SIGRTMIN, &info);
  }

  SignalTarget target_;
  bool to_thread_;
  SignalValue payload_{};
};

class RtSignalReceiver {
 public:
  RtSignalReceiver(SignalAddress& address, Wait wait) : signals_({SIGRTMIN}, wait) { address.publish(); }

  std::span<const std::byte> peek(std::size_t n) {
    siginfo_t info;
    if (!signals_.take(info)) return {};
    std::memcpy(payload_.data(), &info.si_value, payload_.size());
    return std::span(payload_).first(n);
  }
  void release() {}
  void park() { signals_.sleep_next(); }

 private:
  BlockedSignals signals_;
  SignalValue payload_{};
};

// --- Signals as any two processes can send them to each other ---------------------------------------------

// The consumer answers whom it heard last.
inline BareEnd bare_signals(SignalAddress& address, Side side, int signal) {
  struct Process {
    BlockedSignals signals;
    pid_t peer = 0;
  };
  const auto self = std::make_shared<Process>(Process{.signals = BlockedSignals({signal}, Wait::spin)});
  if (side == Side::consumer) address.publish();
  return {
      "the other process's number",
      "sigqueue",
      "sigtimedwait",
      [self, &address, side, signal](std::span<const std::byte> bytes) -> ssize_t {
        const pid_t peer = side == Side::producer ? address.now().pid : self->peer;
        sigval value{};
        std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
        if (peer == 0) errno = ESRCH;  // 0 would be this process's whole group
        if (peer == 0 || sigqueue(peer, signal, value) != 0) return -1;
        return static_cast<ssize_t>(bytes.size());
      },
      [self](std::span<std::byte> bytes) -> ssize_t {
        siginfo_t info;
        if (!self->signals.take(info)) return (errno = EAGAIN, -1);
        self->peer = info.si_pid;
        std::memcpy(bytes.data(), &info.si_value, std::min(bytes.size(), sizeof info.si_value));
        return static_cast<ssize_t>(bytes.size());
      },
  };
}

}  // namespace ipcbench
