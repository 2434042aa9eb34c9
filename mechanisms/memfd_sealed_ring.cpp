// A ring in memory whose length is sealed, memfd_create(2) with F_SEAL_SHRINK and F_SEAL_GROW: an end need
// not trust its peer with it. Whoever can still truncate a file ends all who have it mapped by SIGBUS.
#include "mechanisms/parts/memfd_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct SealedMemfd {
  static Unavailable available() {
    try {
      const Fd probe = open("ipcbench-probe", page_bytes());
      return std::nullopt;
    } catch (const KernelError& error) {
      return error.what();
    }
  }
  static Fd create(const LinkSpec& spec, std::size_t bytes) { return open(spec.name.c_str(), bytes); }
  // Throws Error if the length of the file can still change.
  static void check(int fd) {
    const int seals = checked(fcntl(fd, F_GET_SEALS), "fcntl(F_GET_SEALS)");
    if ((seals & kSeals) != kSeals) throw Error("the memory of the ring is not sealed");
  }

 private:
  static constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW;

  static Fd open(const char* name, std::size_t bytes) {
    Fd fd(checked(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create (Linux 3.17)"));
    size_memory_file(fd.get(), bytes, "free memory, or raise what the container may have");
    checked(fcntl(fd.get(), F_ADD_SEALS, kSeals | F_SEAL_SEAL), "fcntl(F_ADD_SEALS)");
    return fd;
  }
};

struct MemfdSealedRingKind {
  static constexpr Traits kTraits{
      .name = "memfd_sealed_ring",
      .summary = "lock-free ring in memory behind a descriptor whose length is sealed (memfd_create)",
      .variant_of = "posix_shm_ring",
      .made_of = "sealed memfd, futex"};
  using Memory = DescriptorMemory<SealedMemfd>;
  using Sleep = FutexSleep;
};
using MemfdSealedRing = RingMechanism<MemfdSealedRingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(MemfdSealedRing);
}  // namespace ipcbench
