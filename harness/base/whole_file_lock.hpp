// A lock that says of a file that somebody alive is using it: the kernel drops it with its process.
#pragma once

#include <fcntl.h>
#include <unistd.h>

namespace ipcbench {

namespace detail {

inline struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace detail

// Takes it for this process. False: another process has it.
inline bool lock_whole_file(int fd) {
  const struct flock lock = detail::whole_file();
  return fcntl(fd, F_SETLK, &lock) == 0;
}

// Whether another process has it, or that cannot be told.
inline bool is_locked_by_another(int fd) {
  struct flock lock = detail::whole_file();
  return fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

}  // namespace ipcbench
