// What semop(2) and sem_wait(3) do.
#include <semaphore.h>
#include <sys/time.h>

#include <climits>
#include <csignal>

#include "bench/study/claims/experiments.hpp"
#include "bench/study/parts/system_calls.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

int change_by(const SemaphoreCall& semop, int id, int by, int flags = 0) {
  sembuf one{.sem_num = 0, .sem_op = static_cast<short>(by), .sem_flg = static_cast<short>(flags)};
  return semop(id, &one, 1);
}

// A new set, with the semop(2) of the experiment.
struct Semaphores {
  Semaphores(SemaphoreCall used, std::initializer_list<unsigned short> values)
      : semop(std::move(used)),
        set(std::span(values.begin(), values.size())),
        count(static_cast<int>(values.size())) {}

  [[nodiscard]] int id() const { return set.id(); }
  [[nodiscard]] int change(int by, int flags = 0) const { return change_by(semop, id(), by, flags); }
  // "1, 0"
  [[nodiscard]] std::string values() const {
    std::string texts = came_back(semctl(id(), 0, GETVAL));
    for (int i = 1; i < count; ++i) texts += ", " + came_back(semctl(id(), i, GETVAL));
    return texts;
  }
  // Takes one of each of two, or nothing.
  [[nodiscard]] std::string take_both() const {
    std::array<sembuf, 2> both{sembuf{.sem_num = 0, .sem_op = -1, .sem_flg = IPC_NOWAIT},
                               sembuf{.sem_num = 1, .sem_op = -1, .sem_flg = IPC_NOWAIT}};
    return came_back(semop(id(), both.data(), both.size()));
  }
  // What a change gives that has to wait, until another process calls `wake`. counted: among which waiting
  // processes it counts meanwhile, semctl(2).
  [[nodiscard]] std::string woken_by(const std::function<void()>& wake, int by = -1,
                                     int counted = GETNCNT) const {
    return woken([&] { return came_back(change(by)); },
                 [&] {
                   while (semctl(id(), 0, counted) != 1) sched_yield();
                   wake();
                 });
  }

  SemaphoreCall semop;
  SysvSemaphoreSet set;
  int count;
};

union SetArgument {
  int value;
  seminfo* limits;
};

// A POSIX semaphore in memory that processes share, at 0.
struct PosixSemaphoreAtZero {
  PosixSemaphoreAtZero() { checked(sem_init(get(), 1, 0), "sem_init"); }
  [[nodiscard]] sem_t* get() const { return static_cast<sem_t*>(memory.data()); }

  SharedMapping memory{-1, sizeof(sem_t)};
};

}  // namespace

Steps takes_and_wakes(const SemaphoreCall& semop) {
  const Semaphores at_2(semop, {2});
  const Semaphores empty(semop, {0});
  return Steps()
      .add("semop(id, {0, -1}) at 2", at_2.change(-1), "0")
      .add("semctl(id, 0, GETVAL)", at_2.values(), "1")
      .add("semop(id, {0, +1}) while nobody waits", at_2.change(+1), "0")
      .add("semctl(id, 0, GETVAL)", at_2.values(), "2")
      .add("semop(id, {0, -1}) at 0, until another process calls semop(id, {0, +1})",
           empty.woken_by([&] { return empty.change(+1); }), "0")
      .add("semctl(id, 0, GETVAL)", empty.values(), "0");
}

Section sysv_section(int id) {
  return {.enter = [id] { checked(change_by(::semop, id, -1), "semop"); },
          .leave = [id] { checked(change_by(::semop, id, +1), "semop"); }};
}

Steps exclusion(const std::function<Section(int)>& make) {
  constexpr unsigned kProcesses = 4;
  constexpr unsigned kTimes = 500;
  const Semaphores free(::semop, {1});
  const auto text = [](unsigned met) {
    return fmt::format("{} of {} entries met another process inside", met, kProcesses * kTimes);
  };
  const unsigned met = overlaps(make(free.id()), kProcesses, kTimes);
  const unsigned met_without = overlaps({.enter = [] {}, .leave = [] {}}, kProcesses, kTimes);
  return Steps()
      .check("4 processes: semop(id, {0, -1}), inside, semop(id, {0, +1}); the semaphore was 1", text(met),
             met == 0, "none")
      .by_chance("the same without the semaphore", text(met_without), met_without > 0, "some do");
}

Steps atomic_changes(const SemaphoreCall& semop) {
  constexpr unsigned kProcesses = 4;
  constexpr unsigned kTimes = 2'000;
  const std::string all = std::to_string(kProcesses * kTimes);
  const auto counted = [&](const Semaphores& counter, const std::function<void()>& add_one) {
    together(kProcesses, [&](unsigned) {
      for (unsigned i = 0; i < kTimes; ++i) add_one();
    });
    return counter.values();
  };
  const Semaphores by_semop(semop, {0});
  const Semaphores by_setval(semop, {0});
  const std::string set = counted(by_setval, [id = by_setval.id()] {
    const int value = checked(semctl(id, 0, GETVAL), "semctl");
    sched_yield();  // as if it were interrupted here, which may happen at any time
    set_value(id, value + 1);
  });
  return Steps()
      .add("4 processes, 2000 times semop(id, {0, +1}) each: semctl(id, 0, GETVAL)",
           counted(by_semop, [&] { checked(by_semop.change(+1), "semop"); }), all)
      .by_chance("the same with semctl(id, 0, SETVAL, semctl(id, 0, GETVAL) + 1)", set, set != all,
                 "fewer than all");
}

Steps value_range(const SetValue& set_to) {
  const Semaphores semaphore(::semop, {0});
  const PosixSemaphoreAtZero posix;
  return Steps()
      .add("semctl(id, 0, SETVAL, 32767)", set_to(semaphore.id(), SHRT_MAX), "0")
      .add("semctl(id, 0, SETVAL, -1)", set_to(semaphore.id(), -1), "ERANGE")
      .add("semctl(id, 0, SETVAL, 32768)", set_to(semaphore.id(), SHRT_MAX + 1), "0")
      .add("sem_init(&s, 1, 2147483647)", sem_init(posix.get(), 1, INT_MAX), "0")
      .add("sem_post(&s) then", sem_post(posix.get()), "0");
}

std::string set_value(int id, int value) {
  return came_back(semctl(id, 0, SETVAL, SetArgument{.value = value}));
}

Steps array_of_operations(const SemaphoreCall& semop) {
  const Semaphores half(semop, {1, 0});
  const Semaphores free(semop, {1, 1});
  return Steps()
      .add("semop(id, {{0, -1}, {1, -1}}, 2) with IPC_NOWAIT, at 1 and 0", half.take_both(), "EAGAIN")
      .add("the values afterwards", half.values(), "1, 0")
      .add("the same at 1 and 1", free.take_both(), "0")
      .add("the values afterwards", free.values(), "0, 0");
}

Steps wait_for_zero(const SemaphoreCall& semop) {
  const Semaphores never_zero(semop, {1});  // its waiter may stay where signals are denied
  const Semaphores semaphore(semop, {1});
  return Steps()
      .attempt("semop(id, {0, 0}) at 1", "waits", [&] { return never_zero.change(0); })
      .add("semop(id, {0, 0}) at 1, until another process calls semop(id, {0, -1})",
           semaphore.woken_by([&] { change_by(::semop, semaphore.id(), -1); }, 0, GETZCNT), "0")
      .attempt("semop(id, {0, 0}) at 0", "0", [&] { return semaphore.change(0); });
}

Steps without_waiting(const SemaphoreCall& semop) {
  const Semaphores empty(semop, {0});
  return Steps()
      .attempt("semop(id, {0, -1, IPC_NOWAIT}) at 0", "EAGAIN", [&] { return empty.change(-1, IPC_NOWAIT); })
      .attempt("semop(id, {0, -1, 0}) at 0, for comparison", {}, [&] { return empty.change(-1); });
}

Steps woken_otherwise(const SemaphoreCall& semop) {
  const Semaphores removed(semop, {0});
  const Semaphores kept(semop, {0});
  const auto wait_for_signal = [&] {
    struct sigaction handler {};
    handler.sa_handler = [](int) {};
    sigaction(SIGALRM, &handler, nullptr);
    constexpr timeval kSoon{.tv_sec = 0, .tv_usec = 10'000};
    constexpr itimerval kAgainAndAgain{.it_interval = kSoon, .it_value = kSoon};
    setitimer(ITIMER_REAL, &kAgainAndAgain, nullptr);
    return came_back(kept.change(-1));
  };
  return Steps()
      .add("semop(id, {0, -1}) at 0, until another process calls semctl(id, 0, IPC_RMID)",
           removed.woken_by([&] { semctl(removed.id(), 0, IPC_RMID); }), "EIDRM")
      .add("semop(id, {0, -1}) at 0, until SIGALRM comes, which has a handler", woken(wait_for_signal, [] {}),
           "EINTR");
}

Steps set_limit(const std::function<std::string(std::size_t)>& make) {
  seminfo limits{};
  checked(semctl(0, 0, IPC_INFO, SetArgument{.limits = &limits}), "semctl(IPC_INFO)");
  return Steps()
      .add("semget(key, 33, IPC_CREAT | IPC_EXCL)", make(33), "EINVAL")
      .add("semctl(0, 0, IPC_INFO): semmsl, the first number of kernel.sem", limits.semmsl, "32");
}

std::string make_set(std::size_t semaphores) {
  const std::vector<unsigned short> values(semaphores);
  try {
    const SysvSemaphoreSet set(values);
    return "a set";
  } catch (const KernelError& error) {
    return error_name(error.number());
  }
}

Steps where_semaphores_are(const std::function<void()>& post_and_wait) {
  const Semaphores semaphore(::semop, {0});
  const PosixSemaphoreAtZero posix;
  const std::function<void()> post_and_wait_posix = [&] {
    sem_post(posix.get());
    sem_wait(posix.get());
  };
  return Steps()
      .add("strace: semop(id, {0, +1}), semop(id, {0, -1}): system calls",
           system_calls_of([&] { return semaphore.change(+1) + semaphore.change(-1); }).made, "2")
      .add("strace: sem_post(&s), sem_wait(&s): system calls",
           system_calls_of(post_and_wait ? post_and_wait : post_and_wait_posix).made, "0");
}

Steps sem_undo(const std::function<SharedLock(bool)>& make) {
  Steps steps;
  steps
      .add("semop(id, {0, -1, SEM_UNDO}), then SIGKILL: the semaphore is",
           std::string(crash_of_holder(make(true))), "freed")
      .add("semop(id, {0, -1, 0}), then SIGKILL", std::string(crash_of_holder(make(false))), "held for ever");
  for (const LockKind& kind : lock_kinds()) {
    if (kind.object == "System V semaphore") continue;
    steps.unless_refused(kind.what, [&] {
      steps.add(fmt::format("for comparison, {}", kind.what), std::string(crash_of_holder(kind.make())));
    });
  }
  return steps;
}

std::vector<SharedCounter> semaphore_counters() {
  const auto sysv = std::make_shared<Semaphores>(::semop, std::initializer_list<unsigned short>{0});
  const auto posix = std::make_shared<PosixSemaphoreAtZero>();
  const auto change_posix = [posix](int by) {
    if (by < 0) return sem_trywait(posix->get());
    for (int i = 0; i < by; ++i) checked(sem_post(posix->get()), "sem_post");
    return 0;
  };
  const auto value_of_posix = [posix] {
    int value = -1;
    sem_getvalue(posix->get(), &value);
    return value;
  };
  return {{"semop(id, {0, +1234}) by one process, semctl(id, 0, GETVAL) by another",
           "semop(id, {0, -1}) then", [sysv](int by) { return sysv->change(by, IPC_NOWAIT); },
           [sysv] { return semctl(sysv->id(), 0, GETVAL); }},
          {"1234 times sem_post() by one process, sem_getvalue() by another", "sem_trywait() then",
           change_posix, value_of_posix}};
}

Steps semaphore_data(const std::vector<SharedCounter>& counters) {
  Steps steps;
  for (const SharedCounter& counter : counters) {
    in_child<int>([&] { return checked(counter.change(1234), "semop or sem_post"); });
    const std::string value = came_back(counter.value());
    steps.check(counter.adding, value, value != "1234", "not this number")
        .add(counter.taking, counter.change(-1), "0");
  }
  return steps;
}

}  // namespace ipcbench
