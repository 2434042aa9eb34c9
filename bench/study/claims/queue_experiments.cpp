// What msgsnd(2), msgrcv(2) and a POSIX queue's calls do.
#include <mqueue.h>
#include <poll.h>

#include <atomic>
#include <ctime>

#include "bench/study/claims/queue_claims.hpp"
#include "bench/study/parts/together.hpp"
#include "harness/base/mapping.hpp"
#include "harness/contract/owned_name.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {
namespace {

template <std::size_t N>
struct Message {
  long type = 0;
  std::array<char, N> text{};
};
using Letter = Message<1>;

SysvObject new_queue() {
  SysvObject queue =
      SysvObject::create(ObjectKind::sysv_queue, [](key_t key, int flags) { return msgget(key, flags); });
  if (queue.id() < 0) {
    throw_errno("no System V queue can be created (msgget)",
                {{ENOSPC, "raise kernel.msgmni (sysctl), or remove stale ones (ipcs -q, ipcrm)"},
                 {ENOSYS, kNoSystemV}});
  }
  return queue;
}

Fd new_posix_queue(const OwnedName& name, long message_bytes) {
  mq_attr attributes{};
  attributes.mq_maxmsg = 2;
  attributes.mq_msgsize = message_bytes;
  Fd queue(mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, S_IRUSR | S_IWUSR, &attributes));
  if (!queue) {
    throw_errno("no POSIX queue can be created (mq_open)",
                {{EMFILE, "raise ulimit -q"}, {ENOSPC, "raise fs.mqueue.queues_max (sysctl)"}});
  }
  return queue;
}

std::string send(const QueueCalls& calls, int id, long type, char letter) {
  const Letter message{.type = type, .text = {letter}};
  return came_back(calls.send(id, &message, 1, IPC_NOWAIT));
}

// The letter, or the error.
std::string receive(const QueueCalls& calls, int id, long type) {
  Letter message;
  return calls.receive(id, &message, 1, type, IPC_NOWAIT) < 0 ? error_name(errno)
                                                              : std::string(1, message.text[0]);
}

}  // namespace

Steps queue_both_ways(const QueueCalls& calls) {
  const SysvObject queue = new_queue();
  Steps steps;
  send(calls, queue.id(), 1, 'q');  // the question; nobody has taken it when the answer comes
  in_child<bool>([&] { return send(calls, queue.id(), 2, 'a') == "0"; });
  steps.add("one System V queue: A sends type 1, B sends type 2; A's msgrcv() of type 2",
            receive(calls, queue.id(), 2), "a");
  steps.add("B's msgrcv() of type 1", receive(calls, queue.id(), 1), "q");
  const OwnedName name = OwnedName::fresh(ObjectKind::posix_queue);
  const Fd posix = new_posix_queue(name, 1);
  checked(mq_send(posix.get(), "q", 1, 0), "mq_send");
  in_child<bool>([&] { return mq_send(posix.get(), "a", 1, 0) == 0; });
  char letter = '?';
  checked(mq_receive(posix.get(), &letter, 1, nullptr), "mq_receive");
  return steps.add("one POSIX queue: A sends q, B sends a; A's mq_receive()", std::string(1, letter), "a");
}

Steps queue_types(const QueueCalls& calls) {
  const SysvObject queue = new_queue();
  Steps steps;
  steps.add("msgsnd() of type 0", send(calls, queue.id(), 0, 'x'), "EINVAL")
      .add("of type -1", send(calls, queue.id(), -1, 'x'), "EINVAL")
      .add("of type 1, with one byte after the long", send(calls, queue.id(), 1, 'x'), "0");
  Letter message;
  return steps
      .add("msgrcv() of it: the bytes of its text",
           came_back(static_cast<long>(calls.receive(queue.id(), &message, 1, 0, IPC_NOWAIT))), "1")
      .add("the long in front of them", std::to_string(message.type), "1");
}

Steps queue_at_once(const QueueCalls& calls) {
  constexpr unsigned kSenders = 2;
  constexpr unsigned kTimes = 1'000;
  using Block = Message<64>;
  const SysvObject queue = new_queue();
  const SharedMapping memory(-1, 2 * sizeof(std::atomic<unsigned>));
  auto* const whole = static_cast<std::atomic<unsigned>*>(memory.data());
  // Two processes send blocks of one letter each, two others receive them.
  together(2 * kSenders, [&](unsigned own) {
    Block block{.type = 1};
    for (unsigned i = 0; i < kTimes; ++i) {
      if (own < kSenders) {
        block.text.fill(static_cast<char>('a' + own));
        checked(calls.send(queue.id(), &block, block.text.size(), 0), "msgsnd");
      } else if (checked(calls.receive(queue.id(), &block, block.text.size(), 0, 0), "msgrcv") == 64 &&
                 std::ranges::count(block.text, block.text[0]) == 64) {
        ++*whole;
      }
    }
  });
  Steps steps;
  steps.add(
      "2 processes send 1000 messages of 64 B each, 2 others receive: messages that arrive once and whole",
      std::to_string(whole->load()), std::to_string(kSenders * kTimes));
  steps.add("msgsnd() while another process waits in msgrcv(): the waiting one gets",
            woken(
                [&] {
                  Letter message;
                  const auto got = calls.receive(queue.id(), &message, 1, 0, 0);
                  return got < 0 ? error_name(errno) : "the message at once";
                },
                [] { return usleep(5'000) == 0; }, [&] { send(calls, queue.id(), 1, 'x'); }),
            "nothing until it gives up");
  return steps;
}

Steps queue_largest(const QueueCalls& calls) {
  constexpr std::size_t kLarge = 1 << 20;
  const SysvObject queue = new_queue();
  std::vector<char> message(sizeof(long) + kLarge, 1);
  Steps steps;
  steps.add("msgsnd() of 1 MiB, IPC_NOWAIT",
            came_back(calls.send(queue.id(), message.data(), kLarge, IPC_NOWAIT)), "EINVAL");
  msginfo limits{};
  checked(msgctl(0, IPC_INFO, reinterpret_cast<msqid_ds*>(&limits)), "msgctl(IPC_INFO)");
  const OwnedName name = OwnedName::fresh(ObjectKind::posix_queue);
  const Fd posix = new_posix_queue(name, 1);
  return steps.add("msgctl(0, IPC_INFO): msgmax, kernel.msgmax", fmt::format("{} B", limits.msgmax))
      .add("mq_send() of 2 bytes to a POSIX queue of mq_msgsize 1",
           came_back(mq_send(posix.get(), "xx", 2, 0)), "EMSGSIZE");
}

Steps posix_or_sysv(const std::function<std::string()>& poll_queue) {
  const OwnedName name = OwnedName::fresh(ObjectKind::posix_queue);
  const Fd posix = new_posix_queue(name, 1);
  checked(mq_send(posix.get(), "x", 1, 0), "mq_send");
  const auto poll_posix = [&] {
    pollfd watched{.fd = posix.get(), .events = POLLIN, .revents = 0};
    return came_back(poll(&watched, 1, 0));
  };
  Steps steps;
  steps.add("poll() of a POSIX queue with a message", poll_queue ? poll_queue() : poll_posix(), "1");
  char letter = 0;
  checked(mq_receive(posix.get(), &letter, 1, nullptr), "mq_receive");
  const Fd waiting(checked(mq_open(name.c_str(), O_RDONLY | O_CLOEXEC), "mq_open"));
  constexpr timespec kPast{.tv_sec = 1, .tv_nsec = 0};
  steps.add("mq_timedreceive() from an empty queue, until a time that is over",
            came_back(mq_timedreceive(waiting.get(), &letter, 1, nullptr, &kPast)), "ETIMEDOUT");
  const SysvObject sysv = new_queue();
  send({}, sysv.id(), 1, 'a');
  send({}, sysv.id(), 2, 'b');
  steps.add("msgrcv() of type 2 behind a message of type 1, in a System V queue", receive({}, sysv.id(), 2),
            "not possible");
  return steps;
}

}  // namespace ipcbench
