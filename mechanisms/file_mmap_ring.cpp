// A ring in a mapped regular file, mmap(2) with MAP_SHARED. The page cache is the shared memory, and the
// kernel writes it back to the file system from time to time.
#include <sys/stat.h>

#include "mechanisms/parts/file_io.hpp"
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {
struct RegularFile {
  static std::string name_for(const LinkSpec& spec) { return spec.path(); }
  static constexpr const char* kMakeRoom = kLargerTmpdir;
  static int open(const std::string& name, int flags) {
    return ::open(name.c_str(), flags | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  }
  static constexpr ObjectKind kKind = ObjectKind::file;
  static constexpr Lifetime kLifetime = Lifetime::file_system;
  static constexpr const char* kName = "mapped file";
};

struct FileMmapRingKind {
  static constexpr Traits kTraits{.name = "file_mmap_ring",
                                  .summary = "lock-free ring in a mapped regular file under $TMPDIR",
                                  .variant_of = "posix_shm_ring",
                                  .made_of = "file, futex"};
  using Memory = NamedFileMemory<RegularFile>;
  using Sleep = FutexSleep;
};
using FileMmapRing = RingMechanism<FileMmapRingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(FileMmapRing);
}  // namespace ipcbench
