#include "bench/study/claims/semaphore_claims.hpp"

#include <semaphore.h>

#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

class SysvCounter final : public SharedCounter {
 public:
  void add(int number) override {
    sembuf operation{.sem_num = 0, .sem_op = static_cast<short>(number), .sem_flg = IPC_NOWAIT};
    checked(semop(semaphore_.id(), &operation, 1), "semop");
  }
  int value() override { return checked(semctl(semaphore_.id(), 0, GETVAL), "semctl(GETVAL)"); }

 private:
  static constexpr std::array<unsigned short, 1> kZero{0};
  SysvSemaphoreSet semaphore_{kZero};
};

class PosixCounter final : public SharedCounter {
 public:
  PosixCounter() { checked(sem_init(semaphore_, 1, 0), "sem_init"); }

  void add(int number) override {
    for (int i = 0; i < number; ++i) checked(sem_post(semaphore_), "sem_post");
  }
  int value() override {
    int value = 0;
    checked(sem_getvalue(semaphore_, &value), "sem_getvalue");
    return value;
  }

 private:
  SharedMapping memory_{-1, sizeof(sem_t)};
  sem_t* semaphore_ = static_cast<sem_t*>(memory_.data());
};

}  // namespace

Answer judge_sem_undo(AfterCrash with_undo, AfterCrash without, const Trials<AfterCrash>& others) {
  const bool freed = with_undo != AfterCrash::held_for_ever;
  const bool freed_without = without != AfterCrash::held_for_ever;
  const ClaimVerdict verdict = !freed          ? ClaimVerdict::refuted
                               : freed_without ? ClaimVerdict::depends
                                               : ClaimVerdict::confirmed;
  std::vector<std::string> evidence{fmt::format("The holder is killed. Taken with SEM_UNDO: {}; without: {}.",
                                                label_of(with_undo), label_of(without))};
  for (const auto& [what, after] : others.done)
    evidence.push_back(fmt::format("For comparison, {}: {}.", what, label_of(after)));
  others.report_refused(evidence);
  return judged(verdict, "not on SEM_UNDO: ",
                fmt::format("with SEM_UNDO it is {}, without it {}", label_of(with_undo), label_of(without)),
                std::move(evidence));
}

SemaphorePayload semaphore_payload(SharedCounter& counter, int number) {
  in_child<bool>([&] {
    counter.add(number);
    return true;
  });
  return {.sent = number, .arrived = counter.value()};
}

Answer judge_semaphore_payload(const Trials<SemaphorePayload>& trials) {
  if (trials.done.empty()) return trials.all_refused();
  std::vector<std::string> evidence;
  std::vector<std::string> carriers;
  for (const auto& [kind, payload] : trials.done) {
    evidence.push_back(
        fmt::format("{}: one process added {}, the other read {}.", kind, payload.sent, payload.arrived));
    if (payload.arrived == payload.sent) carriers.push_back(kind);
  }
  trials.report_refused(evidence);
  evidence.emplace_back("No operation on a semaphore passes bytes; only its value can be read.");
  if (carriers.empty()) return {ClaimVerdict::confirmed, "no number came through", std::move(evidence)};
  return {ClaimVerdict::depends,
          fmt::format("on what counts as data: no bytes, but the counter itself is a number that another "
                      "process can read ({})",
                      fmt::join(carriers, ", ")),
          std::move(evidence)};
}

std::unique_ptr<SharedCounter> make_sysv_counter() { return std::make_unique<SysvCounter>(); }
std::unique_ptr<SharedCounter> make_posix_counter() { return std::make_unique<PosixCounter>(); }

Answer sem_undo_frees() {
  constexpr std::string_view kSubject = "System V semaphore";
  Trials<AfterCrash> others;
  for (const LockKind& kind : lock_kinds()) {
    if (kind.object != kSubject) others.add(kind.what, [&] { return crash_of_holder(*kind.make()); });
  }
  return judge_sem_undo(crash_of_holder(*make_sysv_semaphore(true)),
                        crash_of_holder(*make_sysv_semaphore(false)), others);
}

Answer semaphores_carry_no_data() {
  Trials<SemaphorePayload> trials;
  trials.add("System V semaphore", [] { return semaphore_payload(*make_sysv_counter()); });
  trials.add("POSIX semaphore", [] { return semaphore_payload(*make_posix_counter()); });
  return judge_semaphore_payload(trials);
}

std::span<const Claim> semaphore_claims() {
  static constexpr std::array kClaims{
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
      Claim{"sem_undo", {52}, "SEM_UNDO frees a semaphore whose holder died.", sem_undo_frees, 9},
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
            semaphores_carry_no_data,
            18},
      Claim{"semaphore_in_kernel",
            {59},
            "A System V semaphore is in the kernel, a POSIX semaphore in the memory of its processes.",
            [] {
              return where_semaphores_are().answer(
                  {.confirmed = "every System V operation is a system call; a POSIX one asks the kernel only "
                                "to wait and to wake"});
            }}};
  return kClaims;
}

}  // namespace ipcbench
