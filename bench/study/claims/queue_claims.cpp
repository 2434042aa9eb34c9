#include "bench/study/claims/queue_claims.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

std::unique_ptr<MessageQueue> created(std::unique_ptr<MessageQueue> queue) {
  queue->create();
  return queue;
}

}  // namespace

QueueLifetime queue_lifetime(MessageQueue& queue) {
  constexpr char kLetter = 'q';
  in_child<bool>([&] {
    queue.create();
    queue.send(kLetter, 1);
    return true;
  });
  QueueLifetime lifetime;
  lifetime.outlived = queue.exists();
  lifetime.message_kept = lifetime.outlived && queue.receive(0) == kLetter;
  return lifetime;
}

Answer judge_queue_lifetime(const Trials<QueueLifetime>& trials) {
  if (trials.done.empty()) return trials.all_refused();
  Answer answer;
  std::vector<std::string> kept;
  for (const auto& [kind, lifetime] : trials.done) {
    answer.evidence.push_back(fmt::format(
        "{}: its creator sent a message and ended; afterwards the queue was {}, and the message {}.", kind,
        lifetime.outlived ? "there" : "gone", lifetime.message_kept ? "was received" : "was lost"));
    if (lifetime.outlived && lifetime.message_kept) kept.push_back(kind);
  }
  trials.report_refused(answer);
  answer.verdict = verdict_of(kept.size(), trials.done.size());
  answer.finding = kept.empty()
                       ? "the queue was gone, or its message was"
                       : fmt::format("{}{}, with the message in it",
                                     answer.verdict == ClaimVerdict::depends ? "on the kind: only " : "",
                                     fmt::join(kept, " and "));
  if (!trials.refused.empty())
    answer.finding += fmt::format(" (not tried: {})", trials.refused.front().first);
  return answer;
}

Answer judge_queue_order(const QueuePriorities& posix, const QueuePriorities& sysv,
                         const QueueSelection& selection) {
  Answer answer;
  answer.evidence = {
      fmt::format("POSIX queue: {} sent with priorities 1, 2, 3, 2, {} received.", posix.sent,
                  posix.received),
      fmt::format("System V queue, without selecting: {} sent with types 1, 2, 3, 2, {} received.", sysv.sent,
                  sysv.received),
      fmt::format("System V queue: {} sent with types 1, 2, 3, 2; asking for type 2 gave {}, for the rest "
                  "{}, for the lowest type first {}.",
                  selection.sent, selection.of_type_2, selection.rest, selection.lowest_first)};
  answer.verdict = posix.by_rank() && sysv.by_rank()                          ? ClaimVerdict::confirmed
                   : posix.by_rank() || sysv.by_rank() || selection.by_type() ? ClaimVerdict::depends
                                                                              : ClaimVerdict::refuted;
  answer.finding = fmt::format("{}POSIX delivers {}; System V {}{}",
                               answer.verdict == ClaimVerdict::depends ? "on the kind: " : "",
                               posix.by_rank() ? "the highest priority first" : "in another order",
                               sysv.by_rank()    ? "too"
                               : sysv.in_order() ? "in the order of sending"
                                                 : "in another order",
                               selection.by_type() ? ", and lets the receiver select by type" : "");
  return answer;
}

Answer queues_outlive_their_creator() {
  Trials<QueueLifetime> trials;
  for (const QueueKind& kind : queue_kinds())
    trials.add(std::string(kind.name), [&] { return queue_lifetime(*kind.make()); });
  return judge_queue_lifetime(trials);
}

Answer queues_are_priority_queues() {
  const QueuePriorities posix = queue_priorities(*created(make_posix_queue()));
  const auto sysv = created(make_sysv_queue());
  const QueuePriorities priorities = queue_priorities(*sysv);
  return judge_queue_order(posix, priorities, queue_selection(*sysv));
}

}  // namespace ipcbench
