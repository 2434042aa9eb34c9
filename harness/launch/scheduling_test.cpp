#include "harness/launch/scheduling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ipcbench {
namespace {

// Asks sched_getscheduler() after setting each policy. Catches rr taken for fifo.
TEST(Scheduling, PutsTheThreadUnderThePolicy) {
  for (const auto& [policy, kernel_name] :
       {std::pair{Policy::batch, SCHED_BATCH}, std::pair{Policy::fifo, SCHED_FIFO},
        std::pair{Policy::rr, SCHED_RR}}) {
    if (why_unschedulable(policy)) continue;
    int in_force = -1;
    std::thread([&, wanted = policy] {
      schedule_under(wanted);
      in_force = sched_getscheduler(0);
    }).join();
    EXPECT_EQ(in_force, kernel_name) << name_of(policy);
    EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER) << "the policy leaked out of its thread";
  }
}

// In a child without the privilege: an ordinary user with RLIMIT_RTPRIO 0.
TEST(Scheduling, SaysWhyAndHowWithoutTheRight) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    const bool ordinary = setrlimit(RLIMIT_RTPRIO, &none) == 0 && (geteuid() != 0 || setuid(65534) == 0);
    const auto reason = why_unschedulable(Policy::fifo);
    const bool explained = reason && reason->find("ulimit -r") != std::string::npos;
    _exit(ordinary && explained && !why_unschedulable(Policy::batch) && !why_unschedulable(Policy::other)
              ? 0
              : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace ipcbench
