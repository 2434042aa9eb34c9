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
           [set] { return semctl(set->id(), 0, GETVAL); }},
          {"1234 times sem_post() by one process, sem_getvalue() by another",
           [memory, semaphore](int number) {
             for (int i = 0; i < number; ++i) checked(sem_post(semaphore), "sem_post");
           },
           [memory, semaphore] {
             int value = -1;
             sem_getvalue(semaphore, &value);
             return value;
           }}};
}

Answer semaphore_data(const std::vector<SharedCounter>& counters) {
  constexpr int kNumber = 1'234;
  Steps steps;
  for (const SharedCounter& counter : counters) {
    in_child<bool>([&] {
      counter.add(kNumber);
      return true;
    });
    const std::string value = came_back(counter.value());
    steps.check(counter.calls, value, value != std::to_string(kNumber), "not this number");
  }
  Answer answer = steps.answer({.confirmed = "no number came through"});
  if (answer.verdict == ClaimVerdict::refuted) {
    answer.verdict = ClaimVerdict::depends;
    answer.finding =
        "on what counts as data: no bytes, but the counter is a number that another process can read";
  }
  return answer;
}

namespace {

constexpr std::array kSemaphoreClaims{
    Claim{"semaphore_take_and_wake",
          {47, 48},
          "P on a semaphore takes one, and waits at 0; V adds one or wakes who waits.",
          [] {
            return takes_and_wakes().answer(
                {.confirmed = "a process that waited got the one that was added: the value stayed 0"});
          }},
    Claim{"semaphore_exclusion",
          {49},
          "A binary semaphore lets one process at a time into a critical section.",
          [] { return exclusion().answer(); }},
    Claim{"semaphore_atomic",
          {50},
          "Operations on a semaphore are atomic.",
          [] {
            return atomic_changes().answer({.confirmed = "none of 8000 simultaneous additions was lost"});
          }},
    Claim{"semaphore_range",
          {51},
          "A counting semaphore holds any value that is not negative.",
          [] {
            return value_range().answer(
                {.depends =
                     "on the value: up to 32767 in a System V semaphore, up to 2147483647 in a POSIX one"});
          }},
    Claim{"sem_undo",
          {52},
          "SEM_UNDO frees a semaphore whose holder died.",
          [] {
            return sem_undo().answer(
                {.confirmed =
                     "the kernel takes back what the dead process did; without SEM_UNDO it stays taken"});
          },
          9},
    Claim{"semaphore_array",
          {53},
          "semop() carries out all operations of its array or none.",
          [] {
            return array_of_operations().answer(
                {.confirmed = "the first alone was possible, and was not done"});
          }},
    Claim{"semaphore_zero",
          {54},
          "A sem_op of 0 waits until the semaphore is zero.",
          [] { return wait_for_zero().answer(); }},
    Claim{"semaphore_nowait",
          {55},
          "With IPC_NOWAIT semop() fails with EAGAIN instead of waiting.",
          [] { return without_waiting().answer(); }},
    Claim{"semaphore_removed",
          {56},
          "Whoever waits for a semaphore gets EIDRM when it is removed, and EINTR when a signal comes.",
          [] { return woken_otherwise().answer({.confirmed = "each wakes it"}); }},
    Claim{"semaphore_set_limit",
          {57},
          "A set has at most 32 semaphores (SEMMSL).",
          [] { return set_limit().answer(); }},
    Claim{"semaphore_no_data",
          {58},
          "Semaphores carry no data and only synchronise.",
          [] { return semaphore_data(); },
          18},
    Claim{"semaphore_in_kernel",
          {59},
          "A System V semaphore is in the kernel, a POSIX semaphore in the memory of its processes.",
          [] {
            return where_semaphores_are().answer(
                {.confirmed = "every System V operation is a system call; a POSIX one asks the kernel only "
                              "to wait and to wake"});
          }}};

}  // namespace

std::span<const Claim> semaphore_claims() { return kSemaphoreClaims; }

}  // namespace ipcbench
