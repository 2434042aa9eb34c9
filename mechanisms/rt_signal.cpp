// signal(7), sigqueue(3): real-time signals, which queue in order instead of merging, each with a value.
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/shared_object.hpp"
#include "mechanisms/parts/signal_ends.hpp"

namespace ipcbench {
namespace {

struct RtSignalKind {
  static constexpr Traits kTraits{
      .name = "rt_signal",
      .summary = "real-time signal (sigqueue): queued, with up to as many bytes as a pointer",
      .kind = MechanismKind::signal,
      .made_of = "real-time signal, POSIX shared memory",
      .kinship = Kinship::named,
      .waits = kAllButPoll,
      .min_message_bytes = 0,
      .max_message_bytes = sizeof(SignalValue),
      .sharing = {.senders = true}};
  using Object = SignalAddress;

  // Queues a signal for this thread and takes it back.
  static Unavailable available() {
    sigset_t probe;
    sigset_t before;
    sigemptyset(&probe);
    sigaddset(&probe, SIGRTMIN);
    pthread_sigmask(SIG_BLOCK, &probe, &before);
    const int error = pthread_sigqueue(pthread_self(), SIGRTMIN, sigval{});
    constexpr timespec kAtOnce{};
    if (error == 0) sigtimedwait(&probe, nullptr, &kAtOnce);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (error == 0) return std::nullopt;
    return KernelError(error, "no signal can be queued for this user (rt_tgsigqueueinfo)",
                       error == EAGAIN ? "raise ulimit -i (RLIMIT_SIGPENDING)" : usual_remedy(ENOSYS))
        .what();
  }

  static Unavailable refuses(const Cell& cell) {
    if (!has_own_links(cell) || cell.fan == 1) return std::nullopt;
    return "a thread's signals are in one queue, whoever sends them; use --links one";
  }

  static RtSignalSender sender(const Object& address, const LinkSpec& spec) {
    return {address, spec.one_process};
  }
  static BareEnd bare(Object& address, Side side, const LinkSpec&) {
    return bare_signals(address, side, SIGRTMIN);
  }
  static RtSignalReceiver receiver(Object& address, const LinkSpec& spec) { return {address, spec.wait}; }
};
using RtSignal = SharedObject<RtSignalKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RtSignal);
}  // namespace ipcbench
