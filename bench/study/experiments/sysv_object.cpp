#include "bench/study/experiments/sysv_object.hpp"

#include <fmt/format.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <cerrno>
#include <limits>
#include <random>
#include <system_error>

namespace ipcbench {
namespace {

const char* remedy_for(int error) {
  if (error == EINVAL) return "; raise kernel.shmmax (sysctl)";
  if (error == ENOSPC)
    return "; raise kernel.shmmni or kernel.shmall (sysctl), or remove stale ones (ipcs -m, ipcrm)";
  if (error == ENOSYS) return "; this kernel has no System V shared memory (CONFIG_SYSVIPC)";
  return "";
}

}  // namespace

int make_segment(key_t key, std::size_t bytes) {
  const int id = shmget(key, bytes, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR);
  if (id >= 0) return id;
  const int error = errno;
  throw std::system_error(
      error, std::system_category(),
      fmt::format("no System V segment of {} bytes can be created{}", bytes, remedy_for(error)));
}

}  // namespace ipcbench
