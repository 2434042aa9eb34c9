// sysvipc(7), semget(2), semop(2): a semaphore in the kernel. Processes find it by an identifier, and it
// stays until it is removed.
#include <charconv>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
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
    int id = -1;
    std::from_chars(address.data(), address.data() + address.size(), id);
    return std::make_unique<SysvSemaphore>(id, spec.wait);
  }

  SysvSemaphore(int id, Wait wait) : id_(id), wait_(wait) {}
  SysvSemaphore(SysvSemaphoreSet owned, Wait wait)
      : owned_(std::move(owned)), id_(owned_->id()), wait_(wait) {}

  SysvSemaphoreSender sender() { return SysvSemaphoreSender(id_); }
  SysvSemaphoreReceiver receiver() { return {id_, wait_}; }

  BareEnd bare(Side) { return bare_both(sender(), receiver(), "semop(+1)", "semop(-1)"); }

  [[nodiscard]] std::string address() const { return std::to_string(id_); }

 private:
  std::optional<SysvSemaphoreSet> owned_;
  int id_;
  Wait wait_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SysvSemaphore);
}  // namespace ipcbench
