#include "bench/study/claims/queue_claims.hpp"

#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {

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
  std::vector<std::string> evidence;
  std::vector<std::string> kept;
  for (const auto& [kind, lifetime] : trials.done) {
    evidence.push_back(fmt::format(
        "{}: its creator sent a message and ended; afterwards the queue was {}, and the message {}.", kind,
        lifetime.outlived ? "there" : "gone", lifetime.message_kept ? "was received" : "was lost"));
    if (lifetime.outlived && lifetime.message_kept) kept.push_back(kind);
  }
  trials.report_refused(evidence);
  std::string finding = kept.empty() ? "the queue was gone, or its message was"
                                     : fmt::format("{}, with the message in it", fmt::join(kept, " and "));
  if (!trials.refused.empty()) finding += fmt::format(" (not tried: {})", trials.refused.front().first);
  return judged(verdict_of(kept.size(), trials.done.size()), "on the kind: only ", finding,
                std::move(evidence));
}

Answer judge_queue_order(const QueuePriorities& posix, const QueuePriorities& sysv,
                         const QueueSelection& selection) {
  const ClaimVerdict verdict = posix.by_rank() && sysv.by_rank() ? ClaimVerdict::confirmed
                               : posix.by_rank() || sysv.by_rank() || selection.by_type()
                                   ? ClaimVerdict::depends
                                   : ClaimVerdict::refuted;
  return judged(
      verdict, "on the kind: ",
      fmt::format("POSIX delivers {}; System V {}{}",
                  posix.by_rank() ? "the highest priority first" : "in another order",
                  sysv.by_rank()    ? "too"
                  : sysv.in_order() ? "in the order of sending"
                                    : "in another order",
                  selection.by_type() ? ", and lets the receiver select by type" : ""),
      {fmt::format("POSIX queue: {} sent with priorities 1, 2, 3, 2, {} received.", posix.sent,
                   posix.received),
       fmt::format("System V queue, without selecting: {} sent with types 1, 2, 3, 2, {} received.",
                   sysv.sent, sysv.received),
       fmt::format("System V queue: {} sent with types 1, 2, 3, 2; asking for type 2 gave {}, for the rest "
                   "{}, for the lowest type first {}.",
                   selection.sent, selection.of_type_2, selection.rest, selection.lowest_first)});
}

Answer queues_outlive_their_creator() {
  Trials<QueueLifetime> trials;
  for (const QueueKind& kind : queue_kinds())
    trials.add(kind.name, [&] { return queue_lifetime(*kind.make()); });
  return judge_queue_lifetime(trials);
}

Answer queues_are_priority_queues() {
  const auto posix = make_posix_queue();
  const auto sysv = make_sysv_queue();
  posix->create();
  sysv->create();
  return judge_queue_order(queue_priorities(*posix), queue_priorities(*sysv), queue_selection(*sysv));
}

std::span<const Claim> queue_claims() {
  static constexpr std::array kClaims{
      Claim{"queue_outlives",
            {29, 35},
            "A message queue outlives its creator.",
            queues_outlive_their_creator,
            16},
      Claim{"queue_both_ways",
            {30},
            "One message queue carries messages in both directions.",
            [] {
              return queue_both_ways().answer(
                  {.depends = "on the kind: a System V queue by a type for each direction; from a POSIX "
                              "queue the sender gets its own message back, so it takes two"});
            }},
      Claim{
          "queue_priority", {31, 32}, "A message queue is a priority queue.", queues_are_priority_queues, 17},
      Claim{"queue_type_positive",
            {34},
            "A System V message begins with a type above 0.",
            [] {
              return queue_types().answer(
                  {.confirmed = "the long in front of the text is the type and does not count as text"});
            }},
      Claim{"queue_at_once",
            {36, 37},
            "Send and receive exclude each other on one queue.",
            [] {
              return queue_at_once().answer(
                  {.depends = "on what is meant: each call takes or adds one whole message, but a receiver "
                              "that waits keeps no sender out"});
            }},
      Claim{"queue_large_messages",
            {38},
            "Message queues are unfit for large messages.",
            [] { return queue_largest().answer({.confirmed = "a limit of the system refuses them"}); }},
      Claim{"queue_slower",
            {38, 39},
            "Message queues are slower than pipes.",
            ReportTest{.contest = &kQueuesAgainstPipes},
            14},
      Claim{"queue_posix_or_sysv", {40}, "POSIX queues are to be preferred to System V queues.", [] {
              return posix_or_sysv().answer(
                  {.depends = "on the need: a POSIX queue can be watched with poll() and waits with a time "
                              "limit; only a System V queue lets the receiver choose by type"});
            }}};
  return kClaims;
}

}  // namespace ipcbench
