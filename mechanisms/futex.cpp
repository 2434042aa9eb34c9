// futex(2): one word of shared memory that is read without the kernel and slept on with it.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/futex_mailbox.hpp"
#include "mechanisms/parts/shared_object.hpp"

namespace ipcbench {
namespace {

struct FutexKind {
  static constexpr Traits kTraits{.name = "futex",
                                  .summary = "mailbox of one slot in a futex word: tokens, or up to 3 bytes",
                                  .kind = MechanismKind::shared_memory,
                                  .made_of = "POSIX shared memory, futex",
                                  .kinship = Kinship::named,
                                  .waits = kAllButPoll,
                                  .in_memory = true,
                                  .lifetime = Lifetime::kernel,
                                  .min_message_bytes = 0,
                                  .max_message_bytes = FutexPayload::kMaxBytes,
                                  .sharing = {.senders = true, .receivers = true}};
  using Object = FutexMailbox;

  static MailboxSender sender(Object& mailbox, const LinkSpec&) { return MailboxSender(mailbox); }
  static MailboxReceiver receiver(Object& mailbox, const LinkSpec&) { return MailboxReceiver(mailbox); }
};
using Futex = SharedObject<FutexKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Futex);
}  // namespace ipcbench
