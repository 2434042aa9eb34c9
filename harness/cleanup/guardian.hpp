// A process that outlives this one for as long as it takes to clean up after it.
#pragma once

#include <sys/types.h>

#include <functional>

#include "harness/base/fd.hpp"

namespace ipcbench {

struct Guardian {
  pid_t process = -1;
  Fd alive;  // open in this process and what it forks: as long as it is, the guardian waits
};

// Forks a guardian, which calls `clean_up` once this process and all that it has forked are gone, whatever
// they died of, or after dismiss_guardian(). It has a session of its own, so that signals from the terminal
// do not reach it, ignores those that ask a program to end, and has no file of this process open. Throws
// KernelError. measures: what it is the guardian of, for others to count.
Guardian start_guardian(bool measures, const std::function<void()>& clean_up);

// How many guardians of measuring runs there are on this machine, whoever's, as far as /proc shows them.
unsigned count_guardians();

// Lets it clean up at once, and waits until it has ended; no longer than a second, then it is killed.
void dismiss_guardian(Guardian& guardian) noexcept;

}  // namespace ipcbench
