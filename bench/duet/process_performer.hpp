// A performer that is a process of its own.
#pragma once

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "bench/duet/performer.hpp"

namespace ipcbench {

struct DuetProgram {
  std::string option;                    // that named it, "--base" or "--new", for messages; mostly not empty
  std::vector<std::string> words;        // the program, and what stands between it and its arguments
  std::vector<std::string> environment;  // NAME=VALUE each, beside what it inherits
  std::vector<std::string> arguments;    // of `duet-side`
};

struct PerformerLimits {
  std::chrono::milliseconds answer{60'000};   // to greet, and to describe itself
  std::chrono::milliseconds beyond{10'000};   // beyond the time limit that it keeps for its launches itself
  std::chrono::milliseconds farewell{2'000};  // to end by itself before it is killed
  const volatile std::sig_atomic_t* interrupted = nullptr;  // becomes non-zero: give up at once
};

// Starts the program in a process group of its own and waits for its greeting. Destroyed, it ends the
// program and whatever that has started in its group. The caller has to ignore SIGPIPE. Throws DuetError and
// DuetInterrupted.
std::unique_ptr<Performer> start_process(const DuetProgram& program, const PerformerLimits& limits);

}  // namespace ipcbench
