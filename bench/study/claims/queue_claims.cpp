#include "bench/study/claims/queue_claims.hpp"

#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {

Steps queues_outlive_their_creator(std::span<const QueueKind> kinds) {
  Steps steps;
  for (const QueueKind& kind : kinds) {
    steps.unless_refused(kind.name, [&] {
      const auto queue = kind.make();
      in_child<bool>([&] {
        queue->create();
        queue->send('q', 1);
        return true;
      });
      const std::optional<char> message = queue->exists() ? queue->receive(0) : std::nullopt;
      steps.add(fmt::format("{}: its creator sends q and ends; another process receives", kind.name),
                message ? std::string(1, *message) : "nothing", "q");
    });
  }
  return steps;
}

Steps queues_are_priority_queues(std::span<const QueueKind> kinds) {
  Steps steps;
  for (const QueueKind& kind : kinds) {
    const auto queue = kind.make();
    queue->create();
    const QueuePriorities priorities = queue_priorities(*queue);
    steps.add(
        fmt::format("{}: {} sent with priorities or types 1, 2, 3, 2; received", kind.name, priorities.sent),
        priorities.received, "cbda");
    steps.add("then the same, received by asking for type 2", queue_selection(*queue).of_type_2);
  }
  return steps;
}

namespace {

constexpr std::array kQueueClaims{
    Claim{"queue_outlives",
          {29, 35},
          "A message queue outlives its creator.",
          [] { return queues_outlive_their_creator().answer({.confirmed = "with the messages in it"}); },
          16},
    Claim{"queue_both_ways",
          {30},
          "One message queue carries messages in both directions.",
          [] {
            return queue_both_ways().answer(
                {.depends = "on the kind: a System V queue by a type for each direction; from a POSIX "
                            "queue the sender gets its own message back, so it takes two"});
          }},
    Claim{"queue_priority",
          {31, 32},
          "A message queue is a priority queue.",
          [] {
            return queues_are_priority_queues().answer(
                {.depends = "on the kind: a POSIX queue delivers the highest priority first; a System V "
                            "queue keeps the order of sending, and lets the receiver choose by type"});
          },
          17},
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

}  // namespace

std::span<const Claim> queue_claims() { return kQueueClaims; }

}  // namespace ipcbench
