// Ctrl-C and its relatives: noted, so that what was measured can be written down.
#pragma once

#include <array>
#include <csignal>

namespace ipcbench {

// While one exists, SIGINT, SIGTERM, SIGHUP and SIGXCPU (the soft limit on CPU time) are noted instead of
// ending the program, each once: a second Ctrl-C ends it at once. At most one may exist.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  // The signal that came, 0 if none did: what LaunchOptions::interrupted points to.
  [[nodiscard]] static const volatile std::sig_atomic_t* flag();
  [[nodiscard]] static int signal();

 private:
  std::array<struct sigaction, 4> previous_{};
};

}  // namespace ipcbench
