// Claims about message queues.
#pragma once

#include "bench/study/claims/claim.hpp"
#include "bench/study/parts/message_queue.hpp"

namespace ipcbench {

// What is left of a queue when its creator has ended without removing it.
struct QueueLifetime {
  bool outlived = false;      // another process found the queue
  bool message_kept = false;  // and its creator's message in it
};
// A child process creates the queue, sends a message and ends. Throws std::runtime_error with the child's
// error.
QueueLifetime queue_lifetime(MessageQueue& queue);
Answer judge_queue_lifetime(const Trials<QueueLifetime>& trials);

Answer judge_queue_order(const QueuePriorities& posix, const QueuePriorities& sysv,
                         const QueueSelection& selection);

// The claims, tried here.
Answer queues_outlive_their_creator();
Answer queues_are_priority_queues();

}  // namespace ipcbench
