// Real-time signals as messages: queued in order, each with a value the size of a pointer.
#pragma once

#include <array>
#include <cstring>

#include "mechanisms/parts/signal_ends.hpp"

namespace ipcbench {

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

}  // namespace ipcbench
