// A ring in huge pages behind a descriptor, memfd_create(2) with MFD_HUGETLB: one entry of the TLB covers
// what takes 512 usual pages of x86-64. The kernel gives only huge pages that somebody has reserved.
//
// The data begins and ends at a whole huge page, so this ring holds at least 2 MiB on x86-64, where the
// others hold 64 KiB by default. Compare its throughput with theirs at --param ring_bytes=2097152.
#include "mechanisms/parts/memfd_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct HugeMemfd {
  // Room for the two rings of a ping-pong, each with a page for its header.
  static Unavailable available() {
    constexpr std::size_t kPages = 4;
    try {
      const Fd probe = open("ipcbench-probe", kPages * page_bytes());
      return std::nullopt;
    } catch (const KernelError& error) {
      return error.what();
    }
  }
  static Fd create(const LinkSpec& spec, std::size_t bytes) { return open(spec.name.c_str(), bytes); }

  // The machine's default huge page; a usual one if the kernel has none.
  static std::size_t page_bytes() {
    static const std::size_t bytes = [] {
      const Fd fd(memfd_create("ipcbench-probe", kFlags));
      struct stat facts {};
      return fd && fstat(fd.get(), &facts) == 0 ? static_cast<std::size_t>(facts.st_blksize)
                                                : ipcbench::page_bytes();
    }();
    return bytes;
  }

 private:
  static constexpr unsigned kFlags = MFD_CLOEXEC | MFD_HUGETLB;

  // Takes the pages from the reserve now: touching one that is not there raises SIGBUS.
  static Fd open(const char* name, std::size_t bytes) {
    Fd fd(checked(memfd_create(name, kFlags), "memfd_create(MFD_HUGETLB)",
                  "take a kernel with huge pages (CONFIG_HUGETLBFS)"));
    size_memory_file(fd.get(), (bytes + page_bytes() - 1) / page_bytes() * page_bytes(),
                     "reserve huge pages (sysctl vm.nr_hugepages=16)");
    return fd;
  }
};

constexpr Parameter kHugeRingBytes{.name = kRingBytes.name,
                                   .default_text = "65536, rounded up to a huge page: 2 MiB on x86-64",
                                   .what =
                                       "capacity of the ring, a power of two from a huge page on (others are "
                                       "rounded up); longer messages stream through it",
                                   .min = kRingBytes.min,
                                   .max = kRingBytes.max};

struct MemfdHugeRingKind {
  static constexpr Traits kTraits{
      .name = "memfd_huge_ring",
      .summary = "lock-free ring in huge pages behind a descriptor (memfd_create)",
      .variant_of = "posix_shm_ring",
      .made_of = "huge memfd, futex"};
  static constexpr Parameter kRingBytes = kHugeRingBytes;
  using Memory = DescriptorMemory<HugeMemfd>;
  using Sleep = FutexSleep;
};
using MemfdHugeRing = RingMechanism<MemfdHugeRingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(MemfdHugeRing);
}  // namespace ipcbench
