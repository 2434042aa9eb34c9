// A ring whose ends sleep on System V semaphores, semop(2). These are kernel objects outside the ring's
// memory: a set of two, whose identifier is stored in the ring.
#include <array>

#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/ring_wait_objects.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

class MemoryWithSemaphores : public NamedFileMemory<PosixShm> {
  using Shm = NamedFileMemory<PosixShm>;

 public:
  static Unavailable available() {
    if (auto reason = Shm::available()) return reason;
    return SysvSemaphoreSet::available();
  }
  static MemoryWithSemaphores create(const LinkSpec& spec, std::size_t bytes) {
    constexpr std::array<unsigned short, 2> kNobodyPosted{};
    return {SysvSemaphoreSet(kNobodyPosted), Shm::create(spec, bytes)};
  }
  // A process that joins finds the set's identifier in the ring.
  static MemoryWithSemaphores join(const std::string& name, std::size_t bytes) {
    return {std::nullopt, Shm::join(name, bytes)};
  }

  // Called on the creator's object only.
  [[nodiscard]] std::array<WaitOnSysvSemaphore::Member, 2> wait_objects() const {
    return {{{set_->id(), 0}, {set_->id(), 1}}};
  }

 private:
  MemoryWithSemaphores(std::optional<SysvSemaphoreSet> set, Shm memory)
      : Shm(std::move(memory)), set_(std::move(set)) {}

  std::optional<SysvSemaphoreSet> set_;
};

struct RingSysvSemaphoreKind {
  static constexpr Traits kTraits{
      .name = "ring_sysv_semaphore",
      .summary = "lock-free ring in POSIX shared memory, sleeping on System V semaphores",
      .made_of = "POSIX shared memory, System V semaphore"};
  using Memory = MemoryWithSemaphores;
  using Sleep = AnnouncedSleep<WaitOnSysvSemaphore>;
};
using RingSysvSemaphore = RingMechanism<RingSysvSemaphoreKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingSysvSemaphore);
}  // namespace ipcbench
