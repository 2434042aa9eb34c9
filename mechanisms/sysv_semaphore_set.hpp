// A set of System V semaphores, semget(2): found by its identifier, kept by the kernel until it is removed.
#pragma once

#include <sys/sem.h>
#include <sys/stat.h>

#include <exception>
#include <span>
#include <utility>

#include "harness/mechanism.hpp"
#include "mechanisms/fd.hpp"

namespace ipcbench {

class SysvSemaphoreSet {
 public:
  static Unavailable available() {
    try {
      constexpr unsigned short kAny = 0;
      const SysvSemaphoreSet probe(std::span(&kAny, 1));
      return std::nullopt;
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  // Creates as many as `values` has, each with its value. Throws std::system_error.
  explicit SysvSemaphoreSet(std::span<const unsigned short> values) : id_(create(values.size())) {
    int number = 0;
    for (const unsigned short value : values) {
      checked(semctl(id_, number++, SETVAL, Argument{.value = value}), "semctl(SETVAL)");
    }
  }
  ~SysvSemaphoreSet() {
    if (id_ >= 0) semctl(id_, 0, IPC_RMID);
  }
  SysvSemaphoreSet(SysvSemaphoreSet&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  SysvSemaphoreSet& operator=(SysvSemaphoreSet&&) = delete;

  [[nodiscard]] int id() const { return id_; }

 private:
  // What semctl takes; the caller has to define it (semctl(2)).
  union Argument {
    int value;
    semid_ds* state;
    unsigned short* values;
  };

  static int create(std::size_t semaphores) {
    const int id = semget(IPC_PRIVATE, static_cast<int>(semaphores), IPC_CREAT | S_IRUSR | S_IWUSR);
    if (id >= 0) return id;
    throw_errno(
        errno == ENOSPC
            ? "no System V semaphore can be created; raise kernel.sem (sysctl: its second and fourth "
              "number), or remove stale ones (ipcs -s, ipcrm)"
        : errno == EINVAL ? "no such set of System V semaphores can be created; raise the first number of "
                            "kernel.sem (sysctl)"
        : errno == ENOSYS ? "no System V semaphores; take a kernel that has them (CONFIG_SYSVIPC), or allow "
                            "semget in the seccomp filter of the container"
                          : "semget");
  }

  int id_;
};

}  // namespace ipcbench
