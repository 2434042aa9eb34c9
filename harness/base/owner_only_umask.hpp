// What a launch creates is for its user alone, and for that user in full, whatever umask the program was
// started with.
#pragma once

#include <sys/stat.h>

namespace ipcbench {

// While one lives, what this process creates, and the children that it starts, has no permission for anybody
// else (a UNIX socket would be made 0777), and none is taken from the user (under a umask of 0777 even the
// directory of a launch could not be entered). The umask is the process's: threads share it.
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
