#include "bench/study/claims/thread_claims.hpp"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

constexpr unsigned kRoundTrips = 20;

// Round trips through two numbers in memory with a process that may make no system call.
unsigned trips_without_calls(int mmap_flags) {
  constexpr std::uint64_t kLimitNs = 1'000'000'000;
  const Mapping memory(page_bytes(), PROT_READ | PROT_WRITE, mmap_flags | MAP_ANONYMOUS);
  auto* const numbers = new (memory.data()) std::array<std::atomic<unsigned>, 2>{};
  auto& [ours, theirs] = *numbers;
  const Child peer = fork_child(0, [&, &ours = ours, &theirs = theirs] {
    checked(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT), "prctl(PR_SET_SECCOMP)");
    while (true) theirs = ours.load();
  });
  const std::uint64_t deadline_ns = now_ns() + kLimitNs;
  while (theirs < kRoundTrips && now_ns() < deadline_ns) ours = theirs + 1;
  return theirs;
}

// How often a thread slept in the kernel while another sent it a byte by the pipe and waited for its answer.
long sleeps_between_threads() {
  const PipeEnds there = make_pipe();
  const PipeEnds back = make_pipe();
  std::thread peer([&] {
    char byte = 0;
    for (unsigned i = 0; i < kRoundTrips && read(there.read.get(), &byte, 1) == 1; ++i)
      checked(write(back.write.get(), &byte, 1), "write");
  });
  char byte = 0;
  for (unsigned i = 0; i < kRoundTrips; ++i) {
    checked(write(there.write.get(), &byte, 1), "write");
    checked(read(back.read.get(), &byte, 1), "read");
  }
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  peer.join();
  return usage.ru_nvcsw;
}

}  // namespace

Steps kernel_entries(int mmap_flags) {
  const unsigned trips = trips_without_calls(mmap_flags);
  const long sleeps = in_child<long>(sleeps_between_threads);
  Steps steps;
  steps
      .check(
          "two processes and a MAP_SHARED page, one of them without system calls (prctl(PR_SET_SECCOMP, "
          "SECCOMP_MODE_STRICT)); round trips",
          fmt::format("{} of {}", trips, kRoundTrips), trips == 0, "0")
      .check(fmt::format("two threads, {} round trips by two pipes; sleeps in the kernel (ru_nvcsw)",
                         kRoundTrips),
             std::to_string(sleeps), sleeps == 0, "0");
  return steps;
}

std::span<const Claim> thread_claims() {
  static constexpr std::array kClaims{
      Claim{"threads_faster",
            {118},
            "Threads communicate faster than processes by the same mechanism.",
            ReportTest{threads_are_faster, "--peers fork,thread --size 64,4KiB,64KiB,1MiB"},
            13},
      Claim{"threads_avoid_kernel",
            {119},
            "Threads communicate faster because they do not enter the kernel.",
            [] {
              return kernel_entries().answer({.refuted = "memory avoids the kernel, also between processes; "
                                                         "threads that wait for each other sleep in it"});
            }}};
  return kClaims;
}

}  // namespace ipcbench
