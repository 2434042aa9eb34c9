// signal(7), kill(2), sigwaitinfo(2): a notification without payload. A signal sent while another is pending
// merges with it, so the receiver cannot know how many there were.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/shared_object.hpp"
#include "mechanisms/parts/signal_ends.hpp"

namespace ipcbench {
namespace {

struct SignalKind {
  static constexpr Traits kTraits{.name = "signal",
                                  .summary = "ordinary signal (kill, sigwaitinfo); merges with a pending one",
                                  .kind = MechanismKind::signal,
                                  .made_of = "signal, POSIX shared memory",
                                  .kinship = Kinship::named,
                                  .waits = kAllButPoll,
                                  .delivery = Delivery::lossy,
                                  .min_message_bytes = 0,
                                  .max_message_bytes = 0};
  using Object = SignalAddress;

  static SignalSender sender(const Object& address, const LinkSpec& spec) {
    return {address, spec.one_process};
  }
  static BareEnd bare(Object& address, Side side, const LinkSpec&) {
    return bare_signals(address, side, SignalSender::kMessage);
  }
  static SignalReceiver receiver(Object& address, const LinkSpec& spec) { return {address, spec.wait}; }
};
using Signal = SharedObject<SignalKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Signal);
}  // namespace ipcbench
