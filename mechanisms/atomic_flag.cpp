// A plain std::atomic_flag in shared memory. Set: a token is there. Clear: there is room for one. It can only
// be spun on, because atomic_flag::wait sleeps on a futex that is private to one process.
#include <atomic>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/ring.hpp"
#include "mechanisms/parts/shared_object.hpp"

namespace ipcbench {
namespace {

struct SharedFlag {
  alignas(kNoSharingBytes) std::atomic_flag set;
};

// Looks before it sets, because even a failing test-and-set takes the cache line away from the peer.
struct FlagSender {
  std::atomic_flag& flag;
  std::span<std::byte> loan(std::size_t) { return token_if(!flag.test(std::memory_order_relaxed)); }
  bool commit(std::size_t) { return !flag.test_and_set(std::memory_order_acq_rel); }
};
struct FlagReceiver {
  std::atomic_flag& flag;
  std::span<const std::byte> peek(std::size_t) { return token_if(flag.test(std::memory_order_acquire)); }
  void release() { flag.clear(std::memory_order_release); }
};

struct AtomicFlagKind {
  static constexpr Traits kTraits = token_traits({.name = "atomic_flag",
                                                  .summary = "atomic flag in shared memory, spun on",
                                                  .made_of = "POSIX shared memory",
                                                  .waits = {Wait::spin},
                                                  .in_memory = true,
                                                  .sharing = {.senders = true}});
  using Object = SharedFlag;

  static FlagSender sender(Object& flag, const LinkSpec&) { return {flag.set}; }
  static FlagReceiver receiver(Object& flag, const LinkSpec&) { return {flag.set}; }
};
using AtomicFlag = SharedObject<AtomicFlagKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(AtomicFlag);
}  // namespace ipcbench
