// Objects of a launch are for its user alone, and fully for that user, whatever the umask was at the start.
#pragma once

#include <sys/stat.h>

namespace ipcbench {

// While one exists, objects that this process and its children create give nobody else a permission (a UNIX
// socket would be made 0777) and take none from the user (under a umask of 0777 not even the directory of a
// launch could be entered). Threads share the umask.
class OwnerOnlyUmask {
 public:
  OwnerOnlyUmask() : before_(::umask(S_IRWXG | S_IRWXO)) {}
  ~OwnerOnlyUmask() { ::umask(before_); }
  OwnerOnlyUmask(const OwnerOnlyUmask&) = delete;
  OwnerOnlyUmask& operator=(const OwnerOnlyUmask&) = delete;

 private:
  mode_t before_;
};

}  // namespace ipcbench
