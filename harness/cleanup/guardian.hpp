// A process that outlives this one just long enough to clean up after it.
#pragma once

#include <sys/types.h>

#include <functional>

#include "harness/base/fd.hpp"

namespace ipcbench {

struct Guardian {
  pid_t process = -1;
  Fd alive;  // open in this process and what it forks: as long as it is, the guardian waits
};

// Forks a guardian. It calls `clean_up` once this process and all processes that it forked are gone, whatever
// killed them, or after dismiss_guardian(). It has a session of its own, so that signals from the terminal do
// not reach it, ignores signals that ask a program to end, and keeps no file of this process open. Throws
// KernelError. measures: it guards a run that measures, and others count it.
Guardian start_guardian(bool measures, const std::function<void()>& clean_up);

// Counts the guardians of measuring runs of all users on this machine, as far as /proc shows them.
unsigned count_guardians();

// Lets it clean up at once and waits for its end. Kills it after a second.
void dismiss_guardian(Guardian& guardian) noexcept;

}  // namespace ipcbench
