// Runs a probe in a process of its own, with a time limit: it may hang, crash and be killed.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "bench/study/probe/finding.hpp"
#include "bench/study/probe/probes.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

struct GuardOptions {
  std::chrono::milliseconds limit{10'000};  // of one probe
  std::string program = "/proc/self/exe";   // what unrelated ends run; its main() calls run_if_worker()
  const volatile std::sig_atomic_t* interrupted = nullptr;  // becomes non-zero: give up at once
};

// One finding for each guarantee that the probe is about, and nothing left behind.
std::vector<ProbeFinding> run_guarded(const Probe& probe, const MechanismEntry& mechanism,
                                      const GuardOptions& options);

// All probes, by guarantee. A mechanism that is not available, and a floor, are not tried.
ProbedMechanism probe_mechanism(const MechanismEntry& mechanism, const GuardOptions& options);

}  // namespace ipcbench
