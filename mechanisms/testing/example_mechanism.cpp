// A worked example of a complete mechanism. A file like this one in mechanisms/ is built, listed, measured
// and tested for conformance without a change anywhere else. This one is in testing/ because it is for
// reading: only the tests link it.
//
// The mechanism: a mailbox of one slot in shared memory. Two eventfd(2) objects say whose turn it is: `empty`
// holds 1 while the sender may write, `full` holds 1 while the receiver may read. Reading an eventfd takes
// its value, and blocks (or fails with EAGAIN) while there is none.
#include <sys/eventfd.h>

#include "harness/base/fd.hpp"
#include "harness/base/mapping.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {
bool take(int event) {
  eventfd_t value = 0;
  while (eventfd_read(event, &value) != 0) {
    if (errno == EAGAIN) return false;  // not our turn; under Wait::block the call sleeps instead
    if (errno != EINTR) throw_errno("eventfd_read");
  }
  return true;
}
void give(int event) { checked(eventfd_write(event, 1), "eventfd_write"); }

// The two ends: four verbs, and park() to sleep under the strategies that do not block in the verbs.
struct MailboxSender {
  std::byte* slot;
  int empty, full;
  std::span<std::byte> loan(std::size_t n) {
    return take(empty) ? std::span(slot, n) : std::span<std::byte>{};
  }
  bool commit(std::size_t) { return give(full), true; }
  void park() { wait_for(empty, POLLIN); }
};
struct MailboxReceiver {
  const std::byte* slot;
  int empty, full;
  std::span<const std::byte> peek(std::size_t n) {
    return take(full) ? std::span(slot, n) : std::span<const std::byte>{};
  }
  void release() { give(empty); }
  void park() { wait_for(full, POLLIN); }
};

class ExampleMailbox {
 public:
  // Its guarantees. The memory is anonymous and the events have no names, so only children can hold an end.
  static constexpr Traits kTraits{
      .name = "example_mailbox",
      .summary = "one slot of shared memory and two eventfd objects",
      .kind = MechanismKind::shared_memory,
      .made_of = "anonymous mapping, eventfd",
      .in_place = true,
      .in_memory = true,
  };
  static std::unique_ptr<ExampleMailbox> create(const LinkSpec& spec) {
    return std::make_unique<ExampleMailbox>(spec);
  }

  explicit ExampleMailbox(const LinkSpec& spec)
      : slot_(-1, spec.message_bytes),
        empty_(checked(eventfd(1, EFD_CLOEXEC), "eventfd")),
        full_(checked(eventfd(0, EFD_CLOEXEC), "eventfd")) {
    for (const Fd* event : {&empty_, &full_}) set_blocking_for(event->get(), spec.wait);
  }

  MailboxSender sender() { return {static_cast<std::byte*>(slot_.data()), empty_.get(), full_.get()}; }
  MailboxReceiver receiver() { return {static_cast<std::byte*>(slot_.data()), empty_.get(), full_.get()}; }

 private:
  SharedMapping slot_;
  Fd empty_, full_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(ExampleMailbox);
}  // namespace ipcbench
