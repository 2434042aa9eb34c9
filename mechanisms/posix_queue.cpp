// mq_overview(7): a queue of whole messages in the kernel, ordered by priority. Processes open it by name,
// and it stays until it is unlinked.
#include <fmt/format.h>
#include <mqueue.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <fstream>
#include <span>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "harness/contract/owned_name.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/message_buffer.hpp"
#include "mechanisms/parts/posix_queue_object.hpp"

namespace ipcbench {
namespace {

// priorities: the number of priorities in use. Each message has a lower one than the message before, so that
// none overtakes another and each has its own place in the kernel's order. The message after the lowest
// priority, 0, would overtake what is still queued, so it waits until the queue is empty.
class PosixQueueSender {
 public:
  PosixQueueSender(Fd queue, std::size_t message_bytes, Wait wait, unsigned priorities)
      : queue_(std::move(queue)),
        buffer_(message_bytes),
        highest_priority_(priorities - 1),
        priority_(highest_priority_) {
    set_blocking_for(queue_.get(), wait);
  }

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), n}; }
  bool commit(std::size_t n) { return send_from({buffer_.data(), n}); }
  bool send_from(std::span<const std::byte> message) {
    if (starts_over_ && !is_empty()) return false;
    while (mq_send(queue_.get(), reinterpret_cast<const char*>(message.data()), message.size(), priority_) !=
           0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("mq_send");
    }
    starts_over_ = priority_ == 0 && highest_priority_ > 0;
    priority_ = priority_ == 0 ? highest_priority_ : priority_ - 1;
    return true;
  }
  // The kernel does not report when the queue becomes empty, so that case polls.
  void park() {
    constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 20'000};
    if (starts_over_) {
      nanosleep(&kNap, nullptr);
    } else {
      wait_for(queue_.get(), POLLOUT);
    }
  }

 private:
  [[nodiscard]] bool is_empty() const {
    mq_attr now{};
    checked(mq_getattr(queue_.get(), &now), "mq_getattr");
    return now.mq_curmsgs == 0;
  }

  Fd queue_;
  MessageBuffer buffer_;
  unsigned highest_priority_;
  unsigned priority_;  // of the next message
  bool starts_over_ = false;
};

class PosixQueueReceiver {
 public:
  PosixQueueReceiver(Fd queue, std::size_t message_bytes, Wait wait)
      : queue_(std::move(queue)), buffer_(message_bytes), longest_(message_bytes) {
    set_blocking_for(queue_.get(), wait);
  }

  // The kernel demands room for the longest message of the queue.
  std::span<const std::byte> peek(std::size_t n) {
    if (!receive(buffer_.data(), n)) return {};
    return {buffer_.data(), n};
  }
  bool receive_into(std::span<std::byte> into) { return receive(into.data(), into.size()); }
  void release() {}
  void park() { wait_for(queue_.get(), POLLIN); }
  [[nodiscard]] int pollable_fd() const { return queue_.get(); }

 private:
  // A message of `n` bytes; false: none yet.
  bool receive(std::byte* into, std::size_t n) {
    ssize_t got = -1;
    while ((got = mq_receive(queue_.get(), reinterpret_cast<char*>(into), longest_, nullptr)) < 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("mq_receive");
    }
    if (static_cast<std::size_t>(got) != n) throw_wrong_length(static_cast<std::size_t>(got), n);
    return true;
  }

  Fd queue_;
  MessageBuffer buffer_;
  std::size_t longest_;
};

constexpr Parameter kQueueDepth{
    .name = "queue_depth",
    .default_text = "the kernel's fs.mqueue.msg_default: 10",
    .what = "messages that the queue holds (mq_maxmsg), up to fs.mqueue.msg_max without privilege",
    .min = 1,
    .max = 65536,
    .tuned = 64};
constexpr Parameter kPriorities{
    .name = "priorities",
    .default_text = "1: all messages have priority 0",
    .what =
        "how many priorities the messages have, each a lower one than the message before; after the lowest "
        "the sender waits until the queue is empty and starts over with the highest",
    .min = 1,
    .max = 32768};  // MQ_PRIO_MAX

// `otherwise`: the documented default, for a kernel that does not say.
std::size_t mqueue_setting(const char* name, std::size_t otherwise) {
  std::ifstream file(fmt::format("/proc/sys/fs/mqueue/{}", name));
  std::size_t value = 0;
  return file >> value ? value : otherwise;
}

std::size_t depth_of(const Settings& parameters) {
  const auto asked = parameters.find(kQueueDepth.name);
  return asked != parameters.end() ? asked->second : mqueue_setting("msg_default", 10);
}

class PosixQueue {
 public:
  static constexpr Traits kTraits{.name = "posix_queue",
                                  .summary = "POSIX message queue (mq_send, mq_receive)",
                                  .kind = MechanismKind::queue,
                                  .made_of = "POSIX queue",
                                  .kinship = Kinship::named,
                                  .direct = true,
                                  .lifetime = Lifetime::kernel,
                                  .priorities = true,
                                  .sharing = {.senders = true, .receivers = true}};
  static constexpr std::array kParameters{kQueueDepth, kPriorities};

  static Unavailable available() {
    try {
      const OwnedName name = OwnedName::fresh(ObjectKind::posix_queue);
      const Fd queue = open_posix_queue(name.str(), O_RDWR | O_CREAT | O_EXCL, 1, 1);
      return std::nullopt;
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  // A privileged user could exceed fs.mqueue.msgsize_max. That is not used, so that every user measures the
  // same. RLIMIT_MSGQUEUE (getrlimit(2)) limits all queues of a user together; a ping-pong has two. It counts
  // every message that a queue may hold, each with the kernel's header (104 bytes here).
  static MessageLimit message_limit(const Settings& parameters) {
    constexpr std::size_t kHeadBytes = 128;
    const std::size_t longest_bytes = mqueue_setting("msgsize_max", 8192);
    rlimit allowed{};
    getrlimit(RLIMIT_MSGQUEUE, &allowed);
    const std::size_t share_bytes = allowed.rlim_cur / 2 / depth_of(parameters);
    const std::size_t affordable_bytes = share_bytes - std::min(share_bytes, kHeadBytes);
    if (longest_bytes <= affordable_bytes) return {longest_bytes, "raise fs.mqueue.msgsize_max (sysctl)"};
    return {affordable_bytes, "raise ulimit -q, or lower queue_depth"};
  }

  static Unavailable refuses(const Cell& cell) {
    const bool is_shared = cell.pattern == Pattern::fanin && !has_own_links(cell);
    if (!is_shared || !cell.parameters.contains(kPriorities.name)) return std::nullopt;
    return "a producer that waits for an empty queue may wait for ever for the others; leave priorities at 1";
  }

  static std::unique_ptr<PosixQueue> create(const LinkSpec& spec) {
    return std::make_unique<PosixQueue>(spec, spec.slash_name(), O_RDWR | O_CREAT | O_EXCL);
  }
  static std::unique_ptr<PosixQueue> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<PosixQueue>(spec, address, O_RDWR);
  }

  // The queue's mq_msgsize is exactly the length of the link's longest messages.
  PosixQueue(const LinkSpec& spec, const std::string& name, int flags)
      : spec_(spec),
        name_(ObjectKind::posix_queue, name, (flags & O_CREAT) != 0),
        queue_(open_posix_queue(name, flags, depth_of(spec.parameters), spec.message_bytes)),
        depth_(depth_in_force(queue_.get())) {}

  PosixQueueSender sender() { return {std::move(queue_), spec_.message_bytes, spec_.wait, priorities()}; }
  PosixQueueReceiver receiver() { return {std::move(queue_), spec_.message_bytes, spec_.wait}; }

  BareEnd bare(Side) {
    return bare_both(PosixQueueSender(duplicate(queue_), spec_.message_bytes, spec_.wait, priorities()),
                     PosixQueueReceiver(duplicate(queue_), spec_.message_bytes, spec_.wait), "mq_send",
                     "mq_receive");
  }

  [[nodiscard]] std::string address() const { return name_.str(); }
  void unlink() const noexcept { name_.unlink(); }
  [[nodiscard]] Settings settings() const {
    return {{std::string(kQueueDepth.name), depth_}, {std::string(kPriorities.name), priorities()}};
  }

 private:
  [[nodiscard]] unsigned priorities() const {
    return static_cast<unsigned>(spec_.parameter(kPriorities.name).value_or(1));
  }
  static std::uint64_t depth_in_force(mqd_t queue) {
    mq_attr attributes{};
    checked(mq_getattr(queue, &attributes), "mq_getattr");
    return static_cast<std::uint64_t>(attributes.mq_maxmsg);
  }

  LinkSpec spec_;
  OwnedName name_;
  Fd queue_;
  std::uint64_t depth_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(PosixQueue);
}  // namespace ipcbench
