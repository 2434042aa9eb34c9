// A ring whose ends sleep in sigwaitinfo(2) until the peer signals their thread with tgkill(2), as any
// process of the same user may.
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/ring_wait_objects.hpp"

namespace ipcbench {
namespace {

struct RingSignalKind {
  static constexpr Traits kTraits{
      .name = "ring_signal",
      .summary = "lock-free ring in POSIX shared memory, sleeping until a signal comes",
      .made_of = "POSIX shared memory, signal"};
  using Memory = NamedFileMemory<PosixShm>;
  using Sleep = AnnouncedSleep<WaitOnSignal>;
};
using RingSignal = RingMechanism<RingSignalKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingSignal);
}  // namespace ipcbench
