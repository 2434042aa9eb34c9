// A set of System V semaphores, semget(2), found by its identifier. It exists until it is removed.
#pragma once

#include <sys/sem.h>

#include <exception>
#include <span>

#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"
#include "mechanisms/parts/sysv_object.hpp"

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

  // Creates as many as `values` has, each with its value. Throws KernelError.
  explicit SysvSemaphoreSet(std::span<const unsigned short> values) : object_(create(values.size())) {
    int number = 0;
    for (const unsigned short value : values) {
      checked(semctl(id(), number++, SETVAL, Argument{.value = value}), "semctl(SETVAL)");
    }
  }

  [[nodiscard]] int id() const { return object_.id(); }

 private:
  // The argument of semctl, which the caller has to define (semctl(2)).
  union Argument {
    int value;
    semid_ds* state;
    unsigned short* values;
  };

  static SysvObject create(std::size_t semaphores) {
    SysvObject set = SysvObject::create(ObjectKind::sysv_semaphores, [&](key_t key, int flags) {
      return semget(key, static_cast<int>(semaphores), flags);
    });
    if (set.id() >= 0) return set;
    throw_errno(
        "no System V semaphores can be created (semget)",
        {{ENOSPC,
          "raise kernel.sem (sysctl: its second and fourth number), or remove stale ones (ipcs -s, ipcrm)"},
         {EINVAL, "raise the first number of kernel.sem (sysctl)"},
         {ENOSYS, kNoSystemV}});
  }

  SysvObject object_;
};

}  // namespace ipcbench
