// Notes Ctrl-C and similar signals, so that a run can still write its report.
#pragma once

#include <array>
#include <csignal>

namespace ipcbench {

// While it exists, the first SIGINT, SIGTERM, SIGHUP and SIGXCPU (the soft limit on CPU time) are noted; a
// second Ctrl-C ends the program. At most one may exist.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  // The signal that arrived, otherwise 0; for LaunchOptions::interrupted.
  [[nodiscard]] static const volatile std::sig_atomic_t* flag();
  [[nodiscard]] static int signal();

 private:
  std::array<struct sigaction, 4> previous_{};
};

}  // namespace ipcbench
