// The ring of ring_spin.cpp, whose waiting end lets the CPU watch the peer's counter: umonitor and umwait of
// Intel, monitorx and mwaitx of AMD. Compared with ring_spin under `spin`, it shows what the pause costs in
// latency; both keep their CPU busy as far as the kernel can tell.
//
// Nobody has measured it yet: the CPUs that this was developed on have neither, so that only the loop around
// the instructions has run (parts/cpu_watch_test.cpp).
#include "mechanisms/parts/cpu_watch.hpp"
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct RingUmwaitKind {
  static constexpr Traits kTraits{
      .name = "ring_umwait",
      .summary = "lock-free ring in POSIX shared memory, whose counters the CPU watches (umwait, mwaitx)",
      .variant_of = "ring_spin",
      .made_of = "POSIX shared memory, umwait",
      .waits = {Wait::spin}};
  using Memory = NamedFileMemory<PosixShm>;
  using Sleep = CpuWatch;

  static Unavailable available() { return CpuWatch::available(); }
};
using RingUmwait = RingMechanism<RingUmwaitKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingUmwait);
}  // namespace ipcbench
