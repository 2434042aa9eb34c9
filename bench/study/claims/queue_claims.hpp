// The claims about message queues, and their experiments.
#pragma once

#include "bench/study/claims/claim.hpp"
#include "bench/study/parts/message_queue.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

std::span<const Claim> queue_claims();

struct QueueLifetime {
  bool outlived = false;      // another process found the queue after its creator had ended
  bool message_kept = false;  // and its creator's message in it
};
// A child process creates the queue, sends a message and ends without removing it. Throws
// std::runtime_error with the child's error.
QueueLifetime queue_lifetime(MessageQueue& queue);
Answer judge_queue_lifetime(const Trials<QueueLifetime>& trials);

Answer judge_queue_order(const QueuePriorities& posix, const QueuePriorities& sysv,
                         const QueueSelection& selection);

Answer queues_outlive_their_creator();
Answer queues_are_priority_queues();

}  // namespace ipcbench
