// A ring in POSIX shared memory, shm_open(3): joined by name, gone when it is unlinked and nobody has it.
#include <sys/stat.h>

#include "mechanisms/named_file_memory.hpp"
#include "mechanisms/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct PosixShm {
  static constexpr Traits kTraits = ring_traits(
      "posix_shm_ring", "lock-free ring in POSIX shared memory (shm_open)", Kinship::named, Lifetime::kernel);

  static Unavailable available() {
    if (access("/dev/shm", W_OK | X_OK) == 0) return std::nullopt;
    return "/dev/shm is missing or not writable: mount a tmpfs there (in a container: --shm-size)";
  }
  static std::string name_for(const LinkSpec& spec) { return "/" + spec.name; }
  static int open(const std::string& name, int flags) {
    return shm_open(name.c_str(), flags, S_IRUSR | S_IWUSR);
  }
  static int remove(const std::string& name) { return shm_unlink(name.c_str()); }
};
using PosixShmRing = RingMechanism<NamedFileMemory<PosixShm>>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(PosixShmRing);
}  // namespace ipcbench
