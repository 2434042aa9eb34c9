// eventfd(2): a counter in the kernel behind a descriptor, between processes that inherit it.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/eventfd_ends.hpp"

namespace ipcbench {
namespace {

class EventFd {
 public:
  static constexpr Traits kTraits{.name = "eventfd",
                                  .summary = "eventfd counter: tokens, or up to 7 bytes in its value",
                                  .kind = MechanismKind::synchronisation,
                                  .made_of = "eventfd",
                                  .kinship = Kinship::kin,
                                  .framing = Framing::message,
                                  .flow = Flow::one_way,
                                  .lifetime = Lifetime::process,
                                  .min_message_bytes = 0,
                                  .max_message_bytes = EventPayload::kMaxBytes,
                                  .sharing = {.senders = true, .receivers = true}};

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return token_limit(kTraits); }

  static std::unique_ptr<EventFd> create(const LinkSpec& spec) {
    return std::make_unique<EventFd>(spec, open_event(spec.message_bytes));
  }
  static std::unique_ptr<EventFd> inherit(const LinkSpec& spec, Side, std::span<const int> numbers) {
    return std::make_unique<EventFd>(spec, Fd(numbers.front()));
  }

  EventFd(const LinkSpec& spec, Fd event)
      : wait_(spec.wait), one_process_(spec.one_process), event_(std::move(event)) {}

  EventSender sender() { return {take_or_share(event_, one_process_), wait_}; }
  EventReceiver receiver() { return {take_or_share(event_, one_process_), wait_}; }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side) const { return {{.fd = event_.get()}}; }

 private:
  Wait wait_;
  bool one_process_;
  Fd event_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(EventFd);
}  // namespace ipcbench
