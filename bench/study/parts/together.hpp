// Several processes that do the same at the same time, and one that waits for another.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace ipcbench {

// Runs body(0), body(1)... in a forked process each, all from the same moment on. Throws Error if one of them
// fails or needs longer, and KernelError if there can be no process.
void together(unsigned processes, const std::function<void(unsigned)>& body,
              std::chrono::milliseconds limit = std::chrono::seconds(10));

// What a process does to be alone with shared data, and afterwards.
struct Section {
  std::function<void()> enter;
  std::function<void()> leave;
};

// How often a process that had entered found another one inside, of processes * times.
unsigned overlaps(const Section& section, unsigned processes, unsigned times);

// What came back from `wait`, in one process, if another calls `wake`; "waits" if it never came back.
std::string woken(const std::function<std::string()>& wait, const std::function<void()>& wake);

}  // namespace ipcbench
