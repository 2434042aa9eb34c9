#include "harness/cleanup/kernel_object.hpp"

#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <optional>

namespace ipcbench {
namespace {

// A key of 0 is IPC_PRIVATE, which finds nothing.
std::optional<key_t> key_of(const std::string& name) {
  key_t key = 0;
  const char* const end = name.data() + name.size();
  const auto [read_to, error] = std::from_chars(name.data(), end, key);
  return error == std::errc() && read_to == end && key != 0 ? std::optional(key) : std::nullopt;
}

bool is_ours(const ipc_perm& permissions, std::time_t changed, std::time_t not_before) {
  return permissions.cuid == geteuid() && changed >= not_before;
}

bool remove_segment(key_t key, std::time_t not_before) {
  const int id = shmget(key, 0, 0);
  shmid_ds state{};
  return id >= 0 && shmctl(id, IPC_STAT, &state) == 0 &&
         is_ours(state.shm_perm, state.shm_ctime, not_before) && shmctl(id, IPC_RMID, nullptr) == 0;
}

bool remove_queue(key_t key, std::time_t not_before) {
  const int id = msgget(key, 0);
  msqid_ds state{};
  return id >= 0 && msgctl(id, IPC_STAT, &state) == 0 &&
         is_ours(state.msg_perm, state.msg_ctime, not_before) && msgctl(id, IPC_RMID, nullptr) == 0;
}

bool remove_semaphores(key_t key, std::time_t not_before) {
  const int id = semget(key, 0, 0);
  semid_ds state{};
  return id >= 0 && semctl(id, 0, IPC_STAT, &state) == 0 &&
         is_ours(state.sem_perm, state.sem_ctime, not_before) && semctl(id, 0, IPC_RMID) == 0;
}

// Not through a symbolic link, and never a device or a directory.
bool remove_file(const std::string& path) {
  struct stat status {};
  return path.starts_with('/') && lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_uid == geteuid() && unlink(path.c_str()) == 0;
}

bool remove_by_key(ObjectKind kind, const std::string& name, std::time_t not_before) {
  const std::optional<key_t> key = key_of(name);
  if (!key) return false;
  if (kind == ObjectKind::sysv_segment) return remove_segment(*key, not_before);
  if (kind == ObjectKind::sysv_queue) return remove_queue(*key, not_before);
  return remove_semaphores(*key, not_before);
}

}  // namespace

bool remove_object(ObjectKind kind, const std::string& name, std::time_t not_before) noexcept {
  switch (kind) {
    case ObjectKind::posix_shm:
      return shm_unlink(name.c_str()) == 0;
    case ObjectKind::posix_queue:
      return mq_unlink(name.c_str()) == 0;
    case ObjectKind::posix_semaphore:
      return sem_unlink(name.c_str()) == 0;
    case ObjectKind::sysv_segment:
    case ObjectKind::sysv_queue:
    case ObjectKind::sysv_semaphores:
      return remove_by_key(kind, name, not_before);
    case ObjectKind::file:
      return remove_file(name);
  }
  return false;
}

}  // namespace ipcbench
