#include "bench/study/parts/message_queue.hpp"

#include <mqueue.h>

#include "harness/base/fd.hpp"
#include "mechanisms/parts/posix_queue_object.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {
namespace {

class PosixQueue final : public MessageQueue {
 public:
  void create() override { open_posix_queue(name_.str(), O_RDWR | O_CREAT | O_EXCL, 4, 1); }
  void send(char letter, unsigned rank) override {
    checked(mq_send(find().get(), &letter, 1, rank), "mq_send");
  }
  std::optional<char> receive(long rank) override {
    if (rank != 0) return std::nullopt;
    char letter = '\0';
    if (mq_receive(find().get(), &letter, 1, nullptr) >= 0) return letter;
    if (errno != EAGAIN && errno != EBADF) throw_errno("mq_receive");
    return std::nullopt;
  }

 private:
  [[nodiscard]] Fd find() const { return Fd(mq_open(name_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)); }

  OwnedName name_ = OwnedName::fresh(ObjectKind::posix_queue);
};

class SysvQueue final : public MessageQueue {
 public:
  SysvQueue() = default;
  ~SysvQueue() override {
    if (const int id = find(); id >= 0) msgctl(id, IPC_RMID, nullptr);
  }
  SysvQueue(const SysvQueue&) = delete;
  SysvQueue& operator=(const SysvQueue&) = delete;

  void create() override {
    if (msgget(key_, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR) < 0) throw_no_sysv_queue();
  }
  void send(char letter, unsigned rank) override {
    const Message message{.type = static_cast<long>(rank), .letter = letter};
    checked(msgsnd(find(), &message, 1, IPC_NOWAIT), "msgsnd");
  }
  std::optional<char> receive(long rank) override {
    Message message;
    if (msgrcv(find(), &message, 1, rank, IPC_NOWAIT) >= 0) return message.letter;
    if (errno != ENOMSG && errno != EINVAL) throw_errno("msgrcv");
    return std::nullopt;
  }

 private:
  struct Message {
    long type = 0;
    char letter = '\0';
  };

  [[nodiscard]] int find() const { return msgget(key_, 0); }

  key_t key_ = unpredictable_key();
  Noted noted_{ObjectKind::sysv_queue, std::to_string(key_)};
};

std::string receive_all(MessageQueue& queue, long rank) {
  std::string letters;
  while (const std::optional<char> letter = queue.receive(rank)) letters += *letter;
  return letters;
}

}  // namespace

std::unique_ptr<MessageQueue> make_posix_queue() { return std::make_unique<PosixQueue>(); }
std::unique_ptr<MessageQueue> make_sysv_queue() { return std::make_unique<SysvQueue>(); }

std::span<const QueueKind> queue_kinds() {
  static constexpr std::array kKinds{QueueKind{"System V queue", &make_sysv_queue},
                                     QueueKind{"POSIX queue", &make_posix_queue}};
  return kKinds;
}

std::vector<std::string> received_by(MessageQueue& queue, std::initializer_list<long> asked) {
  queue.send('a', 1);
  queue.send('b', 2);
  queue.send('c', 3);
  queue.send('d', 2);
  std::vector<std::string> received;
  for (const long rank : asked) received.push_back(receive_all(queue, rank));
  receive_all(queue, 0);
  return received;
}

}  // namespace ipcbench
