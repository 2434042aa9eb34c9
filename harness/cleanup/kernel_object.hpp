// Objects that outlive the processes that use them, known by their names.
#pragma once

#include <ctime>
#include <string>

namespace ipcbench {

enum class ObjectKind : std::uint32_t {
  posix_shm = 1,    // name: of shm_open(3), "/..."
  posix_queue,      // name: of mq_open(3)
  posix_semaphore,  // name: of sem_open(3)
  sysv_segment,     // name: the key as a decimal number
  sysv_queue,
  sysv_semaphores,
  file,  // name: its absolute path; a regular file
};

// Removes the object that this user created under `name` at `not_before` or later (a file: whatever its age).
// True: it was there and is gone. False: nothing was done, since there is no such object, it is somebody
// else's or older, or kind or name are impossible.
bool remove_object(ObjectKind kind, const std::string& name, std::time_t not_before) noexcept;

}  // namespace ipcbench
