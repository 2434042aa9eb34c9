#include "bench/study/parts/together.hpp"

#include <sched.h>

#include <atomic>
#include <new>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

struct SharedCounters {
  std::atomic<unsigned> started{0};
  std::atomic<unsigned> inside{0};
  std::atomic<unsigned> met{0};
};

constexpr unsigned kVisitsAYield = 8;
constexpr unsigned kLooksInside = 50;  // long enough for another CPU to see the change

}  // namespace

void together(unsigned processes, const std::function<void(unsigned)>& body,
              std::chrono::milliseconds limit) {
  const SharedMapping memory(-1, sizeof(SharedCounters));
  auto& counters = *new (memory.data()) SharedCounters;
  std::vector<Child> children;
  children.reserve(processes);
  for (unsigned i = 0; i < processes; ++i) {
    children.push_back(fork_child(0, [&, i] {
      ++counters.started;
      while (counters.started < processes) sched_yield();
      body(i);
    }));
  }
  for (Child& child : children) {
    const auto status = child.reap_within(limit);
    if (!status) throw Error("one of several processes was not through in time");
    if (const std::string failure = describe_failure(*status); !failure.empty())
      throw Error("one of several processes " + failure);
  }
}

unsigned overlaps(const Section& section, unsigned processes, unsigned times) {
  const SharedMapping memory(-1, sizeof(SharedCounters));
  auto& counters = *new (memory.data()) SharedCounters;
  together(processes, [&](unsigned) {
    for (unsigned i = 0; i < times; ++i) {
      section.enter();
      if (counters.inside.fetch_add(1) > 0) ++counters.met;
      if (i % kVisitsAYield == 0) sched_yield();  // others get here even on a single CPU
      for (unsigned look = 0; look < kLooksInside; ++look) static_cast<void>(counters.inside.load());
      --counters.inside;
      section.leave();
    }
  });
  return counters.met;
}

std::string woken(const std::function<std::string()>& wait, const std::function<void()>& wake) {
  const Child waker = fork_child(0, wake);
  const ChildRun waiter = run_forked([&](const Fd& out) { write_all(out.get(), wait()); }, {});
  return waiter.output.empty() ? "waits" : waiter.output;
}

}  // namespace ipcbench
