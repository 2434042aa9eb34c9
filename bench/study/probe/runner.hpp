// Runs a probe in a process of its own with a time limit: it may hang, crash or be killed.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "bench/study/probe/probes.hpp"

namespace ipcbench {

struct ProbeOptions {
  std::chrono::milliseconds limit{10'000};  // for one probe
  std::string program = "/proc/self/exe";   // what unrelated ends run; its main() calls run_if_worker()
  const volatile std::sig_atomic_t* interrupted = nullptr;  // non-zero: give up at once
};

// One finding for each of the probe's questions. Leaves no kernel object behind, if there is a RunDirectory.
std::vector<ProbeFinding> run_probe(const Probe& probe, const MechanismEntry& mechanism,
                                    const ProbeOptions& options);

// All probes, by guarantee. Floors and mechanisms that are not available are not tried.
ProbedMechanism probe_mechanism(const MechanismEntry& mechanism, const ProbeOptions& options);

}  // namespace ipcbench
