// What several processes do to one segment at the same time.
#include <sched.h>

#include <algorithm>
#include <atomic>

#include "bench/study/claims/memory_claims.hpp"
#include "bench/study/parts/channel.hpp"
#include "bench/study/parts/together.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

constexpr unsigned kProcesses = 2;
constexpr unsigned kLooksBeforeYield = 100;  // on a single CPU, looking on is in vain
// A busy machine often runs two processes one after the other: beside two programs that never sleep, on two
// CPUs, 40 trials of ++*counter showed their effect after 1 to 7 tries.
constexpr unsigned kTries = 50;

template <class Value>
volatile Value* in(const Mapping& memory) {
  return static_cast<volatile Value*>(memory.data());
}

// The final value of a counter that each process increments.
unsigned counted(const Increment& increment, unsigned times) {
  const SharedMapping memory(-1, sizeof(unsigned));
  auto* const counter = static_cast<unsigned*>(memory.data());
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

}  // namespace

void increment_plainly(volatile unsigned* counter) { *counter = *counter + 1; }

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
  const SharedMapping memory(-1, sizeof(int));
  unsigned met = 0;
  const std::string when = until_shown([&] {
    *in<int>(memory) = 0;
    met = overlaps(make(in<int>(memory)), kProcesses, kEntries);
    return met > 0;
  });
  *in<int>(memory) = 0;
  const unsigned met_atomic = overlaps(atomic_flag(in<int>(memory)), kProcesses, kEntries);
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
  const Mapping memory(page_bytes(), PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS);
  const SharedMapping result(-1, sizeof(unsigned));
  std::atomic_ref<unsigned> saw_all(*static_cast<unsigned*>(result.data()));
  together(kMembers, [&](unsigned own) {
    memory.at(own) = 'x';
    const auto others = [&] {
      unsigned letters = 0;
      for (unsigned i = 0; i < kMembers; ++i) letters += memory.at(i) == 'x' ? 1U : 0U;
      return letters;
    };
    // Each waits until it has seen every letter, or until the others cannot be slow any more.
    for (int tries = 0; tries < 500 && others() < kMembers; ++tries) usleep(1000);
    if (others() == kMembers) ++saw_all;
  });
  return Steps().add(fmt::format("{0} processes write a letter each into one mapping and look for the other "
                                 "{1}: how many saw all",
                                 kMembers, kMembers - 1),
                     std::to_string(saw_all.load()), std::to_string(kMembers));
}

Steps reader_first(const std::function<long()>& read_first) {
  return Steps()
      .attempt("reading shared memory to which nobody has written", "0", read_first)
      .attempt("the same with an empty pipe, for comparison: read(fd, &byte, 1)", {}, [] {
        const PipeEnds ends = make_pipe();
        char letter = 0;
        return read(ends.read.get(), &letter, 1);
      });
}

long read_untouched_memory() {
  const SharedMapping memory(-1, 1);
  return memory.at(0);
}

Steps seen_at_once(int sharing) {
  constexpr unsigned kStores = 20;  // few: on a busy machine, each may wait for a turn of the scheduler
  const Mapping memory(page_bytes(), PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS);
  auto* const turn = in<unsigned>(memory);
  const SharedMapping result(-1, sizeof(unsigned));
  // Even numbers are process 0's to answer, odd ones process 1's: each store is seen before the next.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  together(2, [&](unsigned own) {
    while (*turn < kStores && std::chrono::steady_clock::now() < give_up) {
      if (*turn % 2 == own)
        *turn = *turn + 1;
      else
        sched_yield();
    }
    if (own == 0) *in<unsigned>(result) = *turn;
  });
  const unsigned last = *in<unsigned>(result);
  const unsigned seen = std::min(last, kStores);
  return Steps().check(
      fmt::format("two processes answer each other's stores, {} in all, without a system call "
                  "for the data",
                  kStores),
      fmt::format("{} were seen", seen), seen == kStores, "all");
}

}  // namespace ipcbench
