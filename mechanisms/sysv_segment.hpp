// A System V shared memory segment, shmget(2): found by its identifier, kept by the kernel until it is marked
// for removal and the last process has detached.
#pragma once

#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <charconv>
#include <string>
#include <utility>

#include "harness/mechanism.hpp"
#include "mechanisms/fd.hpp"

namespace ipcbench {

class SysvSegment {
 public:
  static Unavailable available() {
    try {
      shmctl(get(1), IPC_RMID, nullptr);
      return std::nullopt;
    } catch (const std::system_error& error) {
      return error.what();
    }
  }

  // IPC_PRIVATE: a segment without a key, which nobody can be waiting for.
  static SysvSegment create(const LinkSpec&, std::size_t bytes) { return SysvSegment(get(bytes), true); }
  static SysvSegment join(int id) { return SysvSegment(id, false); }
  static SysvSegment join(const std::string& address, std::size_t) {
    int id = -1;
    std::from_chars(address.data(), address.data() + address.size(), id);
    return join(id);
  }

  ~SysvSegment() {
    if (data_ == nullptr) return;
    shmdt(data_);
    if (owner_) unlink();
  }
  SysvSegment(SysvSegment&& other) noexcept
      : id_(other.id_), owner_(other.owner_), data_(std::exchange(other.data_, nullptr)) {}
  SysvSegment& operator=(SysvSegment&&) = delete;

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] int id() const { return id_; }
  [[nodiscard]] std::string address() const { return std::to_string(id_); }
  // Marks it for removal: those who have it attached keep it.
  void unlink() const noexcept { shmctl(id_, IPC_RMID, nullptr); }

 private:
  static int get(std::size_t bytes) {
    const int id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | S_IRUSR | S_IWUSR);
    if (id >= 0) return id;
    throw_errno(
        errno == ENOSPC
            ? "no System V segment can be created; raise kernel.shmmni or kernel.shmall (sysctl), or remove "
              "stale ones (ipcs -m, ipcrm)"
        : errno == EINVAL ? "no System V segment of that size can be created; raise kernel.shmmax (sysctl)"
        : errno == ENOSYS ? "no System V shared memory; take a kernel that has it (CONFIG_SYSVIPC), or allow "
                            "shmget in the seccomp filter of the container"
                          : "shmget");
  }

  SysvSegment(int id, bool owner) : id_(id), owner_(owner), data_(shmat(id, nullptr, 0)) {
    if (data_ != reinterpret_cast<void*>(-1)) return;
    const int error = errno;
    data_ = nullptr;
    if (owner_) unlink();
    errno = error;
    throw_errno("shmat");
  }

  int id_;
  bool owner_;
  void* data_;
};

}  // namespace ipcbench
