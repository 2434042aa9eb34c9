// What is left of a queue, and of the message in it, when its creator has ended without removing it.
#pragma once

#include <memory>
#include <optional>

namespace ipcbench {

// Something with a name that processes can meet at. All throw KernelError, with the remedy where a
// limit is in the way. The destructor removes it, whoever made it.
class NamedQueue {
 public:
  virtual ~NamedQueue() = default;
  virtual void create() = 0;
  virtual void send(char letter) = 0;
  virtual bool exists() = 0;
  virtual std::optional<char> receive() = 0;  // without waiting
};

struct QueueLifetime {
  bool outlived = false;      // another process found it when its creator had gone
  bool message_kept = false;  // and in it the message that its creator had sent
};

// A child process makes the queue, sends a message and ends. Throws std::runtime_error with the child's
// error.
QueueLifetime queue_lifetime(NamedQueue& queue);

std::unique_ptr<NamedQueue> make_named_sysv_queue();
std::unique_ptr<NamedQueue> make_named_posix_queue();

}  // namespace ipcbench
