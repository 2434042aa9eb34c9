// A ring in memory behind a descriptor, memfd_create(2): no name, passed on by inheritance.
#include "mechanisms/ring_mechanism.hpp"

namespace ipcbench {
namespace {

class MemfdMemory {
 public:
  static constexpr Traits kTraits =
      ring_traits("memfd_ring", "lock-free ring in memory behind a descriptor (memfd_create)", Kinship::kin,
                  Lifetime::process);

  static Unavailable available() {
    const Fd fd(memfd_create("ipcbench-probe", MFD_CLOEXEC));
    if (fd) return std::nullopt;
    return "memfd_create failed: this kernel or its seccomp filter does not offer it (Linux 3.17)";
  }
  static MemfdMemory create(const LinkSpec& spec, std::size_t bytes) { return MemfdMemory(spec, bytes); }

  [[nodiscard]] void* data() const { return mapping_.data(); }

 private:
  MemfdMemory(const LinkSpec& spec, std::size_t bytes)
      : fd_(open_sized(spec, bytes)), mapping_(fd_.get(), bytes) {}

  static Fd open_sized(const LinkSpec& spec, std::size_t bytes) {
    Fd fd(checked(memfd_create(spec.name.c_str(), MFD_CLOEXEC), "memfd_create"));
    size_memory_file(fd.get(), bytes, "cannot size the memfd");
    return fd;
  }

  Fd fd_;
  SharedMapping mapping_;
};
using MemfdRing = RingMechanism<MemfdMemory>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(MemfdRing);
}  // namespace ipcbench
