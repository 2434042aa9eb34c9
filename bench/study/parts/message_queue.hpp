// Queues whose messages need not arrive in order: POSIX sorts by priority, System V lets the receiver select.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

// A named queue. A message is a letter with a rank: the priority in a POSIX queue, the type (from 1) in a
// System V queue. All functions throw KernelError. The destructor removes the queue, whichever process
// created it.
class MessageQueue {
 public:
  virtual ~MessageQueue() = default;
  virtual void create() = 0;  // the error names the remedy if a limit is in the way
  virtual void send(char letter, unsigned rank) = 0;
  // Does not wait. rank 0: the next message; above 0: the first of this rank; below 0: the first of the
  // lowest rank up to -rank. Empty: there is none or no queue, or the queue cannot select.
  virtual std::optional<char> receive(long rank) = 0;
};

struct QueueKind {
  std::string_view name;  // as in Traits::made_of
  std::unique_ptr<MessageQueue> (*make)();
};
std::span<const QueueKind> queue_kinds();
std::unique_ptr<MessageQueue> make_posix_queue();
std::unique_ptr<MessageQueue> make_sysv_queue();

// Sends a, b, c and d with the ranks 1, 2, 3 and 2, and returns what is received by asking for each of
// `asked` until there is none. Leaves the queue empty.
std::vector<std::string> received_by(MessageQueue& queue, std::initializer_list<long> asked);

inline constexpr std::string_view kHighestFirst = "cbda";  // equal ranks in the order of sending
inline constexpr std::string_view kLowestFirst = "abdc";
inline constexpr std::string_view kOfRank2 = "bd";

}  // namespace ipcbench
