#include "bench/study/claims/thread_claims.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>

#include "harness/base/clock.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

constexpr unsigned kRoundTrips = 20;

// Round trips through memory with a process that is killed if it makes a system call.
unsigned trips_without_calls(int mmap_flags) {
  const Mapping memory(page_bytes(), PROT_READ | PROT_WRITE, mmap_flags | MAP_ANONYMOUS);
  using Numbers = std::array<std::atomic<unsigned>, 2>;
  auto& numbers = *new (memory.data()) Numbers;
  Child peer = fork_child(0, [&numbers] {
    sock_filter kill_it{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = SECCOMP_RET_KILL_PROCESS};
    const sock_fprog any_call{.len = 1, .filter = &kill_it};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &any_call) != 0) _exit(errno);
    while (true) numbers[1] = numbers[0].load();
  });
  const std::uint64_t deadline_ns = now_ns() + 1'000'000'000;
  while (numbers[1] < kRoundTrips && now_ns() < deadline_ns) numbers[0] = numbers[1] + 1;
  const auto ended = peer.reap_within({});
  if (ended && ended->code) throw_error(*ended->code, "prctl(PR_SET_SECCOMP)");
  return numbers[1];
}

// How often a thread sleeps in the kernel while it exchanges bytes with another by two pipes.
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
  getrusage(RUSAGE_THREAD, &usage);
  peer.join();
  return usage.ru_nvcsw;
}

}  // namespace

Steps threads_avoid_kernel(int mmap_flags) {
  const unsigned trips = trips_without_calls(mmap_flags);
  const long sleeps = in_child<long>(sleeps_between_threads);
  Steps steps;
  steps
      .check("round trips by MAP_SHARED memory with a process whose calls are forbidden (seccomp)",
             fmt::format("{} of {}", trips, kRoundTrips), trips == 0, "0")
      .check(fmt::format("sleeps (ru_nvcsw) of a thread in {} round trips by pipe with another", kRoundTrips),
             std::to_string(sleeps), sleeps == 0, "0");
  return steps;
}

}  // namespace ipcbench
