#include "bench/study/experiments/queue_lifetime.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "harness/base/fd.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/contract/owned_name.hpp"

namespace ipcbench {
namespace {

struct Message {
  long type = 1;
  char letter = 0;
};

class SysvQueue final : public NamedQueue {
 public:
  SysvQueue() = default;
  ~SysvQueue() override {
    if (const int id = find(); id >= 0) msgctl(id, IPC_RMID, nullptr);
  }
  SysvQueue(const SysvQueue&) = delete;
  SysvQueue& operator=(const SysvQueue&) = delete;

  void create() override {
    if (msgget(key_, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR) >= 0) return;
    throw_errno(
        "no System V queue can be created (msgget)",
        {{ENOSPC, "raise kernel.msgmni (sysctl)"}, {ENOSYS, "take a kernel that has them (CONFIG_SYSVIPC)"}});
  }
  void send(char letter) override {
    const Message message{.type = 1, .letter = letter};
    checked(msgsnd(find(), &message, sizeof message.letter, IPC_NOWAIT), "msgsnd");
  }
  bool exists() override { return find() >= 0; }
  std::optional<char> receive() override {
    Message message;
    if (msgrcv(find(), &message, sizeof message.letter, 0, IPC_NOWAIT) < 0) return std::nullopt;
    return message.letter;
  }

 private:
  [[nodiscard]] int find() const { return msgget(key_, 0); }

  key_t key_ = unpredictable_key();
  Noted noted_{ObjectKind::sysv_queue, std::to_string(key_)};
};

class PosixQueue final : public NamedQueue {
 public:
  void create() override {
    mq_attr attributes{};
    attributes.mq_maxmsg = 1;
    attributes.mq_msgsize = 1;
    if (Fd(mq_open(name_.c_str(), O_RDWR | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, &attributes))) return;
    throw_errno("no POSIX queue can be created (mq_open)",
                {{EMFILE, "raise ulimit -q"},
                 {ENOSPC, "raise fs.mqueue.queues_max (sysctl)"},
                 {ENOSYS, "take a kernel that has them (CONFIG_POSIX_MQUEUE)"}});
  }
  void send(char letter) override { checked(mq_send(find().get(), &letter, 1, 0), "mq_send"); }
  bool exists() override { return static_cast<bool>(find()); }
  std::optional<char> receive() override {
    char letter = 0;
    if (mq_receive(find().get(), &letter, 1, nullptr) < 0) return std::nullopt;
    return letter;
  }

 private:
  // On Linux a queue's descriptor is a file descriptor (mq_overview(7)).
  [[nodiscard]] Fd find() const { return Fd(mq_open(name_.c_str(), O_RDWR | O_NONBLOCK)); }

  OwnedName name_{ObjectKind::posix_queue, fmt::format("/{}", unpredictable_name()), true};
};

}  // namespace

QueueLifetime queue_lifetime(NamedQueue& queue) {
  constexpr char kLetter = 'q';
  in_child<bool>([&] {
    queue.create();
    queue.send(kLetter);
    return true;
  });
  QueueLifetime lifetime;
  lifetime.outlived = queue.exists();
  lifetime.message_kept = lifetime.outlived && queue.receive() == kLetter;
  return lifetime;
}

std::unique_ptr<NamedQueue> make_named_sysv_queue() { return std::make_unique<SysvQueue>(); }
std::unique_ptr<NamedQueue> make_named_posix_queue() { return std::make_unique<PosixQueue>(); }

}  // namespace ipcbench
