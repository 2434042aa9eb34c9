// Objects that outlive the processes that use them, by the name under which they can be found again.
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

// Removes exactly the object that this user created under `name` at `not_before` or later (files: under that
// name). True: it was there and is gone. False: there is none, or it is not this user's, or younger or older
// than that, or no such kind or name is possible; nothing was done then.
bool remove_object(ObjectKind kind, const std::string& name, std::time_t not_before) noexcept;

}  // namespace ipcbench
