// Claims about signals, datagrams, queues and semaphores.
#include <fmt/format.h>
#include <sys/socket.h>

#include <csignal>

#include "bench/study/claims/experiment_claims.hpp"

namespace ipcbench {
namespace {

template <class ProbeFinding>
void add_refused(Answer& answer, const Trials<ProbeFinding>& trials) {
  for (const auto& [kind, reason] : trials.refused) {
    answer.evidence.push_back(fmt::format("{}: not tried: {}.", kind, reason));
  }
}

// All that was in the way, if nothing could be tried.
template <class ProbeFinding>
std::string reasons(const Trials<ProbeFinding>& trials) {
  std::vector<std::string> texts;
  texts.reserve(trials.refused.size());
  for (const auto& [kind, reason] : trials.refused) texts.push_back(fmt::format("{}: {}", kind, reason));
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string after_crash(AfterCrash after) {
  switch (after) {
    case AfterCrash::freed:
      return "free again";
    case AfterCrash::freed_and_told:
      return "free again, and the next holder told (EOWNERDEAD)";
    case AfterCrash::held_for_ever:
      return "held for ever";
  }
  return "?";
}

std::string arrivals_text(std::string_view kind, const SignalArrivals& signals) {
  return fmt::format("{}, blocked: {} sent, {} arrived, {}; {} refused.", kind, signals.sent, signals.arrived,
                     signals.in_order() ? "in the order of sending" : "out of order", signals.refused);
}

std::string delivery_text(std::string_view kind, const DatagramDelivery& delivery) {
  return fmt::format(
      "{}: {} of {} B sent to a receiver that does not read, {}; {} arrived, {} were lost; {}.", kind,
      delivery.sent, delivery.message_bytes,
      delivery.refused ? "then the sender had to wait" : "the sender never had to wait", delivery.arrived,
      delivery.lost(), delivery.keeps_boundaries ? "boundaries kept" : "boundaries not kept");
}

}  // namespace

Answer judge_sem_undo(AfterCrash with_undo, AfterCrash without, const Trials<AfterCrash>& others) {
  const bool freed = with_undo != AfterCrash::held_for_ever;
  const bool freed_without = without != AfterCrash::held_for_ever;
  Answer answer;
  answer.evidence = {fmt::format("The holder is killed. Taken with SEM_UNDO: {}; without: {}.",
                                 after_crash(with_undo), after_crash(without))};
  for (const auto& [what, after] : others.done) {
    answer.evidence.push_back(fmt::format("For comparison, {}: {}.", what, after_crash(after)));
  }
  add_refused(answer, others);
  answer.verdict = freed && !freed_without ? ClaimVerdict::confirmed
                   : freed                 ? ClaimVerdict::depends
                                           : ClaimVerdict::refuted;
  answer.finding =
      fmt::format("with SEM_UNDO it is {}, without {}", after_crash(with_undo), after_crash(without));
  if (answer.verdict == ClaimVerdict::depends)
    answer.finding = "on nothing that SEM_UNDO does: " + answer.finding;
  return answer;
}

Answer judge_signals(const SignalArrivals& ordinary, const SignalArrivals& real_time) {
  const bool merges = ordinary.arrived == 1 && ordinary.sent > 1;
  const bool queues = !real_time.merged() && real_time.in_order();
  Answer answer;
  answer.evidence = {arrivals_text("SIGUSR1", ordinary), arrivals_text("SIGRTMIN", real_time)};
  if (real_time.sent < 2) {
    return untested(
        fmt::format("only {} real-time signals could be queued; raise ulimit -i", real_time.sent));
  }
  answer.verdict = merges && queues   ? ClaimVerdict::confirmed
                   : merges || queues ? ClaimVerdict::depends
                                      : ClaimVerdict::refuted;
  answer.finding = fmt::format("{}of {} ordinary signals {} arrived, of {} real-time ones {}, {}",
                               answer.verdict == ClaimVerdict::depends ? "on the kind: " : "", ordinary.sent,
                               ordinary.arrived, real_time.sent, real_time.arrived,
                               real_time.in_order() ? "in order" : "out of order");
  return answer;
}

Answer judge_datagrams(const DatagramDelivery& unix_socket, const DatagramDelivery& udp) {
  const bool unix_reliable = unix_socket.lost() == 0 && unix_socket.in_order && unix_socket.keeps_boundaries;
  const bool udp_loses = udp.lost() > 0;
  Answer answer;
  answer.evidence = {delivery_text("UNIX datagrams", unix_socket), delivery_text("UDP at 127.0.0.1", udp)};
  answer.verdict = unix_reliable && udp_loses ? ClaimVerdict::confirmed
                   : unix_reliable            ? ClaimVerdict::depends
                                              : ClaimVerdict::refuted;
  answer.finding = fmt::format("a full UNIX socket {} and lost {} of {}; UDP lost {} of {}",
                               unix_socket.refused ? "made the sender wait" : "took all", unix_socket.lost(),
                               unix_socket.sent, udp.lost(), udp.sent);
  if (answer.verdict == ClaimVerdict::depends)
    answer.finding = "on the load: no loss was met over UDP; " + answer.finding;
  return answer;
}

Answer judge_queue_lifetime(const Trials<QueueLifetime>& trials) {
  if (trials.done.empty()) return untested(reasons(trials));
  Answer answer;
  std::vector<std::string> kept;
  for (const auto& [kind, lifetime] : trials.done) {
    answer.evidence.push_back(fmt::format(
        "{}: its creator sent a message and ended; then the queue was {}, and the message {}.", kind,
        lifetime.outlived ? "there" : "gone", lifetime.message_kept ? "was received" : "was lost"));
    if (lifetime.outlived && lifetime.message_kept) kept.push_back(kind);
  }
  add_refused(answer, trials);
  const bool all = kept.size() == trials.done.size();
  answer.verdict = all            ? ClaimVerdict::confirmed
                   : kept.empty() ? ClaimVerdict::refuted
                                  : ClaimVerdict::depends;
  answer.finding = kept.empty() ? "it was gone, or its message was"
                                : fmt::format("{}{}, with the message in it", all ? "" : "on the kind: only ",
                                              fmt::join(kept, " and "));
  if (!trials.refused.empty())
    answer.finding += fmt::format(" (not tried: {})", trials.refused.front().first);
  return answer;
}

Answer judge_queue_order(const QueuePriorities& posix, const QueuePriorities& sysv,
                         const QueueSelection& selection) {
  const auto ranks = [](const QueuePriorities& queue) {
    return fmt::format("{} sent with ranks 1, 3, 2, 3, {} received", queue.sent, queue.received);
  };
  Answer answer;
  answer.evidence = {
      fmt::format("POSIX queue: {}.", ranks(posix)),
      fmt::format("System V queue, receiver without wishes: {}.", ranks(sysv)),
      fmt::format(
          "System V queue: {} sent with types 1, 2, 3, 2; asking for type 2 gave {}, for the rest {}, "
          "for the lowest type first {}.",
          selection.sent, selection.of_type_2, selection.rest, selection.lowest_first)};
  answer.verdict = posix.by_rank && sysv.by_rank   ? ClaimVerdict::confirmed
                   : posix.by_rank || sysv.by_rank ? ClaimVerdict::depends
                                                   : ClaimVerdict::refuted;
  if (answer.verdict == ClaimVerdict::refuted && selection.by_type()) answer.verdict = ClaimVerdict::depends;
  answer.finding = fmt::format("{}POSIX delivers {}; System V {}{}",
                               answer.verdict == ClaimVerdict::depends ? "on the kind: " : "",
                               posix.by_rank ? "the highest priority first" : "in another order",
                               sysv.by_rank    ? "too"
                               : sysv.in_order ? "in the order of sending"
                                               : "in another order",
                               selection.by_type() ? ", and lets the receiver select by type" : "");
  return answer;
}

Answer judge_semaphore_payload(const Trials<SemaphorePayload>& trials) {
  if (trials.done.empty()) return untested(reasons(trials));
  Answer answer;
  std::vector<std::string> carriers;
  for (const auto& [kind, payload] : trials.done) {
    answer.evidence.push_back(
        fmt::format("{}: one process added {}, the other read {}.", kind, payload.sent, payload.arrived));
    if (payload.arrived == payload.sent) carriers.push_back(kind);
  }
  add_refused(answer, trials);
  answer.evidence.emplace_back(
      "No operation on a semaphore takes or gives bytes; only its value can be read.");
  answer.verdict = carriers.empty() ? ClaimVerdict::confirmed : ClaimVerdict::depends;
  answer.finding =
      carriers.empty()
          ? "no number came through"
          : fmt::format(
                "on what counts as data: no bytes, but the counter itself is a number that another "
                "process can read ({})",
                fmt::join(carriers, ", "));
  return answer;
}

Answer sem_undo_frees() {
  const auto after = [](std::unique_ptr<SharedLock> lock) { return crash_of_holder(*lock); };
  Trials<AfterCrash> others;
  for (const LockKind& kind : lock_kinds()) {
    if (kind.name.starts_with("sysv_semaphore")) continue;
    others.add(std::string(kind.what), [&] { return after(kind.make()); });
  }
  return judge_sem_undo(after(make_sysv_semaphore(true)), after(make_sysv_semaphore(false)), others);
}

Answer signals_merge_or_queue() {
  constexpr int kTimes = 8;
  return judge_signals(signal_arrivals(SIGUSR1, kTimes), signal_arrivals(SIGRTMIN, kTimes));
}

Answer datagrams_keep_or_lose() {
  return judge_datagrams(datagram_delivery([] { return open_unix_channel(SOCK_DGRAM); }),
                         datagram_delivery(open_udp_channel));
}

Answer queues_outlive_their_creator() {
  Trials<QueueLifetime> trials;
  trials.add("System V queue", [] { return queue_lifetime(*make_named_sysv_queue()); });
  trials.add("POSIX queue", [] { return queue_lifetime(*make_named_posix_queue()); });
  return judge_queue_lifetime(trials);
}

Answer queues_are_priority_queues() {
  const QueuePriorities posix = queue_priorities(*make_posix_message_queue());
  const QueuePriorities sysv = queue_priorities(*make_sysv_message_queue());
  return judge_queue_order(posix, sysv, queue_selection(*make_sysv_message_queue()));
}

Answer semaphores_carry_no_data() {
  Trials<SemaphorePayload> trials;
  trials.add("System V semaphore", [] { return semaphore_payload(*make_sysv_counter()); });
  trials.add("POSIX semaphore", [] { return semaphore_payload(*make_posix_counter()); });
  return judge_semaphore_payload(trials);
}

}  // namespace ipcbench
