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

}  // namespace ipcbench
