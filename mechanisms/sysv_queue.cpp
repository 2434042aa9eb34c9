// sysvipc(7), msgsnd(2), msgrcv(2): a queue of whole messages in the kernel, each with a type by which a
// receiver can choose. Processes find it by an identifier, and it stays until it is removed.
#include <fmt/format.h>
#include <sys/msg.h>

#include <array>
#include <climits>

#include "harness/base/error.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/sysv_object.hpp"
#include "mechanisms/parts/sysv_queue_ends.hpp"

namespace ipcbench {
namespace {

constexpr Parameter kQueueBytes{
    .name = "queue_bytes",
    .default_text = "the kernel's kernel.msgmnb: 16384",
    .what = "bytes that the queue holds (msg_qbytes), up to kernel.msgmnb without privilege",
    .min = 1,
    .max = INT_MAX,
    .tuned = std::uint64_t{1} << 20};
constexpr Parameter kSelectType{
    .name = "select_type",
    .default_text = "0",
    .what = "1: the receiver asks for messages of one type, 0: for the first of any type",
    .min = 0,
    .max = 1};
// They are empty, so they take none of the queue's bytes and only lengthen the search.
constexpr Parameter kOtherTypeMessages{
    .name = "other_type_messages",
    .default_text = "0",
    .what =
        "empty messages of another type that stand in the queue throughout, in front of those that the "
        "receiver selects; more than 0 implies select_type:1; fewer than queue_bytes",
    .min = 0,
    .max = 1'000'000};

class SysvQueue {
 public:
  static constexpr Traits kTraits{.name = "sysv_queue",
                                  .summary = "System V message queue (msgsnd, msgrcv)",
                                  .kind = MechanismKind::queue,
                                  .made_of = "System V queue",
                                  .kinship = Kinship::named,
                                  .waits = {Wait::block, Wait::spin, Wait::adaptive},
                                  .lifetime = Lifetime::kernel,
                                  .selection_by_type = true,
                                  .sharing = {.senders = true, .receivers = true}};
  static constexpr std::array kParameters{kQueueBytes, kSelectType, kOtherTypeMessages};

  static Unavailable available() {
    try {
      const SysvObject probe = new_sysv_queue();
      return std::nullopt;
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  // The sender of a message that the queue cannot hold would wait for ever.
  static MessageLimit message_limit(const Settings& parameters) {
    msginfo limits{};
    if (!ask(limits)) return {0, "msgctl(IPC_INFO) failed"};
    const auto longest_bytes = static_cast<std::size_t>(limits.msgmax);
    const std::size_t queue_bytes = value_of(kQueueBytes, parameters).value_or(limits.msgmnb);
    if (longest_bytes <= queue_bytes) return {longest_bytes, "raise kernel.msgmax (sysctl)"};
    return {queue_bytes, "raise queue_bytes, or kernel.msgmnb (sysctl)"};
  }

  // The kernel allows no more messages than bytes in a queue, even if the messages are empty.
  static Unavailable refuses(const Cell& cell) {
    msginfo limits{};
    if (!ask(limits)) return std::nullopt;
    const auto others = value_of(kOtherTypeMessages, cell.parameters).value_or(0);
    const auto queue_bytes = value_of(kQueueBytes, cell.parameters).value_or(limits.msgmnb);
    if (others < queue_bytes) return std::nullopt;
    return fmt::format(
        "a queue of {} bytes holds as many messages at most; lower other_type_messages, or raise queue_bytes",
        queue_bytes);
  }

  static std::unique_ptr<SysvQueue> create(const LinkSpec& spec) {
    auto queue = std::make_unique<SysvQueue>(spec, new_sysv_queue());
    queue->set_bytes();
    queue->send_others();
    return queue;
  }
  static std::unique_ptr<SysvQueue> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<SysvQueue>(spec, SysvObject::existing(address));
  }

  SysvQueue(LinkSpec spec, SysvObject object) : spec_(std::move(spec)), object_(std::move(object)) {}

  SysvQueueSender sender() { return {object_.id(), spec_.message_bytes, spec_.wait}; }
  SysvQueueReceiver receiver() {
    constexpr long kAnyType = 0;
    return {object_.id(), spec_.message_bytes, spec_.wait, selects() ? kMessageType : kAnyType};
  }

  BareEnd bare(Side) { return bare_both(sender(), receiver(), "msgsnd", "msgrcv"); }

  [[nodiscard]] std::string address() const { return object_.address(); }
  // Called before the link's first message is sent, so only messages of the other type are there.
  [[nodiscard]] Settings settings() const {
    const msqid_ds now = state();
    return {{std::string(kQueueBytes.name), now.msg_qbytes},
            {std::string(kSelectType.name), selects() ? 1 : 0},
            {std::string(kOtherTypeMessages.name), now.msg_qnum}};
  }

 private:
  static bool ask(msginfo& limits) { return msgctl(0, IPC_INFO, reinterpret_cast<msqid_ds*>(&limits)) >= 0; }
  static std::optional<std::uint64_t> value_of(const Parameter& parameter, const Settings& parameters) {
    const auto asked = parameters.find(parameter.name);
    return asked == parameters.end() ? std::nullopt : std::optional{asked->second};
  }
  [[nodiscard]] std::uint64_t other_messages() const {
    return spec_.parameter(kOtherTypeMessages.name).value_or(0);
  }
  [[nodiscard]] bool selects() const {
    return other_messages() > 0 || spec_.parameter(kSelectType.name).value_or(0) == 1;
  }

  [[nodiscard]] msqid_ds state() const {
    msqid_ds state{};
    checked(msgctl(object_.id(), IPC_STAT, &state), "msgctl(IPC_STAT)");
    return state;
  }

  void set_bytes() const {
    const auto asked = spec_.parameter(kQueueBytes.name);
    if (!asked) return;
    msqid_ds wanted = state();
    wanted.msg_qbytes = *asked;
    checked(msgctl(object_.id(), IPC_SET, &wanted), "cannot set queue_bytes", "raise kernel.msgmnb (sysctl)");
  }

  void send_others() const {
    for (std::uint64_t sent = 0; sent < other_messages(); ++sent) {
      checked(msgsnd(object_.id(), &kOtherType, 0, IPC_NOWAIT), "cannot send other_type_messages",
              "lower it, or raise queue_bytes");
    }
  }

  LinkSpec spec_;
  SysvObject object_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SysvQueue);
}  // namespace ipcbench
