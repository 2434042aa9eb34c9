#include "bench/study/experiments/sysv_object.hpp"

#include <fmt/format.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <cerrno>
#include <limits>
#include <random>

#include "harness/base/error.hpp"

namespace ipcbench {
int make_segment(key_t key, std::size_t bytes) {
  const int id = shmget(key, bytes, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR);
  if (id >= 0) return id;
  throw_error(
      errno, fmt::format("no System V segment of {} bytes can be created", bytes),
      {{EINVAL, "raise kernel.shmmax (sysctl)"},
       {ENOSPC, "raise kernel.shmmni or kernel.shmall (sysctl), or remove stale ones (ipcs -m, ipcrm)"},
       {ENOSYS, "take a kernel that has System V shared memory (CONFIG_SYSVIPC)"}});
}

}  // namespace ipcbench
