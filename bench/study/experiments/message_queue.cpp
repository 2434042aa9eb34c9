#include "bench/study/experiments/message_queue.hpp"

#include <fmt/format.h>
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>

#include "harness/base/fd.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/contract/owned_name.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {
namespace {

// Letters and ranks in the order of sending: two messages of rank 2 at positions 1 and 3, the highest
// between.
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

// What `receive` gets until there is nothing; more than was sent never comes.
template <class Receive>
std::string take_all(Receive receive) {
  std::string letters;
  while (letters.size() <= kMessages.size()) {
    const std::optional<char> letter = receive();
    if (!letter) break;
    letters += *letter;
  }
  return letters;
}

Fd open_posix_queue() {
  mq_attr attributes{};
  attributes.mq_maxmsg = kMessages.size();
  attributes.mq_msgsize = 1;
  const OwnedName name(ObjectKind::posix_queue, fmt::format("/{}", unpredictable_name()), true);
  const mqd_t queue = mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC,
                              S_IRUSR | S_IWUSR, &attributes);
  if (queue < 0) {
    throw_errno("no POSIX queue can be opened (mq_open)",
                {{EMFILE, "raise ulimit -q"},
                 {ENOSPC, "raise fs.mqueue.queues_max (sysctl)"},
                 {ENOSYS, "take a kernel that has them (CONFIG_POSIX_MQUEUE)"}});
  }
  return Fd(queue);
}

class PosixMessageQueue final : public MessageQueue {
 public:
  void send(char letter, unsigned rank) override {
    checked(mq_send(queue_.get(), &letter, 1, rank), "mq_send");
  }
  std::optional<char> receive() override {
    char letter = '\0';
    if (mq_receive(queue_.get(), &letter, 1, nullptr) >= 0) return letter;
    if (errno != EAGAIN) throw_errno("mq_receive");
    return std::nullopt;
  }
  std::optional<char> receive_of(unsigned) override { return std::nullopt; }
  std::optional<char> receive_lowest_up_to(unsigned) override { return std::nullopt; }
  [[nodiscard]] bool selects() const override { return false; }

 private:
  Fd queue_ = open_posix_queue();
};

class SysvMessageQueue final : public MessageQueue {
 public:
  SysvMessageQueue() {
    if (queue_.id() >= 0) return;
    throw_errno("no System V queue can be created (msgget)",
                {{ENOSPC, "raise kernel.msgmni (sysctl), or remove stale ones (ipcs -q, ipcrm)"}});
  }

  void send(char letter, unsigned rank) override {
    const Message message{.type = static_cast<long>(rank), .letter = letter};
    checked(msgsnd(queue_.id(), &message, 1, IPC_NOWAIT), "msgsnd");
  }
  std::optional<char> receive() override { return receive_type(0); }
  std::optional<char> receive_of(unsigned rank) override { return receive_type(static_cast<long>(rank)); }
  std::optional<char> receive_lowest_up_to(unsigned rank) override {
    return receive_type(-static_cast<long>(rank));
  }
  [[nodiscard]] bool selects() const override { return true; }

 private:
  struct Message {
    long type = 0;
    char letter = '\0';
  };

  // msgrcv(2): 0 is any type, a negative one the lowest type up to its absolute value.
  std::optional<char> receive_type(long type) {
    Message message;
    if (msgrcv(queue_.id(), &message, 1, type, IPC_NOWAIT) >= 0) return message.letter;
    if (errno != ENOMSG) throw_errno("msgrcv");
    return std::nullopt;
  }

  SysvObject queue_ =
      SysvObject::create(ObjectKind::sysv_queue, [](key_t key, int flags) { return msgget(key, flags); });
};

}  // namespace

std::unique_ptr<MessageQueue> make_posix_message_queue() { return std::make_unique<PosixMessageQueue>(); }
std::unique_ptr<MessageQueue> make_sysv_message_queue() { return std::make_unique<SysvMessageQueue>(); }

QueuePriorities queue_priorities(MessageQueue& queue) {
  QueuePriorities found;
  found.sent = send_all(queue);
  found.received = take_all([&] { return queue.receive(); });
  found.by_rank = found.received == "cbda";
  found.in_order = found.received == found.sent;
  return found;
}

bool QueueSelection::by_type() const { return of_type_2 == "bd" && rest == "ac"; }

QueueSelection queue_selection(MessageQueue& queue) {
  constexpr unsigned kHighestRank = 3;
  QueueSelection found;
  found.selects = queue.selects();
  found.sent = send_all(queue);
  found.of_type_2 = take_all([&] { return queue.receive_of(2); });
  found.rest = take_all([&] { return queue.receive(); });
  send_all(queue);
  found.lowest_first = take_all([&] { return queue.receive_lowest_up_to(kHighestRank); });
  take_all([&] { return queue.receive(); });
  return found;
}

}  // namespace ipcbench
