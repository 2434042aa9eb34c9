// sysvipc(7), msgsnd(2), msgrcv(2): a queue of whole messages in the kernel, each with a type by which a
// receiver can choose, found by an identifier and kept until it is removed.
#include <sys/msg.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <climits>

#include "harness/registry.hpp"
#include "mechanisms/sysv_queue_ends.hpp"

namespace ipcbench {
namespace {

constexpr Parameter kQueueBytes{.name = "queue_bytes",
                                .default_text = "the kernel's kernel.msgmnb: 16384",
                                .what =
                                    "bytes that the queue holds (msg_qbytes), up to kernel.msgmnb without "
                                    "privilege",
                                .min = 1,
                                .max = INT_MAX};

class SysvQueue {
 public:
  static constexpr Traits kTraits{.name = "sysv_queue",
                                  .summary = "System V message queue (msgsnd, msgrcv)",
                                  .kinship = Kinship::named,
                                  .framing = Framing::message,
                                  .flow = Flow::one_way,
                                  .waits = {Wait::block, Wait::spin, Wait::adaptive},
                                  .lifetime = Lifetime::kernel,
                                  .selection_by_type = true};
  static constexpr std::array kParameters{kQueueBytes};

  static Unavailable available() {
    try {
      const SysvQueue probe(LinkSpec{}, create_queue(), true);
      return std::nullopt;
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  // A message that the queue cannot hold would wait for ever.
  static MessageLimit message_limit(const Settings& parameters) {
    msginfo limits{};
    if (msgctl(0, IPC_INFO, reinterpret_cast<msqid_ds*>(&limits)) < 0) return {0, "msgctl(IPC_INFO) failed"};
    const auto asked = parameters.find(kQueueBytes.name);
    const auto longest_bytes = static_cast<std::size_t>(limits.msgmax);
    const auto queue_bytes =
        asked != parameters.end() ? asked->second : static_cast<std::size_t>(limits.msgmnb);
    if (longest_bytes <= queue_bytes) return {longest_bytes, "raise kernel.msgmax (sysctl)"};
    return {queue_bytes, "raise queue_bytes, or kernel.msgmnb (sysctl)"};
  }

  static std::unique_ptr<SysvQueue> create(const LinkSpec& spec) {
    auto queue = std::make_unique<SysvQueue>(spec, create_queue(), true);
    queue->set_bytes();
    return queue;
  }
  static std::unique_ptr<SysvQueue> join(const LinkSpec& spec, const std::string& address) {
    int id = -1;
    std::from_chars(address.data(), address.data() + address.size(), id);
    return std::make_unique<SysvQueue>(spec, id, false);
  }

  SysvQueue(LinkSpec spec, int id, bool owner) : spec_(std::move(spec)), id_(id), owner_(owner) {}
  ~SysvQueue() {
    if (owner_) msgctl(id_, IPC_RMID, nullptr);
  }
  SysvQueue(const SysvQueue&) = delete;
  SysvQueue& operator=(const SysvQueue&) = delete;

  SysvQueueSender sender() { return {id_, spec_.message_bytes, spec_.wait}; }
  SysvQueueReceiver receiver() { return {id_, spec_.message_bytes, spec_.wait}; }

  [[nodiscard]] std::string address() const { return std::to_string(id_); }
  [[nodiscard]] Settings settings() const { return {{std::string(kQueueBytes.name), state().msg_qbytes}}; }

 private:
  static int create_queue() {
    const int id = msgget(IPC_PRIVATE, IPC_CREAT | S_IRUSR | S_IWUSR);
    if (id >= 0) return id;
    throw_errno(errno == ENOSPC ? "no System V queue can be created; raise kernel.msgmni (sysctl), or remove "
                                  "stale ones (ipcs -q, ipcrm)"
                : errno == ENOSYS ? "this kernel has no System V queues (CONFIG_SYSVIPC)"
                                  : "msgget");
  }

  [[nodiscard]] msqid_ds state() const {
    msqid_ds state{};
    checked(msgctl(id_, IPC_STAT, &state), "msgctl(IPC_STAT)");
    return state;
  }

  void set_bytes() const {
    const auto asked = spec_.parameter(kQueueBytes.name);
    if (!asked) return;
    msqid_ds wanted = state();
    wanted.msg_qbytes = *asked;
    checked(msgctl(id_, IPC_SET, &wanted), "cannot set queue_bytes; raise kernel.msgmnb (sysctl)");
  }

  LinkSpec spec_;
  int id_;
  bool owner_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SysvQueue);
}  // namespace ipcbench
