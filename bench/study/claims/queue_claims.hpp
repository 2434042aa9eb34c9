// The claims about message queues, and their experiments.
#pragma once

#include <sys/msg.h>

#include <functional>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/message_queue.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

// By default both kinds of queue. The first leaves out, with the reason, a kind that cannot be made; the
// second is about their difference and throws KernelError.
Steps queues_outlive_their_creator(std::span<const QueueKind> kinds = queue_kinds());
Steps queues_are_priority_queues(std::span<const QueueKind> kinds = queue_kinds());

// --- What the calls of a queue do (queue_experiments.cpp) ---------------------------------------------

// The system calls of an experiment. A test replaces the one whose behaviour decides.
struct QueueCalls {
  std::function<int(int, const void*, std::size_t, int)> send = msgsnd;
  std::function<ssize_t(int, void*, std::size_t, long, int)> receive = msgrcv;
};

Steps queue_both_ways(const QueueCalls& calls = {});
Steps queue_types(const QueueCalls& calls = {});
Steps queue_at_once(const QueueCalls& calls = {});
Steps queue_largest(const QueueCalls& calls = {});
// poll_queue: what came back from poll(2) on a queue with a message in it; null: of a POSIX queue.
Steps posix_or_sysv(const std::function<std::string()>& poll_queue = nullptr);

}  // namespace ipcbench
