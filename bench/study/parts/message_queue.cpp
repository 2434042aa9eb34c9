#include "bench/study/parts/message_queue.hpp"

#include <fmt/format.h>
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/stat.h>

#include "harness/base/fd.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/contract/owned_name.hpp"

namespace ipcbench {
namespace {

// Two messages of rank 2 at positions 1 and 3, and the highest rank between them.
struct Labelled {
  char letter;
  unsigned rank;
};
constexpr std::array kMessages{Labelled{'a', 1}, Labelled{'b', 2}, Labelled{'c', 3}, Labelled{'d', 2}};

std::string send_all(MessageQueue& queue) {
  std::string letters;
  for (const auto& [letter, rank] : kMessages) {
    queue.send(letter, rank);
    letters += letter;
  }
  return letters;
}

std::string receive_all(MessageQueue& queue, long rank) {
  std::string letters;
  while (letters.size() <= kMessages.size()) {
    const std::optional<char> letter = queue.receive(rank);
    if (!letter) break;
    letters += *letter;
  }
  return letters;
}

class PosixQueue final : public MessageQueue {
 public:
  void create() override {
    mq_attr attributes{};
    attributes.mq_maxmsg = kMessages.size();
    attributes.mq_msgsize = 1;
    if (Fd(mq_open(name_.c_str(), O_RDWR | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, &attributes))) return;
    throw_errno("no POSIX queue can be created (mq_open)",
                {{EMFILE, "raise ulimit -q"},
                 {ENOSPC, "raise fs.mqueue.queues_max (sysctl)"},
                 {ENOSYS, "take a kernel that has them (CONFIG_POSIX_MQUEUE)"}});
  }
  [[nodiscard]] bool exists() const override { return static_cast<bool>(find()); }
  void send(char letter, unsigned rank) override {
    checked(mq_send(find().get(), &letter, 1, rank), "mq_send");
  }
  std::optional<char> receive(long rank) override {
    if (rank != 0) return std::nullopt;
    char letter = '\0';
    if (mq_receive(find().get(), &letter, 1, nullptr) >= 0) return letter;
    if (errno != EAGAIN) throw_errno("mq_receive");
    return std::nullopt;
  }

 private:
  // On Linux a queue's descriptor is a file descriptor (mq_overview(7)).
  [[nodiscard]] Fd find() const { return Fd(mq_open(name_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)); }

  OwnedName name_{ObjectKind::posix_queue, fmt::format("/{}", unpredictable_name()), true};
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
    if (msgget(key_, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR) >= 0) return;
    throw_errno("no System V queue can be created (msgget)",
                {{ENOSPC, "raise kernel.msgmni (sysctl), or remove stale ones (ipcs -q, ipcrm)"},
                 {ENOSYS, "take a kernel that has them (CONFIG_SYSVIPC)"}});
  }
  [[nodiscard]] bool exists() const override { return find() >= 0; }
  void send(char letter, unsigned rank) override {
    const Message message{.type = static_cast<long>(rank), .letter = letter};
    checked(msgsnd(find(), &message, 1, IPC_NOWAIT), "msgsnd");
  }
  std::optional<char> receive(long rank) override {
    Message message;
    if (msgrcv(find(), &message, 1, rank, IPC_NOWAIT) >= 0) return message.letter;
    if (errno != ENOMSG) throw_errno("msgrcv");
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

}  // namespace

std::unique_ptr<MessageQueue> make_posix_queue() { return std::make_unique<PosixQueue>(); }
std::unique_ptr<MessageQueue> make_sysv_queue() { return std::make_unique<SysvQueue>(); }

std::span<const QueueKind> queue_kinds() {
  static constexpr std::array kKinds{QueueKind{"System V queue", &make_sysv_queue},
                                     QueueKind{"POSIX queue", &make_posix_queue}};
  return kKinds;
}

bool QueuePriorities::by_rank() const { return received == "cbda"; }

QueuePriorities queue_priorities(MessageQueue& queue) {
  QueuePriorities found;
  found.sent = send_all(queue);
  found.received = receive_all(queue, 0);
  return found;
}

bool QueueSelection::by_type() const { return of_type_2 == "bd" && rest == "ac"; }

QueueSelection queue_selection(MessageQueue& queue) {
  constexpr long kHighestRank = 3;
  QueueSelection found;
  found.sent = send_all(queue);
  found.of_type_2 = receive_all(queue, 2);
  found.rest = receive_all(queue, 0);
  send_all(queue);
  found.lowest_first = receive_all(queue, -kHighestRank);
  receive_all(queue, 0);
  return found;
}

}  // namespace ipcbench
