// Queues in which messages can overtake: POSIX by priority, System V by the receiver's choice of types.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ipcbench {

// A queue as one process sees it. A message is a letter and a rank: the priority of a POSIX queue, the type
// (from 1) of a System V queue. All throw KernelError.
class MessageQueue {
 public:
  virtual ~MessageQueue() = default;
  virtual void send(char letter, unsigned rank) = 0;
  // The next one, as a receiver without wishes gets it; empty: none is waiting.
  virtual std::optional<char> receive() = 0;
  // The first of this rank; empty: none is waiting, or the queue cannot select (`selects()`).
  virtual std::optional<char> receive_of(unsigned rank) = 0;
  // The first of the lowest rank up to this one (msgrcv with a negative type).
  virtual std::optional<char> receive_lowest_up_to(unsigned rank) = 0;
  [[nodiscard]] virtual bool selects() const = 0;
};

// Fresh queues that go with the object. Throw KernelError with the remedy where a limit is in the way.
std::unique_ptr<MessageQueue> make_posix_message_queue();
std::unique_ptr<MessageQueue> make_sysv_message_queue();

struct QueuePriorities {
  std::string sent;      // letters in the order of sending, their ranks 1, 2, 3, 2
  std::string received;  // as a receiver without wishes got them
  bool by_rank = false;  // the highest rank first, equal ranks in the order of sending
  bool in_order = false;
};
QueuePriorities queue_priorities(MessageQueue& queue);

struct QueueSelection {
  bool selects = false;
  std::string sent;                    // letters of types 1, 2, 3, 2
  std::string of_type_2;               // what the receiver got who asked for type 2, until there was none
  std::string rest;                    // what a receiver without wishes got then
  std::string lowest_first;            // of the same four sent again: by asking for the lowest type
  [[nodiscard]] bool by_type() const;  // of_type_2 and rest are what they should be
};
QueueSelection queue_selection(MessageQueue& queue);

}  // namespace ipcbench
