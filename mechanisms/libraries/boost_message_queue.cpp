// Boost.Interprocess: message_queue, a queue with priorities in POSIX shared memory. A mutex guards it while
// a message is copied in or out, and an end sleeps on a condition variable.
#include <sys/stat.h>

#include <array>
#include <boost/interprocess/ipc/message_queue.hpp>
#include <cerrno>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "harness/contract/abilities.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/queue_depth.hpp"
#include "mechanisms/parts/message_buffer.hpp"
#include "mechanisms/parts/named_file_memory.hpp"

namespace ipcbench {
namespace {

namespace bip = boost::interprocess;
using Queue = bip::message_queue;

constexpr unsigned kPriority = 0;  // the same for all, so that none overtakes another

class BoostQueueSender {
 public:
  BoostQueueSender(Queue& queue, const LinkSpec& spec)
      : queue_(queue), buffer_(spec.message_bytes), blocks_(spec.wait == Wait::block) {}

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), n}; }
  bool commit(std::size_t n) {
    if (!blocks_) return queue_.try_send(buffer_.data(), n, kPriority);
    queue_.send(buffer_.data(), n, kPriority);
    return true;
  }

 private:
  Queue& queue_;
  MessageBuffer buffer_;
  bool blocks_;
};

class BoostQueueReceiver {
 public:
  BoostQueueReceiver(Queue& queue, const LinkSpec& spec)
      : queue_(queue),
        buffer_(spec.message_bytes),
        longest_(spec.message_bytes),
        blocks_(spec.wait == Wait::block) {}

  // Boost demands room for the longest message of the queue.
  std::span<const std::byte> peek(std::size_t n) {
    Queue::size_type got = 0;
    unsigned priority = 0;
    if (blocks_) {
      queue_.receive(buffer_.data(), longest_, got, priority);
    } else if (!queue_.try_receive(buffer_.data(), longest_, got, priority)) {
      return {};
    }
    if (got != n) throw_wrong_length(got, n);
    return {buffer_.data(), n};
  }
  void release() {}

 private:
  Queue& queue_;
  MessageBuffer buffer_;
  std::size_t longest_;
  bool blocks_;
};

[[noreturn]] void throw_boost(const bip::interprocess_exception& error, const char* cause) {
  if (error.get_native_error() != 0)
    throw_error(error.get_native_error(), cause, {{ENOSPC, PosixShm::kMakeRoom}});
  throw Error(std::string(cause) + ": " + error.what());
}

class BoostMessageQueue {
 public:
  static constexpr Traits kTraits{
      .name = "boost_message_queue",
      .summary = "Boost.Interprocess, message_queue in shared memory (send, receive)",
      .kind = MechanismKind::library,
      .made_of = "Boost.Interprocess, POSIX shared memory, pthread mutex, pthread condition",
      .in_between =
          "copies in and out under a mutex, sleeps on a condition; spinning ends lock it at each try too",
      .locks = "pthread mutex",
      .kinship = Kinship::named,
      .waits = {Wait::block, Wait::spin},
      .in_memory = true,
      .lifetime = Lifetime::kernel,
      .priorities = true,
      .min_message_bytes = 0,
      .sharing = {.senders = true, .receivers = true}};
  static constexpr std::array kParameters{kQueueDepth};

  static Unavailable available() { return PosixShm::available(); }

  static std::unique_ptr<BoostMessageQueue> create(const LinkSpec& spec) {
    return std::make_unique<BoostMessageQueue>(spec, spec.slash_name(), true);
  }
  static std::unique_ptr<BoostMessageQueue> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<BoostMessageQueue>(spec, address, false);
  }

  BoostMessageQueue(LinkSpec spec, const std::string& name, bool creates)
      : spec_(std::move(spec)),
        name_(ObjectKind::posix_shm, name, creates),
        queue_(creates ? created() : opened()) {}

  BoostQueueSender sender() { return {*queue_, spec_}; }
  BoostQueueReceiver receiver() { return {*queue_, spec_}; }

  [[nodiscard]] std::string address() const { return name_.str(); }
  void unlink() const noexcept { name_.unlink(); }
  [[nodiscard]] Settings settings() const { return {{std::string(kQueueDepth.name), queue_->get_max_msg()}}; }

 private:
  [[nodiscard]] std::unique_ptr<Queue> created() const {
    const std::size_t depth = queue_depth_of(spec_);
    require_room(depth);
    try {
      auto queue = std::make_unique<Queue>(bip::create_only, name_.c_str(), depth, spec_.message_bytes,
                                           bip::permissions(S_IRUSR | S_IWUSR));
      reserve();
      return queue;
    } catch (const bip::interprocess_exception& error) {
      throw_boost(error, "cannot create a message_queue");
    }
  }
  [[nodiscard]] std::unique_ptr<Queue> opened() const {
    try {
      return std::make_unique<Queue>(bip::open_only, name_.c_str());
    } catch (const bip::interprocess_exception& error) {
      throw_boost(error, "cannot open the message_queue");
    }
  }

  // Boost sets the length of the memory and does not reserve it: where /dev/shm is full, its constructor dies
  // of SIGBUS. So memory of that length is made under the same name first, and removed.
  void require_room(std::size_t depth) const {
    constexpr std::size_t kHeadBytes = 1024;
    constexpr std::size_t kMessageHeadBytes = 64;
    NamedFileMemory<PosixShm>::create(spec_, kHeadBytes + depth * (spec_.message_bytes + kMessageHeadBytes));
  }
  void reserve() const {
    const Fd memory(
        checked(PosixShm::open(name_.str(), O_RDWR | O_CLOEXEC), "cannot open the message_queue"));
    struct stat found {};
    checked(fstat(memory.get(), &found), "fstat");
    size_memory_file(memory.get(), static_cast<std::size_t>(found.st_size), PosixShm::kMakeRoom);
  }

  LinkSpec spec_;
  OwnedName name_;
  std::unique_ptr<Queue> queue_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(BoostMessageQueue);
}  // namespace ipcbench
