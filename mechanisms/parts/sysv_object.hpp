// A System V object, which exists until somebody removes it: msgget(2), semget(2), shmget(2).
#pragma once

#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/contract/owned_name.hpp"

namespace ipcbench {

inline constexpr const char* kNoSystemV =
    "take a kernel that has System V objects (CONFIG_SYSVIPC), or allow the call in the seccomp filter of "
    "the container";

class SysvObject {
 public:
  // get(key, flags): one of the three calls. The object is new, accessible to this user only, and noted
  // before it exists. IPC_PRIVATE would not allow that: without a key, whoever cleans up after a killed run
  // cannot tell which objects it made. An id of -1: the call failed, and errno says why.
  template <class Get>
  static SysvObject create(ObjectKind kind, Get get) {
    while (true) {
      const key_t key = unpredictable_key();
      Noted noted(kind, std::to_string(key));
      const int id = get(key, IPC_CREAT | IPC_EXCL | S_IRUSR | S_IWUSR);
      if (id >= 0) return {id, key, kind, std::move(noted)};
      if (errno != EEXIST) return {-1, key, kind, {}};
    }
  }
  // An object that somebody else removes. address: as from address(); other text finds nothing.
  static SysvObject existing(const std::string& address) {
    int id = -1;
    std::from_chars(address.data(), address.data() + address.size(), id);
    return existing(id);
  }
  static SysvObject existing(int id) { return {id, IPC_PRIVATE, std::nullopt, {}}; }

  ~SysvObject() { remove(); }
  SysvObject(SysvObject&& other) noexcept
      : id_(std::exchange(other.id_, -1)),
        key_(other.key_),
        owned_as_(other.owned_as_),
        noted_(std::move(other.noted_)) {}
  SysvObject& operator=(SysvObject&&) = delete;

  [[nodiscard]] int id() const { return id_; }
  [[nodiscard]] key_t key() const { return key_; }  // if we created it
  [[nodiscard]] std::string address() const { return std::to_string(id_); }

  // Removes the object if we created it; otherwise a no-op. Processes that have a segment attached keep it.
  void remove() const noexcept {
    if (id_ < 0 || !owned_as_) return;
    if (*owned_as_ == ObjectKind::sysv_queue) msgctl(id_, IPC_RMID, nullptr);
    if (*owned_as_ == ObjectKind::sysv_semaphores) semctl(id_, 0, IPC_RMID);
    if (*owned_as_ == ObjectKind::sysv_segment) shmctl(id_, IPC_RMID, nullptr);
  }

 private:
  SysvObject(int id, key_t key, std::optional<ObjectKind> owned_as, Noted noted)
      : id_(id), key_(key), owned_as_(owned_as), noted_(std::move(noted)) {}

  int id_;
  key_t key_;
  std::optional<ObjectKind> owned_as_;
  Noted noted_;
};

[[noreturn]] inline void throw_no_sysv_queue() {
  throw_errno("no System V queue can be created (msgget)",
              {{ENOSPC, "raise kernel.msgmni (sysctl), or remove stale ones (ipcs -q, ipcrm)"},
               {ENOSYS, kNoSystemV}});
}

// A new queue. Throws KernelError, as does the next.
inline SysvObject new_sysv_queue() {
  SysvObject queue =
      SysvObject::create(ObjectKind::sysv_queue, [](key_t key, int flags) { return msgget(key, flags); });
  if (queue.id() < 0) throw_no_sysv_queue();
  return queue;
}

inline SysvObject new_sysv_segment(std::size_t bytes) {
  SysvObject segment = SysvObject::create(
      ObjectKind::sysv_segment, [bytes](key_t key, int flags) { return shmget(key, bytes, flags); });
  if (segment.id() >= 0) return segment;
  throw_errno(
      "no System V segment can be created (shmget)",
      {{ENOSPC, "raise kernel.shmmni or kernel.shmall (sysctl), or remove stale ones (ipcs -m, ipcrm)"},
       {EINVAL, "raise kernel.shmmax (sysctl)"},
       {ENOSYS, kNoSystemV}});
}

}  // namespace ipcbench
