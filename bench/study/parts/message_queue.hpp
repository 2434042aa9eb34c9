// Queues whose messages need not arrive in order: POSIX sorts by priority, System V lets the receiver select.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ipcbench {

// A named queue. A message is a letter with a rank: the priority in a POSIX queue, the type (from 1) in a
// System V queue. All functions throw KernelError. The destructor removes the queue, whichever process
// created it.
class MessageQueue {
 public:
  virtual ~MessageQueue() = default;
  virtual void create() = 0;  // the error names the remedy if a limit is in the way
  [[nodiscard]] virtual bool exists() const = 0;
  virtual void send(char letter, unsigned rank) = 0;
  // Does not wait. rank 0: the next message; above 0: the first of this rank; below 0: the first of the
  // lowest rank up to -rank. Empty: there is none, or the queue cannot select.
  virtual std::optional<char> receive(long rank) = 0;
};

struct QueueKind {
  std::string_view name;  // as in Traits::made_of
  std::unique_ptr<MessageQueue> (*make)();
};
std::span<const QueueKind> queue_kinds();
std::unique_ptr<MessageQueue> make_posix_queue();
std::unique_ptr<MessageQueue> make_sysv_queue();

struct QueuePriorities {
  std::string sent;      // letters in the order of sending, with ranks 1, 2, 3, 2
  std::string received;  // by a receiver that does not select

  [[nodiscard]] bool by_rank() const;  // the highest rank first, equal ranks in order
  [[nodiscard]] bool in_order() const { return received == sent; }
};
QueuePriorities queue_priorities(MessageQueue& queue);

struct QueueSelection {
  std::string sent;          // letters with types 1, 2, 3, 2
  std::string of_type_2;     // received by asking for type 2 until there was none
  std::string rest;          // received next, without selecting
  std::string lowest_first;  // the same four sent again, received by asking for the lowest type

  [[nodiscard]] bool by_type() const;
};
QueueSelection queue_selection(MessageQueue& queue);

}  // namespace ipcbench
