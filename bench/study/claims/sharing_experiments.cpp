// What several processes or threads do to one piece of memory at the same time.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "bench/study/claims/experiments.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

constexpr unsigned kProcesses = 2;
constexpr unsigned kRoundTrips = 20;  // few: on a busy machine, each may wait for a turn of the scheduler
// A busy machine often runs two processes one after the other: beside two programs that never sleep, on two
// CPUs, 40 trials of ++*counter showed their effect after 1 to 7 tries.
constexpr unsigned kTries = 50;

Mapping new_memory(int sharing) { return {page_bytes(), PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS}; }

// The final value of a counter that each process increments.
unsigned counted(const Increment& increment, unsigned times) {
  const SharedMapping memory(-1, sizeof(unsigned));
  auto* const counter = static_cast<volatile unsigned*>(memory.data());
  together(kProcesses, [&](unsigned) {
    for (unsigned i = 0; i < times; ++i) increment(counter);
  });
  return *counter;
}

// Makes a trial of chance until its effect shows, and says how often: "at try 3 of at most 50".
std::string until_shown(const std::function<bool()>& shows) {
  unsigned tries = 1;
  while (!shows() && tries < kTries) ++tries;
  return fmt::format("at try {} of at most {}", tries, kTries);
}

// From now on, a system call kills this process.
void forbid_system_calls() {
  sock_filter kill_it{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = SECCOMP_RET_KILL_PROCESS};
  const sock_fprog any_call{.len = 1, .filter = &kill_it};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &any_call) != 0) _exit(errno);
}

// Round trips through memory with another process, each seen before the next. One has failed when the other
// process has looked often and answered nothing; so however slow the machine is, it is not taken for one.
// may_yield: the other process lets others run; if not, no call is allowed to it.
std::string round_trips(int sharing, bool may_yield) {
  constexpr unsigned kEnd = ~0U;
  constexpr unsigned kLooks = 1'000;
  const Mapping memory = new_memory(sharing);
  auto& numbers = *new (memory.data()) std::array<std::atomic<unsigned>, 2>;
  const SharedMapping counter(-1, sizeof(unsigned));
  auto& looks = *new (counter.data()) std::atomic<unsigned>(0);
  Child peer = fork_child(0, [&] {
    if (!may_yield) forbid_system_calls();
    for (; numbers[0] != kEnd; ++looks) {
      numbers[1] = numbers[0].load();
      if (may_yield) sched_yield();
    }
  });
  std::optional<ExitStatus> ended;
  const auto is_answered = [&](unsigned number) {
    numbers[0] = number;
    const unsigned before = looks;
    while (numbers[1] != number && looks - before < kLooks && !ended) {
      sched_yield();
      ended = peer.reap_within({});
    }
    return numbers[1] == number;
  };
  unsigned trips = 0;
  while (trips < kRoundTrips && is_answered(trips + 1)) ++trips;
  if (ended && ended->code) throw_error(*ended->code, "prctl(PR_SET_SECCOMP)");
  numbers[0] = kEnd;
  return fmt::format("{} of {}", trips, kRoundTrips);
}

// How often two threads sleep in the kernel while they exchange bytes by two pipes. One of them alone might
// not: where each write lets the other thread run first, the answer is there before it is asked for.
long sleeps_between_threads() {
  const PipeEnds there = make_pipe();
  const PipeEnds back = make_pipe();
  std::thread peer([&] {
    for (unsigned i = 0; i < kRoundTrips; ++i) put(back.write, take(there.read, 1));
  });
  for (unsigned i = 0; i < kRoundTrips; ++i) {
    put(there.write, "x");
    take(back.read, 1);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  peer.join();
  return usage.ru_nvcsw;
}

}  // namespace

Steps lost_updates(const Increment& increment, unsigned times) {
  const unsigned all = kProcesses * times;
  unsigned counter = 0;
  const std::string when = until_shown([&] { return (counter = counted(increment, times)) < all; });
  const unsigned atomic =
      counted([](volatile unsigned* at) { __atomic_fetch_add(at, 1, __ATOMIC_RELAXED); }, times);
  const auto of_all = [all](unsigned count) { return fmt::format("{} of {}", count, all); };
  return Steps()
      .by_chance(
          fmt::format("{} processes, {} times ++*counter each: the counter, {}", kProcesses, times, when),
          of_all(counter), counter < all, "fewer than all")
      .control("the same with __atomic_fetch_add(counter, 1)", of_all(atomic), atomic == all);
}

Section plain_flag(volatile int* flag) {
  constexpr unsigned kLooksBeforeYield = 100;  // on a single CPU, looking on is in vain
  return {.enter =
              [flag] {
                for (unsigned looks = 1; *flag != 0; ++looks) {
                  if (looks % kLooksBeforeYield == 0) sched_yield();
                }
                sched_yield();  // as if it were interrupted here, which may happen at any time
                *flag = 1;
              },
          .leave = [flag] { *flag = 0; }};
}

Section atomic_flag(volatile int* flag) {
  return {.enter =
              [flag] {
                while (__atomic_exchange_n(flag, 1, __ATOMIC_ACQUIRE) != 0) sched_yield();
              },
          .leave = [flag] { __atomic_store_n(flag, 0, __ATOMIC_RELEASE); }};
}

Steps flag_as_lock(const MakeSection& make) {
  constexpr unsigned kEntries = 1'000;
  const auto met_inside = [](const MakeSection& lock) {
    const SharedMapping flag(-1, sizeof(int));
    return overlaps(lock(static_cast<volatile int*>(flag.data())), kProcesses, kEntries);
  };
  unsigned met = 0;
  const std::string when = until_shown([&] { return (met = met_inside(make)) > 0; });
  const unsigned met_atomic = met_inside(atomic_flag);
  const auto text = [](unsigned count) {
    return fmt::format("{} of {} entries met the other process inside", count, kProcesses * kEntries);
  };
  return Steps()
      .by_chance(fmt::format("{} processes: while (flag); sched_yield(); flag = 1; inside; flag = 0, {}",
                             kProcesses, when),
                 text(met), met > 0, "some do")
      .control("the same with while (__atomic_exchange_n(&flag, 1, ...))", text(met_atomic), met_atomic == 0);
}

Steps both_ways(int sharing) {
  constexpr unsigned kMembers = 4;
  const Mapping memory = new_memory(sharing);
  const SharedMapping result(-1, sizeof(unsigned));
  std::atomic_ref<unsigned> saw_all(*static_cast<unsigned*>(result.data()));
  together(kMembers, [&](unsigned own) {
    memory.at(own) = 'x';
    const auto letters = [&] {
      unsigned seen = 0;
      for (unsigned i = 0; i < kMembers; ++i) seen += memory.at(i) == 'x' ? 1U : 0U;
      return seen;
    };
    // Each waits until it has seen every letter, or until the others cannot be slow any more.
    for (int tries = 0; tries < 500 && letters() < kMembers; ++tries) usleep(1000);
    if (letters() == kMembers) ++saw_all;
  });
  return Steps().add(fmt::format("{0} processes write a letter each into one mapping and look for the other "
                                 "{1}: how many saw all",
                                 kMembers, kMembers - 1),
                     saw_all.load(), "4");
}

Steps reader_first(const std::function<long()>& read_first) {
  const PipeEnds ends = make_pipe();
  return Steps()
      .attempt("reading shared memory to which nobody has written", "0", read_first)
      .attempt("the same with an empty pipe, for comparison: read(fd, buf, 3)", {}, reading(ends.read));
}

Steps seen_at_once(int sharing) {
  return Steps().add("two processes answer each other's stores, without a system call for the data: seen",
                     round_trips(sharing, true), "20 of 20");
}

Steps threads_avoid_kernel(int sharing) {
  const std::string trips = round_trips(sharing, false);
  const long sleeps = in_child<long>(sleeps_between_threads);
  return Steps()
      .check("round trips by MAP_SHARED memory with a process whose calls are forbidden (seccomp)", trips,
             trips.starts_with("0 "), "0")
      .check(fmt::format("sleeps (ru_nvcsw) of two threads in {} round trips by pipe", kRoundTrips),
             std::to_string(sleeps), sleeps == 0, "0");
}

}  // namespace ipcbench
