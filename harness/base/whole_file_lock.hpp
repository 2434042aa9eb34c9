// A lock that tells that the user of a file is alive: the kernel drops it with its process.
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

// Takes the lock for this process. False: another process has it.
inline bool lock_whole_file(int fd) {
  const struct flock lock = detail::whole_file();
  return fcntl(fd, F_SETLK, &lock) == 0;
}

// True also if the kernel cannot say.
inline bool is_locked_by_another(int fd) {
  struct flock lock = detail::whole_file();
  return fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

}  // namespace ipcbench
