// sem_open(3): a POSIX semaphore that processes open by name. It stays in /dev/shm until it is unlinked.
#include <fcntl.h>
#include <sys/stat.h>

#include "harness/base/error.hpp"
#include "harness/contract/owned_name.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/posix_semaphore_ends.hpp"

namespace ipcbench {
namespace {
class PosixSemaphore {
 public:
  static constexpr Traits kTraits = counter_traits({
      .name = "posix_semaphore",
      .summary = "named POSIX semaphore (sem_open)",
      .made_of = "POSIX semaphore",
      .locks = "POSIX semaphore",
  });

  static Unavailable available() {
    try {
      const PosixSemaphore probe(OwnedName::fresh(kKind), Wait::block, true);
      return std::nullopt;
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  static std::unique_ptr<PosixSemaphore> create(const LinkSpec& spec) {
    return std::make_unique<PosixSemaphore>(OwnedName(kKind, spec.slash_name(), true), spec.wait, true);
  }
  static std::unique_ptr<PosixSemaphore> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<PosixSemaphore>(OwnedName(kKind, address, false), spec.wait, false);
  }

  PosixSemaphore(OwnedName name, Wait wait, bool create)
      : name_(std::move(name)), wait_(wait), semaphore_(open(name_.str(), create)) {}
  ~PosixSemaphore() { sem_close(semaphore_); }
  PosixSemaphore(const PosixSemaphore&) = delete;
  PosixSemaphore& operator=(const PosixSemaphore&) = delete;

  SemaphoreSender sender() { return SemaphoreSender(*semaphore_); }
  SemaphoreReceiver receiver() { return {*semaphore_, wait_}; }

  BareEnd bare(Side) { return bare_both(sender(), receiver(), "sem_post", "sem_wait"); }

  [[nodiscard]] std::string address() const { return name_.str(); }
  void unlink() const noexcept { name_.unlink(); }

 private:
  static constexpr ObjectKind kKind = ObjectKind::posix_semaphore;

  static sem_t* open(const std::string& name, bool create) {
    sem_t* const semaphore =
        create ? sem_open(name.c_str(), O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, 0U) : sem_open(name.c_str(), 0);
    if (semaphore != SEM_FAILED) return semaphore;
    const int error = errno;
    if (!create) throw_error(error, "sem_open");
    throw KernelError(error, "no POSIX semaphore can be created (sem_open)",
                      error == ENOSPC ? "enlarge /dev/shm (in a container: --shm-size)"
                                      : usual_remedy(error, "mount a writable tmpfs on /dev/shm"));
  }

  OwnedName name_;
  Wait wait_;
  sem_t* semaphore_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(PosixSemaphore);
}  // namespace ipcbench
