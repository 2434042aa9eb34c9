// sysvipc(7), semget(2), semop(2): a semaphore in the kernel. Processes find it by an identifier, and it
// stays until it is removed.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/sysv_semaphore_ends.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {
class SysvSemaphore {
 public:
  static constexpr Traits kTraits = counter_traits({
      .name = "sysv_semaphore",
      .summary = "System V semaphore (semop)",
      .made_of = "System V semaphore",
      .locks = "System V semaphore",
  });

  static Unavailable available() { return SysvSemaphoreSet::available(); }

  static std::unique_ptr<SysvSemaphore> create(const LinkSpec& spec) {
    constexpr unsigned short kNoToken = 0;
    return std::make_unique<SysvSemaphore>(SysvSemaphoreSet(std::span(&kNoToken, 1)), spec.wait);
  }
  static std::unique_ptr<SysvSemaphore> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<SysvSemaphore>(SysvSemaphoreSet::existing(address), spec.wait);
  }

  SysvSemaphore(SysvSemaphoreSet set, Wait wait) : set_(std::move(set)), wait_(wait) {}

  SysvSemaphoreSender sender() { return SysvSemaphoreSender(set_.id()); }
  SysvSemaphoreReceiver receiver() { return {set_.id(), wait_}; }

  [[nodiscard]] std::string address() const { return set_.address(); }

 private:
  SysvSemaphoreSet set_;
  Wait wait_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SysvSemaphore);
}  // namespace ipcbench
