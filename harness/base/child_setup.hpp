// What a child does before anything else, between fork and its own work or exec.
#pragma once

#include <sys/types.h>

namespace ipcbench {

// Joins process group `group` (0: leads a new one), so that a Ctrl-C of the terminal reaches the launcher
// alone; dies with the launcher; has default signal handling, but for SIGPIPE: a write to a peer that is
// gone is an error to report. Safe to call between fork and exec.
void set_up_child(pid_t launcher, pid_t group) noexcept;

}  // namespace ipcbench
