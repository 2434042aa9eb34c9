// Whether this process may get at the memory and the descriptors of another one of the same user: ptrace(2),
// "Ptrace access mode checking".
#pragma once

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <fstream>

#include "harness/base/child.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

// Yama (ptrace_scope 1) lets a process get at its descendants only, and at those that permit it: this one
// permits it to that process and its descendants.
inline void permit_access(pid_t process) {
  prctl(PR_SET_PTRACER, static_cast<unsigned long>(process));  // fails where there is no Yama
}

// Calls attempt(pid) for a child that sleeps, which has the descriptors and the memory of this process: the
// permission asked for is the one between two ends. It throws KernelError for a call that was refused.
template <class Attempt>
Unavailable why_no_access(const char* call, Attempt attempt) {
  constexpr const char* kScope = "/proc/sys/kernel/yama/ptrace_scope";
  try {
    const Child child = fork_child(0, [] {
      while (true) pause();
    });
    attempt(child.pid());
    return std::nullopt;
  } catch (const KernelError& error) {
    if (error.number() != EPERM) return error.what();
    int scope = 0;
    std::ifstream(kScope) >> scope;
    const char* remedy = "allow it in the seccomp filter of the container, or add the capability SYS_PTRACE";
    if (prctl(PR_GET_DUMPABLE) != 1) remedy = "start the program as this user: it has changed its user since";
    if (scope > 1) remedy = "lower kernel.yama.ptrace_scope to 1 (sysctl; a 3 stays until the next boot)";
    return KernelError(EPERM, fmt::format("{} between two processes", call), remedy).what();
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace ipcbench
