// A ring in memory that the kernel itself cannot read, memfd_secret(2): its pages are taken out of the
// kernel's own view of memory, so that neither a hole in the kernel nor a debugger gets at them. They cannot
// be swapped out, and count as locked memory. No call can take an address there (EFAULT), not even futex(2),
// so the ends sleep on eventfd objects. There is no other secret memory, and none in huge pages.
#include <sys/syscall.h>

#include "mechanisms/parts/memfd_memory.hpp"
#include "mechanisms/parts/memory_with_events.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct SecretMemfd {
  static Unavailable available() {
    try {
      const Fd probe = open(page_bytes());
      const SharedMapping mapped(probe.get(), page_bytes());
      return std::nullopt;
    } catch (const KernelError& error) {
      return error.what();
    }
  }
  static Fd create(const LinkSpec&, std::size_t bytes) { return open(bytes); }

 private:
  // No space can be reserved: fallocate(2) is refused here.
  static Fd open(std::size_t bytes) {
    constexpr const char* kEnable =
        "take a kernel from 5.14 on, boot it with secretmem.enable=1, and allow the call where a seccomp "
        "filter (of the container) hides it";
    Fd fd(static_cast<int>(syscall(SYS_memfd_secret, O_CLOEXEC)));
    if (!fd) throw_errno("memfd_secret", {{ENOSYS, kEnable}});
    checked(ftruncate(fd.get(), static_cast<off_t>(bytes)), "ftruncate");
    return fd;
  }
};

struct MemfdSecretRingKind {
  static constexpr Traits kTraits{
      .name = "memfd_secret_ring",
      .summary = "lock-free ring in memory that the kernel cannot read (memfd_secret)",
      .variant_of = "ring_eventfd",
      .made_of = "secret memfd, eventfd",
      .batches = true};
  using Memory = MemoryWithEvents<DescriptorMemory<SecretMemfd>>;
  using Sleep = EventSleep;
};
using MemfdSecretRing = RingMechanism<MemfdSecretRingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(MemfdSecretRing);
}  // namespace ipcbench
