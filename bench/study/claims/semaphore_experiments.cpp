// What semop(2) and sem_wait(3) do.
#include <semaphore.h>
#include <sys/time.h>

#include <climits>
#include <csignal>

#include "bench/study/claims/semaphore_claims.hpp"
#include "bench/study/parts/system_calls.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

SysvSemaphoreSet new_set(std::initializer_list<unsigned short> values) {
  return SysvSemaphoreSet(std::span(values.begin(), values.size()));
}

int change(const SemaphoreCall& semop, int id, short by, short flags = 0) {
  sembuf one{.sem_num = 0, .sem_op = by, .sem_flg = flags};
  return semop(id, &one, 1);
}

int take_both(const SemaphoreCall& semop, int id) {
  std::array<sembuf, 2> both{sembuf{.sem_num = 0, .sem_op = -1, .sem_flg = IPC_NOWAIT},
                             sembuf{.sem_num = 1, .sem_op = -1, .sem_flg = IPC_NOWAIT}};
  return semop(id, both.data(), both.size());
}

std::string value_of(int id, int number = 0) { return came_back(semctl(id, number, GETVAL)); }

std::string values_of(int id) { return fmt::format("{}, {}", value_of(id, 0), value_of(id, 1)); }

std::function<bool()> has_waiters(int id) {
  return [id] { return semctl(id, 0, GETNCNT) == 1; };
}

union SetArgument {
  int value;
  seminfo* limits;
};

std::string set_value(int id, int value) {
  return came_back(semctl(id, 0, SETVAL, SetArgument{.value = value}));
}

}  // namespace

Steps takes_and_wakes(const SemaphoreCall& semop) {
  const SysvSemaphoreSet set = new_set({2});
  Steps steps;
  steps.add("semop(id, {0, -1}) at 2", came_back(change(semop, set.id(), -1)), "0")
      .add("semctl(id, 0, GETVAL)", value_of(set.id()), "1")
      .add("semop(id, {0, +1}) while nobody waits", came_back(change(semop, set.id(), +1)), "0")
      .add("semctl(id, 0, GETVAL)", value_of(set.id()), "2");
  const SysvSemaphoreSet empty = new_set({0});
  return steps
      .add("semop(id, {0, -1}) at 0, until another process calls semop(id, {0, +1})",
           woken([&] { return came_back(change(semop, empty.id(), -1)); }, has_waiters(empty.id()),
                 [&] { change(semop, empty.id(), +1); }),
           "0")
      .add("semctl(id, 0, GETVAL)", value_of(empty.id()), "0");
}

Section sysv_section(int id) {
  return {.enter = [id] { checked(change(::semop, id, -1), "semop"); },
          .leave = [id] { checked(change(::semop, id, +1), "semop"); }};
}

Steps exclusion(const std::function<Section(int)>& make) {
  constexpr unsigned kProcesses = 4;
  constexpr unsigned kTimes = 500;
  const SysvSemaphoreSet set = new_set({1});
  const auto text = [](unsigned met) {
    return fmt::format("{} of {} entries met another process inside", met, kProcesses * kTimes);
  };
  const unsigned met = overlaps(make(set.id()), kProcesses, kTimes);
  const unsigned met_without = overlaps({.enter = [] {}, .leave = [] {}}, kProcesses, kTimes);
  return Steps()
      .check("4 processes: semop(id, {0, -1}), inside, semop(id, {0, +1}); the semaphore was 1", text(met),
             met == 0, "none")
      .by_chance("the same without the semaphore", text(met_without), met_without > 0, "some do");
}

Steps atomic_changes(const SemaphoreCall& semop) {
  constexpr unsigned kProcesses = 4;
  constexpr unsigned kTimes = 2'000;
  const SysvSemaphoreSet set = new_set({0});
  together(kProcesses, [&](unsigned) {
    for (unsigned i = 0; i < kTimes; ++i) checked(change(semop, set.id(), +1), "semop");
  });
  return Steps().add("4 processes, 2000 times semop(id, {0, +1}) each: semctl(id, 0, GETVAL)",
                     value_of(set.id()), std::to_string(kProcesses * kTimes));
}

Steps value_range(const std::function<std::string(int id, int value)>& set_to) {
  const SysvSemaphoreSet set = new_set({0});
  const SharedMapping memory(-1, sizeof(sem_t));
  auto* const semaphore = static_cast<sem_t*>(memory.data());
  const auto set_system_v = [&](int value) {
    return set_to ? set_to(set.id(), value) : set_value(set.id(), value);
  };
  Steps steps;
  steps.add("semctl(id, 0, SETVAL, 32767)", set_system_v(SHRT_MAX), "0")
      .add("semctl(id, 0, SETVAL, -1)", set_system_v(-1), "ERANGE")
      .add("semctl(id, 0, SETVAL, 32768)", set_system_v(SHRT_MAX + 1), "0");
  return steps.add("sem_init(&s, 1, 2147483647)", came_back(sem_init(semaphore, 1, INT_MAX)), "0")
      .add("sem_post(&s) then", came_back(sem_post(semaphore)), "0");
}

Steps array_of_operations(const SemaphoreCall& semop) {
  const SysvSemaphoreSet set = new_set({1, 0});
  Steps steps;
  steps
      .add("semop(id, {{0, -1}, {1, -1}}, 2) with IPC_NOWAIT, at 1 and 0",
           came_back(take_both(semop, set.id())), "EAGAIN")
      .add("the values afterwards", values_of(set.id()), "1, 0");
  const SysvSemaphoreSet free = new_set({1, 1});
  return steps.add("the same at 1 and 1", came_back(take_both(semop, free.id())), "0")
      .add("the values afterwards", values_of(free.id()), "0, 0");
}

Steps wait_for_zero(const SemaphoreCall& semop) {
  const SysvSemaphoreSet set = new_set({1});
  Steps steps;
  steps.attempt("semop(id, {0, 0}) at 1", "waits", [&] { return change(semop, set.id(), 0); });
  steps.add("semop(id, {0, 0}) at 1, until another process calls semop(id, {0, -1})",
            woken([&] { return came_back(change(semop, set.id(), 0)); },
                  [&] { return semctl(set.id(), 0, GETZCNT) == 1; }, [&] { change(::semop, set.id(), -1); }),
            "0");
  return steps.attempt("semop(id, {0, 0}) at 0", "0", [&] { return change(semop, set.id(), 0); });
}

Steps without_waiting(const SemaphoreCall& semop) {
  const SysvSemaphoreSet set = new_set({0});
  return Steps()
      .attempt("semop(id, {0, -1, IPC_NOWAIT}) at 0", "EAGAIN",
               [&] { return change(semop, set.id(), -1, IPC_NOWAIT); })
      .attempt("semop(id, {0, -1, 0}) at 0, for comparison", {}, [&] { return change(semop, set.id(), -1); });
}

Steps woken_otherwise(const SemaphoreCall& semop) {
  const SysvSemaphoreSet removed = new_set({0});
  const SysvSemaphoreSet kept = new_set({0});
  const auto wait_for_signal = [&] {
    struct sigaction handler {};
    handler.sa_handler = [](int) {};
    sigaction(SIGALRM, &handler, nullptr);
    constexpr itimerval kSoon{.it_interval = {.tv_sec = 0, .tv_usec = 10'000},
                              .it_value = {.tv_sec = 0, .tv_usec = 10'000}};
    setitimer(ITIMER_REAL, &kSoon, nullptr);
    return came_back(change(semop, kept.id(), -1));
  };
  return Steps()
      .add("semop(id, {0, -1}) at 0, until another process calls semctl(id, 0, IPC_RMID)",
           woken([&] { return came_back(change(semop, removed.id(), -1)); }, has_waiters(removed.id()),
                 [&] { semctl(removed.id(), 0, IPC_RMID); }),
           "EIDRM")
      .add("semop(id, {0, -1}) at 0, until SIGALRM comes, which has a handler",
           woken(
               wait_for_signal, [] { return true; }, [] {}),
           "EINTR");
}

Steps set_limit(const std::function<std::string(std::size_t)>& make) {
  constexpr std::size_t kMoreThanStated = 33;
  seminfo limits{};
  checked(semctl(0, 0, IPC_INFO, SetArgument{.limits = &limits}), "semctl(IPC_INFO)");
  const auto make_set = [](std::size_t semaphores) {
    const std::vector<unsigned short> values(semaphores);
    return SysvSemaphoreSet(values).id() < 0 ? "EINVAL" : "a set";
  };
  return Steps()
      .add("semget(key, 33, IPC_CREAT | IPC_EXCL)", make ? make(kMoreThanStated) : make_set(kMoreThanStated),
           "EINVAL")
      .add("semctl(0, 0, IPC_INFO): semmsl, the first number of kernel.sem", std::to_string(limits.semmsl),
           "32");
}

Steps where_semaphores_are(const std::function<void()>& post_and_wait) {
  const SysvSemaphoreSet set = new_set({0});
  const SharedMapping memory(-1, sizeof(sem_t));
  auto* const semaphore = static_cast<sem_t*>(memory.data());
  checked(sem_init(semaphore, 1, 0), "sem_init");
  const auto calls = [](const std::function<void()>& body) {
    return std::to_string(system_calls_of(body).size());
  };
  const std::function<void()> posix = [semaphore] {
    sem_post(semaphore);
    sem_wait(semaphore);
  };
  return Steps()
      .add("strace: semop(id, {0, +1}), semop(id, {0, -1}): system calls", calls([&] {
             change(::semop, set.id(), +1);
             change(::semop, set.id(), -1);
           }),
           "2")
      .add("strace: sem_post(&s), sem_wait(&s): system calls", calls(post_and_wait ? post_and_wait : posix),
           "0");
}

}  // namespace ipcbench
