#include "bench/study/claims/semaphore_claims.hpp"

#include <semaphore.h>

#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {

Steps sem_undo(const MakeSemaphore& make) {
  const auto after_crash = [&](bool undo) { return crash_of_holder(*make(undo)); };
  const AfterCrash with_undo = after_crash(true);
  const AfterCrash without = after_crash(false);
  Steps steps;
  steps.check("semop(id, {0, -1, SEM_UNDO}), then SIGKILL: the semaphore is",
              std::string(label_of(with_undo)), with_undo != AfterCrash::held_for_ever, "free again");
  steps.check("semop(id, {0, -1, 0}), then SIGKILL", std::string(label_of(without)),
              without == AfterCrash::held_for_ever, "held for ever");
  for (const LockKind& kind : lock_kinds()) {
    if (kind.object == "System V semaphore") continue;
    steps.unless_refused(kind.what, [&] {
      steps.add(fmt::format("for comparison, {}", kind.what),
                std::string(label_of(crash_of_holder(*kind.make()))));
    });
  }
  return steps;
}

std::vector<SharedCounter> semaphore_counters() {
  const auto set = std::make_shared<SysvSemaphoreSet>(std::array<unsigned short, 1>{0});
  const auto memory = std::make_shared<SharedMapping>(-1, sizeof(sem_t));
  auto* const semaphore = static_cast<sem_t*>(memory->data());
  checked(sem_init(semaphore, 1, 0), "sem_init");
  return {{"semop(id, {0, +1234}) by one process, semctl(id, 0, GETVAL) by another",
           [set](int number) {
             sembuf one{.sem_num = 0, .sem_op = static_cast<short>(number), .sem_flg = IPC_NOWAIT};
             checked(semop(set->id(), &one, 1), "semop");
           },
           [set] { return semctl(set->id(), 0, GETVAL); }, "semop(id, {0, -1}) then",
           [set] {
             sembuf one{.sem_num = 0, .sem_op = -1, .sem_flg = IPC_NOWAIT};
             return semop(set->id(), &one, 1);
           }},
          {"1234 times sem_post() by one process, sem_getvalue() by another",
           [memory, semaphore](int number) {
             for (int i = 0; i < number; ++i) checked(sem_post(semaphore), "sem_post");
           },
           [memory, semaphore] {
             int value = -1;
             sem_getvalue(semaphore, &value);
             return value;
           },
           "sem_trywait() then", [memory, semaphore] { return sem_trywait(semaphore); }}};
}

Steps semaphore_data(const std::vector<SharedCounter>& counters) {
  constexpr int kNumber = 1'234;
  Steps steps;
  for (const SharedCounter& counter : counters) {
    in_child<bool>([&] {
      counter.add(kNumber);
      return true;
    });
    const std::string value = came_back(counter.value());
    steps.check(counter.calls, value, value != std::to_string(kNumber), "not this number")
        .add(counter.taking, came_back(counter.take()), "0");
  }
  return steps;
}

}  // namespace ipcbench
