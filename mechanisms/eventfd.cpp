// eventfd(2): a counter in the kernel behind a descriptor, between processes that inherit it.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/descriptors.hpp"
#include "mechanisms/parts/eventfd_ends.hpp"

namespace ipcbench {
namespace {

struct EventFdKind {
  static constexpr Traits kTraits{.name = "eventfd",
                                  .summary = "eventfd counter: tokens, or up to 7 bytes in its value",
                                  .kind = MechanismKind::synchronisation,
                                  .made_of = "eventfd",
                                  .min_message_bytes = 0,
                                  .max_message_bytes = EventPayload::kMaxBytes,
                                  .sharing = {.senders = true, .receivers = true}};

  static Fd open(const LinkSpec& spec) { return open_event(spec.message_bytes); }
  static EventSender sender(Fd event, const LinkSpec& spec) { return {std::move(event), spec.wait}; }
  static EventReceiver receiver(Fd event, const LinkSpec& spec) { return {std::move(event), spec.wait}; }
  static BareEnd bare(const Fd& event, const LinkSpec& spec) {
    return bare_both(sender(duplicate(event), spec), receiver(duplicate(event), spec), "write", "read");
  }
};
using EventFd = OneDescriptor<EventFdKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(EventFd);
}  // namespace ipcbench
